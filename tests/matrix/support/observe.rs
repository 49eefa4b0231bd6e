//! Runs a function, and observes everything that a program can observe of it.

use std::any::Any;
use std::cell::Cell;
use std::fmt::Debug;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use futures::Stream;
use opentelemetry::trace::TraceContextExt;
use serde::Serialize;
use traced::testing::Capture;

use crate::values;

/// The number of polls after which a future or stream that is still pending counts as never ready.
const POLLS: u32 = 4;

/// Calls a generated function. The flag says whether it is to fail.
pub type Run = fn(bool, &mut Ran);

/// The observations of one call.
#[derive(Debug, Default, Serialize)]
pub struct Ran {
    /// The returned values, as text.
    values: Vec<String>,
    drops: Vec<&'static str>,
    /// The message and the place of the panic.
    panic: Option<String>,
    size: Option<usize>,
    send: Option<bool>,
}

/// A case: its number, and the function without the attribute and with it.
pub type Pair = (usize, Run, Run);

/// The observations of a call.
#[derive(Serialize)]
struct Observed {
    case: usize,
    fail: bool,
    plain: Ran,
    /// The observations of the traced function, without a provider.
    off: Ran,
    /// The observations of the traced function, with a provider.
    on: Ran,
    trace: String,
    /// The places and scopes of the recorded spans.
    spans: Vec<Place>,
}

#[derive(Serialize)]
struct Place {
    function: String,
    line: String,
    scope: String,
}

/// Runs the cases from the one of this number on, and prints a line of JSON for each call.
///
/// # Panics
///
/// Panics if observations are not serializable.
pub fn drive(pairs: &[Pair]) {
    let first = std::env::args()
        .nth(1)
        .and_then(|number| number.parse().ok());
    panic::set_hook(Box::new(note_panic));
    let pairs = pairs.iter().skip(first.unwrap_or(0));
    let calls: Vec<_> = pairs
        .flat_map(|pair| [(pair, false), (pair, true)])
        .collect();
    // Before there is a provider.
    let off: Vec<Ran> = calls
        .iter()
        .map(|((_, _, traced), fail)| run(*traced, *fail))
        .collect();
    for (((case, plain, traced), fail), off) in calls.into_iter().zip(off) {
        let plain = run(*plain, fail);
        let capture = Capture::new();
        let on = capture.run(|| {
            let outer = values::outer();
            let ran = {
                let _guard = outer.clone().attach();
                run(*traced, fail)
            };
            outer.span().end();
            ran
        });
        let observed = Observed {
            case: *case,
            fail,
            plain,
            off,
            on,
            trace: capture.tree().to_string(),
            spans: places(&capture),
        };
        println!(
            "{}",
            serde_json::to_string(&observed).expect("serializable")
        );
    }
}

fn places(capture: &Capture) -> Vec<Place> {
    let spans = capture.spans();
    let traced = spans.iter().filter(|span| span.name != "outer");
    let places = traced.map(|span| {
        let attribute = |key: &str| {
            let found = span
                .attributes
                .iter()
                .find(|attribute| attribute.key.as_str() == key);
            found
                .map(|attribute| attribute.value.to_string())
                .unwrap_or_default()
        };
        Place {
            function: attribute("code.function.name"),
            line: attribute("code.line.number"),
            scope: span.instrumentation_scope.name().to_owned(),
        }
    });
    places.collect()
}

thread_local!(static PANIC: Cell<Option<String>> = const { Cell::new(None) });

fn note_panic(info: &panic::PanicHookInfo<'_>) {
    let message = message(info.payload());
    let place = info.location().map(|location| {
        let file = Path::new(location.file()).file_name().unwrap_or_default();
        format!("{}:{}", file.display(), location.line())
    });
    PANIC.set(Some(format!("{message} at {}", place.unwrap_or_default())));
}

fn message(payload: &dyn Any) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

fn run(function: Run, fail: bool) -> Ran {
    let mut ran = Ran::default();
    values::take_drops();
    PANIC.take();
    let result = panic::catch_unwind(AssertUnwindSafe(|| function(fail, &mut ran)));
    ran.panic = PANIC.take();
    if result.is_err() && ran.panic.is_none() {
        ran.panic = Some("resumed without a hook".to_owned());
    }
    ran.drops = values::take_drops();
    ran
}

impl Ran {
    /// Notes a returned value.
    pub fn value(&mut self, value: &impl Debug) {
        self.values.push(format!("{value:?}"));
    }

    /// Notes the size of a future, and whether it can be sent.
    pub fn future<F>(&mut self, _: &F, send: bool) {
        self.size = Some(size_of::<F>());
        self.send = Some(send);
    }

    /// Returns the output of a future. If it never gets ready, it is dropped.
    pub fn drive<F: Future>(&mut self, future: F) -> Option<F::Output> {
        let mut future = Box::pin(future);
        let mut task = Context::from_waker(Waker::noop());
        for _ in 0..POLLS {
            if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
                return Some(output);
            }
        }
        self.values.push("never ready".to_owned());
        None
    }

    /// Returns the items of a stream until it ends or never continues, and drops it.
    pub fn items<S: Stream>(&mut self, stream: S) -> Vec<S::Item> {
        let mut stream = pin!(stream);
        let mut items = Vec::new();
        while let Some(Some(item)) = self.drive(futures::stream::StreamExt::next(&mut stream)) {
            items.push(item);
        }
        items
    }
}

/// A future that is pending once.
#[derive(Debug, Default)]
pub struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Lets others run once.
#[must_use]
pub fn yield_now() -> Once {
    Once::default()
}

/// Asks about a type by method resolution, which prefers the method that has a bound.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

impl<T> Probe<T> {
    /// Asks about the type of a value.
    #[must_use]
    pub fn of(_: &T) -> Probe<T> {
        Probe(PhantomData)
    }
}

impl<T: Send> Probe<T> {
    /// Returns `true`: the type is `Send`.
    #[must_use]
    pub fn is_send(&self) -> bool {
        true
    }
}

/// The method that is found if the type does not have the better one.
pub trait NotSend {
    /// Returns `false`: the type is not `Send`.
    fn is_send(&self) -> bool {
        false
    }
}

impl<T> NotSend for Probe<T> {}
