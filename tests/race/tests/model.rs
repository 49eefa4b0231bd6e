//! The protocol of `sdk/buffer.rs` under a model checker: in every order that the memory model allows, no span is left behind.
//!
//! What a ring does inside is its crate's affair; here it is a counter that is published with `Release` and read with `Acquire`.

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
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

/// A ring whose thread ends: its handle is gone, as `is_abandoned` sees with a relaxed load.
#[test]
fn a_ring_is_given_back_only_when_its_last_span_was_seen() {
    loom::model(|| {
        let tail = Arc::new(AtomicUsize::new(0));
        let is_abandoned = Arc::new(AtomicBool::new(false));
        let thread = {
            let (tail, is_abandoned) = (Arc::clone(&tail), Arc::clone(&is_abandoned));
            thread::spawn(move || {
                tail.store(1, Ordering::Release);
                is_abandoned.store(true, Ordering::Release);
            })
        };
        let seen = tail.load(Ordering::Acquire);
        if is_abandoned.load(Ordering::Relaxed) {
            fence(Ordering::Acquire);
            let is_empty = tail.load(Ordering::Acquire) == seen;
            // Given back when empty: then nothing is in it, now or later.
            assert!(!is_empty || seen == 1);
        }
        thread.join().unwrap();
    });
}
