//! A program that `traced::init` sets up, for tests that look at it from the outside: `application
//! WAY [WORK]`.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, global};
use tokio::runtime::{Builder, Runtime};
use traced::opentelemetry_sdk::error::OTelSdkResult;
use traced::opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData, SpanExporter};
use traced::{Guard, InitError, Protocol, traced};
use traced_init_tests::{handed_on, scenario};
use traced_tests::block_on;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let way = arguments.next().unwrap_or_default();
    let work = arguments.next().unwrap_or_default();
    match way.as_str() {
        "plain" => run(|| work_on(&work)),
        "without_init" => {
            work_on(&work);
            ExitCode::SUCCESS
        }
        "current_thread" => current_thread().block_on(async { run(|| work_on(&work)) }),
        "multi_thread" => multi_thread().block_on(async { run(|| work_on(&work)) }),
        "task" => task(),
        "spawn_blocking" => spawn_blocking(),
        "thread" => std::thread::spawn(|| run(|| work_on("")))
            .join()
            .expect("no panic"),
        "twice" => twice(),
        "again" => again(&work),
        "panic" => run(|| panic_after(&work)),
        "exit" => exit(),
        "unguarded" => unguarded(&work),
        "static" => in_a_static(),
        "exit_elsewhere" => exit_elsewhere(),
        "flush" => run_and_flush(&work),
        "sizes" => end(traced::init().map(|guard| print_sizes(&guard))),
        "debug" => debug(),
        "serve" => run(serve),
        "open" => open(),
        "in_code" => end(in_code(&work).map(|guard| {
            with(guard, || {
                scenario::call();
                print_sent_headers();
            });
        })),
        "bad_in_code" => bad_in_code(),
        "patient" => end(patient(&work).map(|guard| with(guard, scenario::call))),
        "own_exporters" => own_exporters(),
        "exit_without_shutdown" => exit_without_shutdown(&work),
        "sigterm" => current_thread().block_on(sigterm()),
        "builder" => end(builder().map(|guard| with(guard, || work_on(&work)))),
        other => panic!("{other} is no way to run"),
    }
}

/// Sets up what the environment says, for as long as `work` takes.
fn run(work: impl FnOnce()) -> ExitCode {
    end(traced::init().map(|guard| with(guard, work)))
}

fn with(_guard: Guard, work: impl FnOnce()) {
    work();
}

fn end(result: Result<(), InitError>) -> ExitCode {
    if let Err(error) = result {
        eprintln!("{error}");
        println!("{}", installed());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Returns whether a trace is recorded, and how many headers the propagator has.
fn installed() -> String {
    let recorded = recorded().is_some();
    let fields = global::get_text_map_propagator(|propagator| propagator.fields().count());
    format!("recorded: {recorded}, fields: {fields}")
}

#[traced]
fn recorded() -> Option<opentelemetry::TraceId> {
    traced::trace_id()
}

fn work_on(work: &str) {
    match work {
        "" => scenario::call(),
        "hand_on" => handed_on::print(),
        "orders" => on_a_thread(|| block_on(scenario::orders())),
        "everything" => scenario::everything(),
        "payment" => scenario::payment(),
        "nothing" => {}
        "requests" => tracing::trace!(target: "hyper::client", "the program's own"),
        // Until it is plain that the application does not wait.
        "much" => (0..20_000).for_each(|_| scenario::call()),
        // More than may wait.
        "flood" => (0..300_000).for_each(|_| scenario::call()),
        "slowly" => {
            scenario::call();
            std::thread::sleep(Duration::from_millis(700));
            scenario::call();
        }
        "fields" => {
            global::get_text_map_propagator(|propagator| {
                let mut fields: Vec<_> = propagator.fields().collect();
                fields.sort_unstable();
                println!("{fields:?}");
            });
        }
        other => panic!("{other} is no work"),
    }
}

fn panic_after(work: &str) {
    work_on(work);
    panic!("on purpose");
}

/// Runs `work` on another thread, since there may be a runtime on this one.
fn on_a_thread(work: impl FnOnce() + Send) {
    std::thread::scope(|scope| scope.spawn(work).join().expect("no panic"));
}

fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Sets tracing up, and shuts it down, in a task.
fn task() -> ExitCode {
    let runtime = multi_thread();
    let task = runtime.spawn(async { run(scenario::call) });
    runtime.block_on(task).expect("no panic")
}

fn spawn_blocking() -> ExitCode {
    let runtime = current_thread();
    let blocking = runtime.spawn_blocking(|| run(scenario::call));
    runtime.block_on(blocking).expect("no panic")
}

/// Sets tracing up twice. The second set-up fails, and leaves the first one as it is.
fn twice() -> ExitCode {
    run(|| {
        let second = traced::init().expect_err("one set-up at a time");
        println!("{second}");
        scenario::call();
    })
}

/// Sets tracing up again after the first set-up has ended.
fn again(work: &str) -> ExitCode {
    run(|| work_on(work));
    run(|| work_on(work))
}

fn exit() -> ExitCode {
    let guard = traced::init().expect("a set-up");
    scenario::call();
    guard.shutdown();
    std::process::exit(3);
}

fn exit_without_shutdown(work: &str) -> ExitCode {
    let guard = traced::init().expect("a set-up");
    work_on(work);
    guard.flush();
    work_on(work);
    std::process::exit(3);
}

/// Drops the guard at once.
fn unguarded(work: &str) -> ExitCode {
    let _ = traced::init().expect("a set-up");
    work_on(work);
    work_on(work);
    ExitCode::SUCCESS
}

/// Keeps the guard in a static, which is never dropped.
fn in_a_static() -> ExitCode {
    static GUARD: OnceLock<Guard> = OnceLock::new();
    GUARD.get_or_init(|| traced::init().expect("a set-up"));
    scenario::call();
    ExitCode::SUCCESS
}

/// Keeps a span open until standard input is closed.
#[traced]
fn serve() {
    scenario::call();
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// Drops the guard while a span is open, as when a signal ends a service.
fn open() -> ExitCode {
    #[traced]
    fn serve(guard: Guard) {
        scenario::call();
        drop(guard);
    }
    serve(traced::init().expect("a set-up"));
    ExitCode::SUCCESS
}

fn exit_elsewhere() -> ExitCode {
    let _guard = traced::init().expect("a set-up");
    scenario::call();
    let exit = std::thread::spawn(|| std::process::exit(3));
    exit.join().expect("no panic");
    ExitCode::SUCCESS
}

fn run_and_flush(work: &str) -> ExitCode {
    end(traced::init().map(|guard| {
        work_on(work);
        guard.flush();
        let stats = guard.stats();
        println!("{} recorded, {} exported", stats.recorded, stats.exported);
    }))
}

/// Ends spans of all sizes up to that of the largest record and beyond, 8 MB of most sizes.
fn print_sizes(guard: &Guard) {
    #[traced(attributes(text = text))]
    fn sized(text: &str) {}

    for size in [1, 1_000, 10_000, 100_000, 200_000, 261_000, 300_000] {
        let text = "x".repeat(size);
        (0..(8_000_000 / size).min(1_500)).for_each(|_| sized(&text));
        guard.flush();
    }
    let stats = guard.stats();
    println!("{} recorded, {} exported", stats.recorded, stats.exported);
}

/// Shows the error by itself, and as a `main` that returns it does.
fn debug() -> ExitCode {
    end(traced::init()
        .inspect_err(|error| eprintln!("Error: {error:?}"))
        .map(|guard| with(guard, scenario::call)))
}

/// Prints the names of the headers that carry a span to another process.
fn print_sent_headers() {
    let span = SpanContext::new(
        TraceId::from(1),
        SpanId::from(1),
        TraceFlags::SAMPLED,
        false,
        TraceState::NONE,
    );
    let _current = Context::new().with_remote_span_context(span).attach();
    let mut headers = BTreeMap::new();
    traced::propagation::inject(&mut headers);
    println!("{:?}", headers.into_keys().collect::<Vec<_>>());
}

/// Sends to the collector at `endpoint`, with all settings that can be made in code.
fn in_code(endpoint: &str) -> Result<Guard, InitError> {
    traced::builder()
        .with_endpoint(endpoint)
        .with_protocol(Protocol::Grpc)
        .with_header("api-key", "told by the program")
        .with_timeout(Duration::from_secs(20))
        .with_filter("off,traced_init_tests::scenario=info")
        .with_propagator(traced::propagation::from_names("b3").expect("it is known"))
        .with_json_lines()
        .init()
}

/// Prints what is wrong with each value that a method of the builder does not accept.
fn bad_in_code() -> ExitCode {
    let builder = || traced::builder().with_endpoint("http://127.0.0.1:1?key=secret");
    for bad in [
        builder().with_endpoint("secret"),
        builder().with_endpoint("http://secret:99999"),
        builder().with_endpoint("").with_protocol(Protocol::Grpc),
        builder().with_protocol(Protocol::Grpc),
        builder().with_header("secret key", "secret"),
        builder().with_timeout(Duration::ZERO),
        builder().with_filter("a=loud"),
    ] {
        println!("{}", bad.init().expect_err("nothing is set up"));
    }
    ExitCode::SUCCESS
}

/// Sends to the collector at `endpoint`, with the longest time limit.
fn patient(endpoint: &str) -> Result<Guard, InitError> {
    traced::builder()
        .with_endpoint(endpoint)
        .with_timeout(Duration::MAX)
        .with_shutdown_timeout(Duration::MAX)
        .init()
}

/// Adds two exporters, one of which panics.
fn own_exporters() -> ExitCode {
    let exporter = InMemorySpanExporter::default();
    let builder = traced::builder().with_exporter(Panicking);
    let guard = builder.with_exporter(exporter.clone()).init();
    end(guard.map(|guard| {
        scenario::call();
        guard.flush();
        let spans = exporter.get_finished_spans().expect("they are there");
        println!("{} spans", spans.len());
    }))
}

#[derive(Debug)]
struct Panicking;

impl SpanExporter for Panicking {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        panic!("on purpose");
    }
}

async fn sigterm() -> ExitCode {
    use tokio::signal::unix::{SignalKind, signal};

    let _guard = traced::init().expect("a set-up");
    let mut terminate = signal(SignalKind::terminate()).expect("a handler");
    scenario::call();
    println!("ready");
    std::io::stdout().flush().expect("a pipe");
    terminate.recv().await;
    ExitCode::SUCCESS
}

fn builder() -> Result<Guard, InitError> {
    use traced::opentelemetry_sdk::trace::Sampler;

    traced::builder()
        .with_service_name("told by the program")
        .with_service_version("1.2.3")
        .with_attribute("deployment.environment.name", "test")
        .with_sampling(Sampler::AlwaysOn)
        .with_shutdown_timeout(Duration::from_secs(1))
        .init()
}
