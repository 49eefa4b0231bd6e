//! The contenders, each in its own file.

mod bare;
mod fastrace;
mod otel;
mod raw;
mod raw_global;
mod traceable;
mod traced;
mod traced_sdk;
mod tracing;
mod tracing_lean;

use crate::contender::Entry;

/// All contenders: the bare functions first, then ours, then the others.
pub(crate) const CONTENDERS: &[Entry] = &[
    Entry::of::<bare::Bare>(),
    Entry::of::<traced::Traced>(),
    Entry::of::<traced::TracedOwnSampler>(),
    Entry::of::<traced_sdk::TracedSdk>(),
    Entry::of::<raw::Raw>(),
    Entry::of::<raw_global::RawGlobal>(),
    Entry::of::<tracing::Tracing>(),
    Entry::of::<tracing_lean::TracingLean>(),
    Entry::of::<fastrace::Fastrace>(),
    Entry::of::<traceable::Traceable>(),
    Entry::of::<otel::Otel>(),
];
