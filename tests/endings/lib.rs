//! Uses `traced` in the destructors of thread-locals, where the current context may be gone, and prints what was recorded.
//!
//! Nothing here panics on its own, so a panic hook that runs, or a process that aborts, is the fault of `traced`.

mod scenarios;

use std::cell::RefCell;
use std::panic;
use std::sync::Mutex;
use std::thread;

use opentelemetry::Context;
use opentelemetry_sdk::trace::InMemorySpanExporter;
use traced::sdk::TracerProvider;

/// Runs a closure when its thread ends.
#[derive(Default)]
struct AtTheEnd(Option<Box<dyn FnOnce()>>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            f();
        }
    }
}

thread_local! {
    static AT_THE_END: RefCell<AtTheEnd> = RefCell::default();
}

/// The orders in which the destructor may run, each with what the thread creates first:
/// thread-locals are destroyed in reverse order.
const ORDERS: [(&str, fn()); 3] = [
    ("after ours and OpenTelemetry's", || AT_THE_END.with(|_| ())),
    ("after ours", || {
        drop(Context::current());
        AT_THE_END.with(|_| ());
    }),
    ("before ours", || ()),
];

fn at_the_end(f: impl FnOnce() + 'static) {
    AT_THE_END.with(|slot| slot.borrow_mut().0 = Some(Box::new(f)));
}

/// The part of a scenario that another thread continues when the scenario's thread is gone.
static LEFT: Mutex<Option<Box<dyn FnOnce() + Send>>> = Mutex::new(None);

fn leave_behind(f: impl FnOnce() + Send + 'static) {
    *LEFT.lock().expect("no panic") = Some(Box::new(f));
}

/// Runs every scenario on separate threads, in each of the orders.
///
/// # Panics
///
/// If the provider cannot be flushed.
pub fn run() {
    panic::set_hook(Box::new(|panic| eprintln!("the hook ran: {panic}")));
    let exporter = InMemorySpanExporter::default();
    let provider = TracerProvider::builder()
        .with_exporter(exporter.clone())
        .build();
    traced::set_tracer_provider(provider.clone());
    for (order, first) in ORDERS {
        println!("{order}:");
        for (name, scenario) in scenarios::ALL {
            run_scenario(name, first, scenario);
            println!("{name}: {}", finished(&provider, &exporter).join(" "));
        }
    }
    let mut count = 0;
    for round in 0..2_000 {
        let (_, first) = ORDERS[round % ORDERS.len()];
        run_scenario("a short life", first, scenarios::future_polled);
        if round % 100 == 99 {
            count += finished(&provider, &exporter).len();
        }
    }
    println!("2,000 threads: {count} spans");
    print_stats(&provider);
}

fn run_scenario(name: &str, first: fn(), scenario: fn()) {
    let thread = thread::spawn(move || {
        first();
        scenario();
    });
    if thread.join().is_err() {
        eprintln!("{name} panicked");
    }
    let left = LEFT.lock().expect("no panic").take();
    if let Some(left) = left {
        left();
    }
}

/// Returns the names of the spans that have ended since the last call.
fn finished(provider: &TracerProvider, exporter: &InMemorySpanExporter) -> Vec<String> {
    provider.force_flush().expect("an exporter that works");
    let spans = exporter.get_finished_spans().expect("no poison");
    exporter.reset();
    let names = spans.into_iter().map(|span| span.name.into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// Prints which spans are in which counter.
fn print_stats(provider: &TracerProvider) {
    let stats = provider.stats();
    let lost = stats.recorded - stats.exported;
    println!("{} recorded, {lost} not exported", stats.recorded);
}
