//! Tests of threads that end, and of calls where no context can be accessed.

use std::cell::RefCell;
use std::panic;
use std::sync::{LazyLock, Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};

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

/// The exporter of the only provider in this process.
static EXPORTER: LazyLock<InMemorySpanExporter> = LazyLock::new(|| {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    traced::set_tracer_provider(provider);
    exporter
});

/// The threads on which the panic hook ran, with an entry for each time.
static PANICKED: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());

/// Returns how often the panic hook ran on this thread.
fn panics_of(thread: ThreadId) -> usize {
    let panicked = PANICKED.lock().unwrap_or_else(PoisonError::into_inner);
    panicked.iter().filter(|id| **id == thread).count()
}

/// Installs the provider and the panic hook of this process, once.
fn install() {
    static INSTALLED: Once = Once::new();
    LazyLock::force(&EXPORTER);
    INSTALLED.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let mut panicked = PANICKED.lock().unwrap_or_else(PoisonError::into_inner);
            panicked.push(thread::current().id());
            usual(panic);
        }));
    });
}

#[test]
fn a_thread_locals_destructor_may_call_traced_functions() {
    install();
    // Our own thread-local is made before the destructors' or after them, and OpenTelemetry's before ours or not.
    let orders: [(fn(), usize); 4] = [
        (|| set(&FIRST), 0),
        (
            || {
                set(&FIRST);
                call(1);
                set(&SECOND);
            },
            0,
        ),
        (
            || {
                drop(Context::current());
                set(&FIRST);
                call(1);
            },
            0,
        ),
        // OpenTelemetry's is gone before ours is made: the one order in which nothing tells that, but its panic.
        (
            || {
                set(&FIRST);
                drop(Context::current());
            },
            1,
        ),
    ];
    for (order, panics) in orders {
        let thread = thread::spawn(order);
        let id = thread.thread().id();
        thread.join().expect("neither panic nor abort");
        assert_eq!(panics_of(id), panics);
    }
}

#[traced]
fn calls(n: u8) -> u8 {
    call(n) + in_place(n).map(call).sum::<u8>()
}

#[test]
fn a_call_inside_map_current_completes() {
    install();
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

#[test]
fn a_call_inside_map_current_is_refused_once_with_all_below_it() {
    install();
    let thread = thread::current().id();
    assert_eq!(Context::map_current(|_| calls(3)), 6);
    assert_eq!(panics_of(thread), 1);
    assert_eq!(Context::map_current(|_| calls(3)), 6);
    assert_eq!(panics_of(thread), 2);
    // What was refused is forgotten.
    calls(3);
    assert_eq!(panics_of(thread), 2);
}
