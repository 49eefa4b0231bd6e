//! Threads that end, and calls at places where no context can be had.

use std::cell::RefCell;
use std::sync::LazyLock;
use std::thread;

use opentelemetry::Context;
use opentelemetry::trace::{TraceContextExt, get_active_span};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use traced::traced;

#[traced]
fn call(n: u8) -> u8 {
    traced::set_attribute("n", n);
    n
}

#[traced]
async fn later(n: u8) -> u8 {
    n
}

#[traced]
fn in_place(n: u8) -> impl Iterator<Item = u8> {
    0..n
}

struct CallsWhenDropped;

impl Drop for CallsWhenDropped {
    fn drop(&mut self) {
        assert_eq!(call(7), 7);
        assert_eq!(traced_tests::block_on_spinning(later(7)), 7);
        assert_eq!(in_place(7).count(), 7);
        assert_eq!(traced::span_id(), None);
    }
}

thread_local! {
    static FIRST: RefCell<Option<CallsWhenDropped>> = const { RefCell::new(None) };
    static SECOND: RefCell<Option<CallsWhenDropped>> = const { RefCell::new(None) };
}

fn set(slot: &'static thread::LocalKey<RefCell<Option<CallsWhenDropped>>>) {
    slot.set(Some(CallsWhenDropped));
}

/// The exporter of the one provider of this process.
static EXPORTER: LazyLock<InMemorySpanExporter> = LazyLock::new(|| {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    traced::set_tracer_provider(provider);
    exporter
});

#[test]
fn a_thread_locals_destructor_may_call_traced_functions() {
    LazyLock::force(&EXPORTER);
    // Our own thread-local is made before the destructors' or after them, and OpenTelemetry's before ours or not.
    let orders: [fn(); 4] = [
        || set(&FIRST),
        || {
            set(&FIRST);
            call(1);
            set(&SECOND);
        },
        || {
            drop(Context::current());
            set(&FIRST);
            call(1);
        },
        || {
            set(&FIRST);
            drop(Context::current());
        },
    ];
    for order in orders {
        thread::spawn(order)
            .join()
            .expect("neither panic nor abort");
    }
}

#[test]
fn a_call_inside_map_current_completes() {
    LazyLock::force(&EXPORTER);
    let value = Context::map_current(|_| call(7));
    let later = get_active_span(|_| traced_tests::block_on_spinning(later(8)));
    let count = Context::map_current(|_| in_place(9).count());
    assert_eq!((value, later, count), (7, 8, 9));
    assert!(!Context::current().has_active_span());
    let spans = EXPORTER.get_finished_spans().unwrap();
    for name in ["call", "later", "in_place"] {
        assert!(spans.iter().any(|span| span.name == name), "{name}");
    }
}
