//! `sdk/export/buffers.rs` itself under a model checker, with the queue and the rings behind it: in every order that the memory model
//! allows, no span is left behind, and each is counted once.

/// The files of the provider that are checked, and what they take their atomics from.
#[path = "../../../runtime/src/sdk"]
mod sdk {
    pub(crate) mod atomics {
        pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
        pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};

        /// A ring of four words for a span.
        pub(crate) const SMALLEST: usize = 32;
        pub(crate) const RINGS_PER_SPAN: usize = 32;
    }

    pub(crate) mod export {
        #[expect(dead_code, reason = "the model needs a part of it")]
        pub(crate) mod buffers;
        pub(crate) mod overflow;
        pub(crate) mod ring;
    }

    /// No span has an error here.
    pub(crate) mod record {
        pub(crate) mod layout {
            pub(crate) fn is_error(_: &[u8]) -> bool {
                false
            }
        }
    }
}

use loom::sync::{Arc, Mutex};
use loom::thread;

use crate::sdk::export::buffers::{Buffers, Drain, Pushed, Rings};

/// The buffers, and the signal to the background thread.
struct Provider {
    buffers: Buffers,
    signal: Mutex<bool>,
}

impl Provider {
    fn with_room_for(spans: usize) -> Arc<Provider> {
        Arc::new(Provider {
            buffers: Buffers::new(spans, 0),
            signal: Mutex::new(false),
        })
    }

    /// What `Shared::ended` does.
    fn push(&self, rings: Option<&Rings>, record: &[u8]) {
        match self.buffers.push(rings, record) {
            Pushed::Kept => {}
            Pushed::KeptFillingUp => *self.signal.lock().unwrap() = true,
            Pushed::Dropped => panic!("there is room"),
        }
    }

    fn take_signal(&self) -> bool {
        std::mem::take(&mut *self.signal.lock().unwrap())
    }
}

/// More than half of a ring, so that each calls, and a second one has room there only if the first was read.
const RECORD: [u8; 24] = [1; 24];

#[test]
fn a_span_was_seen_or_the_background_thread_is_called() {
    loom::model(move || {
        let provider = Provider::with_room_for(1);
        let thread = {
            let provider = Arc::clone(&provider);
            thread::spawn(move || {
                let rings = Rings::default();
                for _ in 0..2 {
                    provider.push(Some(&rings), &RECORD);
                }
            })
        };
        let (mut drain, mut bytes) = (Drain::default(), 0);
        for _ in 0..2 {
            if provider.take_signal() {
                drain.pass(&provider.buffers, |records| bytes += records.len());
            }
        }
        thread.join().unwrap();
        // In the queue that all threads share a record takes 64 bytes more.
        let waiting = provider.buffers.waiting();
        let is_ring_empty = waiting.is_multiple_of(RECORD.len() + 64);
        assert!(is_ring_empty || provider.take_signal());
        drain.pass(&provider.buffers, |records| bytes += records.len());
        assert_eq!(bytes, 2 * RECORD.len());
    });
}

#[test]
fn what_a_thread_left_in_its_ring_is_counted_once() {
    loom::model(|| {
        let provider = Provider::with_room_for(1);
        let thread = {
            let provider = Arc::clone(&provider);
            thread::spawn(move || provider.push(Some(&Rings::default()), &RECORD))
        };
        let (mut drain, mut seen) = (Drain::default(), 0);
        let mut pass = || {
            drain.pass(&provider.buffers, |records| {
                seen += (records.len() / RECORD.len()) as u64;
            });
            (seen, provider.buffers.pushed())
        };
        let (seen, pushed) = pass();
        assert!(seen <= pushed);
        thread.join().unwrap();
        assert_eq!(pass(), (1, 1));
        assert_eq!(provider.buffers.waiting(), 0);
    });
}
