//! `sdk/export/ring.rs` itself under a model checker: in every order that the memory model allows, what is pushed is read, whole, once and
//! in its order.

/// The file that is checked, and the atomics that it uses.
#[path = "../../../runtime/src/sdk"]
mod sdk {
    pub(crate) mod atomics {
        pub(crate) use loom::sync::Arc;
        pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
    }

    pub(crate) mod export {
        #[expect(dead_code, reason = "the model needs a part of it")]
        pub(crate) mod ring;
    }
}

use loom::thread;

use crate::sdk::export::ring::{self, Consumer, Producer};

/// A record of so many equal words.
fn record(words: usize, number: u8) -> Vec<u8> {
    vec![number; words * 8]
}

fn read(consumer: &mut Consumer, seen: &mut Vec<u8>) {
    let mut memory = Vec::new();
    seen.extend_from_slice(consumer.take_all(&mut memory));
}

/// The numbers of the records that could be pushed.
fn push(producer: &mut Producer, records: &[(usize, u8)]) -> Vec<u8> {
    let mut pushed = Vec::new();
    for (words, number) in records {
        let record = record(*words, *number);
        if producer.push(&record).is_some() {
            pushed.extend_from_slice(&record);
        }
    }
    pushed
}

fn model(bytes: usize, records: &'static [(usize, u8)]) {
    loom::model(move || {
        let (mut producer, mut consumer) = ring::ring(bytes);
        let gauge = consumer.gauge();
        let thread = thread::spawn(move || push(&mut producer, records));
        let mut seen = Vec::new();
        read(&mut consumer, &mut seen);
        let is_whole = |seen: &[u8]| {
            let runs = seen.chunk_by(|one, next| one == next);
            runs.zip(records.iter().filter(|(_, number)| seen.contains(number)))
                .all(|(run, (words, number))| run == record(*words, *number))
        };
        assert!(is_whole(&seen), "{seen:?}");
        let count = seen.chunk_by(|one, next| one == next).count() as u64;
        assert!(gauge.pushed() >= count, "what was seen is counted");
        read(&mut consumer, &mut seen);
        let pushed = thread.join().expect("it does not panic");
        read(&mut consumer, &mut seen);
        assert_eq!(seen, pushed);
        assert!(consumer.is_over());
        drop(consumer);
        assert!(gauge.is_last());
        assert_eq!(gauge.waiting(), 0);
    });
}

#[test]
fn records_come_whole_and_in_their_order() {
    model(64, &[(2, 1), (1, 2), (3, 3)]);
}

/// The third record is around the end, and fits only if something was read.
#[test]
fn the_room_of_what_was_read_is_used_again() {
    model(32, &[(2, 1), (1, 2), (3, 3)]);
}

#[test]
fn what_is_too_large_is_refused_alone() {
    model(16, &[(1, 1), (3, 2), (1, 3)]);
}

/// A ring is given back only when its thread is gone, and its last record was seen.
#[test]
fn a_ring_is_over_when_its_last_record_was_read() {
    loom::model(|| {
        let (mut producer, mut consumer) = ring::ring(16);
        let thread = thread::spawn(move || assert!(producer.push(&record(1, 1)).is_some()));
        let mut seen = Vec::new();
        let was_over = consumer.is_over();
        read(&mut consumer, &mut seen);
        assert!(!was_over || seen.len() == 8);
        if consumer.is_over() {
            assert_eq!(seen.len(), 8);
        }
        thread.join().expect("it does not panic");
    });
}

/// Words are stored many at once: a long record is whole too, wherever the end of the ring cuts it.
#[test]
fn a_long_record_is_whole_wherever_the_end_cuts_it() {
    loom::model(|| {
        let (mut producer, mut consumer) = ring::ring(16 * 8);
        for number in 1..4 {
            let record: Vec<u8> = (0..11 * 8).map(|byte| byte ^ number).collect();
            assert!(producer.push(&record).is_some());
            let mut seen = Vec::new();
            read(&mut consumer, &mut seen);
            assert_eq!(seen, record);
        }
    });
}
