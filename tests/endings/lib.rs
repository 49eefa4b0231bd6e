//! Uses `traced` in the destructors of thread-locals, where the current context may be gone, and prints what was recorded.
//!
//! Nothing here panics on its own, so a panic hook that runs, or a process that aborts, is the fault of `traced`.

mod scenarios;

use std::cell::RefCell;
use std::panic;
use std::thread;

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

/// Makes the thread-local first, so that those of OpenTelemetry and `traced` are destroyed before it.
fn on_thread(scenario: fn()) {
    AT_THE_END.with(|_| ());
    scenario();
}

fn at_the_end(f: impl FnOnce() + 'static) {
    AT_THE_END.with(|slot| slot.borrow_mut().0 = Some(Box::new(f)));
}

/// Runs every scenario on a thread of its own.
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
    for (name, scenario) in scenarios::ALL {
        if thread::spawn(move || on_thread(scenario)).join().is_err() {
            eprintln!("{name} panicked");
        }
        provider.force_flush().expect("an exporter that works");
        let spans = exporter.get_finished_spans().expect("no poison");
        exporter.reset();
        let mut names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
        names.sort_unstable();
        println!("{name}: {}", names.join(" "));
    }
}
