//! `sdk/open/mark.rs` itself under a model checker: what others do to a span before its end is never lost, and never the next span's.

/// The file that is checked, and the atomics that it uses.
#[path = "../../../runtime/src/sdk"]
mod sdk {
    pub(crate) mod atomics {
        pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};
        pub(crate) use loom::sync::{Mutex, MutexGuard};
    }

    pub(crate) mod open {
        #[expect(dead_code, reason = "the model needs a part of it")]
        pub(crate) mod mark;
    }
}

use std::sync::Arc;

use loom::thread;

use crate::sdk::open::mark::{Mark, Reset};

#[derive(Debug, Default)]
struct Changes(Vec<u8>);

impl Reset for Changes {
    fn reset(&mut self) {
        self.0.clear();
    }
}

/// The end of a span by its owner: what others did to it.
fn end(mark: &Mark<Changes>, turn: u64) -> Vec<u8> {
    let is_untouched = mark.is_untouched(turn);
    if is_untouched {
        mark.close(turn);
        return Vec::new();
    }
    mark.end(turn, |_| ());
    let changes = mark.take(turn, |changes| changes.0.clone());
    assert!(!mark.is_open(turn));
    changes.unwrap_or_default()
}

#[test]
fn a_change_before_the_end_is_not_lost() {
    loom::model(|| {
        let mark = Arc::new(Mark::<Changes>::default());
        let turn = mark.open();
        let others = [1, 2].map(|number| {
            let mark = Arc::clone(&mark);
            thread::spawn(move || mark.change(turn, |changes| changes.0.push(number)))
        });
        for other in others {
            other.join().expect("it does not panic");
        }
        let mut changes = end(&mark, turn);
        changes.sort_unstable();
        assert_eq!(changes, [1, 2]);
    });
}

#[test]
fn a_change_before_another_threads_end_is_not_lost() {
    loom::model(|| {
        let mark = Arc::new(Mark::<Changes>::default());
        let turn = mark.open();
        let other = {
            let mark = Arc::clone(&mark);
            thread::spawn(move || {
                mark.change(turn, |changes| changes.0.push(1));
                mark.end(turn, |changes| changes.0.push(2));
                mark.change(turn, |changes| changes.0.push(3));
                assert!(!mark.is_open(turn));
            })
        };
        let is_open = mark.is_open(turn);
        other.join().expect("it does not panic");
        let changes = end(&mark, turn);
        assert!(is_open || changes == [1, 2]);
        assert_eq!(changes, [1, 2]);
    });
}

#[test]
fn a_late_change_is_not_the_next_spans() {
    loom::model(|| {
        let mark = Arc::new(Mark::<Changes>::default());
        let first = mark.open();
        let other = {
            let mark = Arc::clone(&mark);
            thread::spawn(move || mark.change(first, |changes| changes.0.push(1)))
        };
        let changes = end(&mark, first);
        assert!(changes.is_empty() || changes == [1]);
        let second = mark.open();
        assert!(!mark.is_open(first));
        mark.change(second, |changes| changes.0.push(2));
        assert_eq!(end(&mark, second), [2]);
        other.join().expect("it does not panic");
        let third = mark.open();
        assert_eq!(end(&mark, third), [0; 0]);
    });
}
