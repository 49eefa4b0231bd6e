//! The protocol of `sdk/buffer.rs` under a model checker: in every order that the memory model allows, no span is left behind.
//!
//! What a ring does inside is the affair of `ring.rs`; here it is a counter that is published with `Release` and read with `Acquire`.

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;

#[derive(Default)]
struct Buffers {
    /// How many spans the ring got.
    tail: AtomicUsize,
    is_called: AtomicBool,
    /// The signal to the background thread.
    signal: Mutex<bool>,
}

impl Buffers {
    fn push(&self) {
        self.tail
            .store(self.tail.load(Ordering::Relaxed) + 1, Ordering::Release);
        if !self.is_called.swap(true, Ordering::AcqRel) {
            *self.signal.lock().unwrap() = true;
        }
    }

    /// What `Drain::pass` does when it was called: how many spans it sees.
    fn pass(&self) -> usize {
        self.is_called.swap(false, Ordering::AcqRel);
        self.tail.load(Ordering::Acquire)
    }

    fn take_signal(&self) -> bool {
        std::mem::take(&mut *self.signal.lock().unwrap())
    }
}

#[test]
fn a_span_was_seen_or_the_background_thread_is_called() {
    loom::model(|| {
        let buffers = Arc::new(Buffers::default());
        let thread = {
            let buffers = Arc::clone(&buffers);
            thread::spawn(move || {
                buffers.push();
                buffers.push();
            })
        };
        let mut seen = 0;
        for _ in 0..2 {
            if buffers.take_signal() {
                seen = buffers.pass();
            }
        }
        thread.join().unwrap();
        assert!(seen == 2 || buffers.take_signal());
    });
}
