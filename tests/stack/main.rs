//! Tests how much of the stack a traced function takes, compared with the same plain function. It
//! looks at the addresses of locals, and at the lines of backtraces.
//!
//! The workspace optimizes `traced` itself in debug builds; what a user has who sets no profile, and what a release build has:
//!
//!     cargo test -p traced-tests --test stack --config profile.dev.package.traced.opt-level=0
//!     cargo test -p traced-tests --test stack --release

#![expect(clippy::large_stack_arrays, reason = "they are what is measured")]

use std::backtrace::Backtrace;
use std::hint::black_box;
use std::thread;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::TracerProvider;
use traced::traced;

/// The number of calls that are open at once.
const DEPTH: usize = 8;
/// The number of runs in which the thread still asks for a provider: it does so in each of its
/// first 1,000 calls.
const FIRST_RUNS: usize = 1_000 / DEPTH + 1;
const LARGE: usize = 64 * 1024;
type Large = [u8; LARGE];

/// The observations at each call, the first one first.
#[derive(Default)]
struct Seen {
    addresses: Vec<usize>,
    /// The number of frames. They are not counted at first, since that takes time.
    frames: Option<Vec<usize>>,
}

impl Seen {
    /// Notes the position in the stack. Returns `true` if another call is to follow.
    #[inline(never)]
    fn look(&mut self) -> bool {
        let local = 0_u8;
        self.addresses.push((&raw const *black_box(&local)).addr());
        if let Some(frames) = &mut self.frames {
            let backtrace = Backtrace::force_capture().to_string();
            let is_frame = |line: &&str| !line.trim_start().starts_with("at ");
            frames.push(backtrace.lines().filter(is_frame).count());
        }
        self.addresses.len() < DEPTH
    }
}

/// The same functions, with the attribute and without.
macro_rules! functions {
    ($(#[$traced:meta])?) => {
        use super::{LARGE, Large, Seen, black_box};

        $(#[$traced])?
        #[inline(never)]
        pub(super) fn small(seen: &mut Seen) {
            if seen.look() {
                small(seen);
            }
            black_box(seen);
        }

        $(#[$traced])?
        #[inline(never)]
        pub(super) fn handed_on(seen: &mut Seen) -> Large {
            if seen.look() { handed_on(seen) } else { [1; LARGE] }
        }

        $(#[$traced])?
        #[inline(never)]
        pub(super) fn changed(seen: &mut Seen) -> Large {
            let mut value = if seen.look() { changed(seen) } else { [1; LARGE] };
            value[0] += 1;
            value
        }

        $(#[$traced])?
        #[inline(never)]
        pub(super) fn fallible(seen: &mut Seen) -> Result<Large, String> {
            let mut value = if seen.look() { fallible(seen)? } else { [1; LARGE] };
            value[0] += 1;
            Ok(value)
        }

        $(#[$traced])?
        #[inline(never)]
        pub(super) fn taken(seen: &mut Seen, value: Large) -> usize {
            let rest = if seen.look() { taken(seen, value) } else { 0 };
            rest + usize::from(black_box(&value)[0])
        }
    };
}

mod plain {
    functions! {}
}

mod annotated {
    use super::traced;

    functions! { #[traced] }
}

mod with_attributes {
    use super::traced;

    functions! { #[traced(attributes(depth = 1))] }
}

/// The additional use of one more call.
#[derive(Debug)]
struct Level {
    bytes: usize,
    frames: usize,
}

/// Runs the function on a separate thread, after some runs that do not count.
fn seen(function: fn(&mut Seen)) -> Seen {
    let run = move || {
        let mut seen = Seen::default();
        for _ in 0..FIRST_RUNS {
            function(&mut seen);
            seen.addresses.clear();
        }
        seen.frames = Some(Vec::new());
        function(&mut seen);
        seen
    };
    let thread = thread::Builder::new().stack_size(64 << 20).spawn(run);
    thread.unwrap().join().unwrap()
}

fn level(function: fn(&mut Seen)) -> Level {
    let Seen { addresses, frames } = seen(function);
    let frames = frames.unwrap_or_default();
    Level {
        bytes: (addresses[1] - addresses[DEPTH - 1]) / (DEPTH - 2),
        frames: (frames[DEPTH - 1] - frames[1]) / (DEPTH - 2),
    }
}

/// Returns how much all calls take, including the value that the first of them returns.
fn whole(function: fn(&mut Seen)) -> usize {
    LARGE + DEPTH * level(function).bytes
}

/// Checks that the traced function takes at most this many hundredths of the stack of the plain
/// one.
fn compare(name: &str, hundredths: usize, plain: fn(&mut Seen), annotated: fn(&mut Seen)) {
    let (plain, annotated) = (whole(plain), whole(annotated));
    eprintln!("{name}: {annotated} bytes, plain {plain}");
    assert!(
        100 * annotated <= hundredths * plain,
        "{name}: {annotated} bytes, plain {plain}"
    );
}

fn compare_large() {
    macro_rules! compare {
        ($hundredths:expr, $name:ident in $traced:ident $(, $value:expr)?) => {
            compare(
                concat!(stringify!($traced), "::", stringify!($name)),
                $hundredths,
                |seen| _ = black_box(plain::$name(seen $(, $value)?)),
                |seen| _ = black_box($traced::$name(seen $(, $value)?)),
            );
        };
        ($hundredths:expr, $name:ident $($value:expr)?) => {
            compare!($hundredths, $name in annotated $(, $value)?);
            compare!($hundredths, $name in with_attributes $(, $value)?);
        };
    }
    compare!(110, handed_on);
    compare!(110, changed);
    compare!(200, fallible);
    // Without optimization, each mention of a closure is a copy of what it captured.
    compare!(if cfg!(debug_assertions) { 300 } else { 110 }, taken [1; LARGE]);
}

/// Checks how much more a traced call takes than a plain one.
fn compare_small(bytes: usize, frames: usize) {
    let plain = level(plain::small);
    for annotated in [annotated::small, with_attributes::small] {
        let annotated = level(annotated);
        let added = Level {
            bytes: annotated.bytes - plain.bytes,
            frames: annotated.frames - plain.frames,
        };
        eprintln!("a level: {added:?}");
        assert!(added.bytes <= bytes && added.frames <= frames, "{added:?}");
    }
}

#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _spans: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

#[test]
fn the_stack_has_room_for_little_else_than_without_the_attribute() {
    let is_debug = cfg!(debug_assertions);
    eprintln!("nothing is installed");
    compare_small(if is_debug { 320 } else { 64 }, 2);
    compare_large();

    let provider = TracerProvider::builder().with_exporter(Nowhere).build();
    traced::set_tracer_provider(provider);
    eprintln!("recorded");
    compare_small(if is_debug { 700 } else { 320 }, 12);
    compare_large();
}
