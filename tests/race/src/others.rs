//! The threads that change the spans of others.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, KeyValue};

use crate::plan::{Plan, checksum};

/// The attribute that each of them sets.
pub(crate) const KEYS: [&str; 2] = ["one", "other"];

/// A request to change a span.
pub(crate) struct Request<'env> {
    pub(crate) context: Context,
    pub(crate) number: u64,
    pub(crate) what: What<'env>,
}

pub(crate) enum What<'env> {
    /// The changes of the plan. This counts the spans for which they were made.
    Planned(&'env AtomicU64),
    Change,
    End,
}

/// The channels to the two threads.
pub(crate) type Others<'env> = [SyncSender<Request<'env>>; 2];

pub(crate) fn start<'scope, 'env>(scope: &'scope Scope<'scope, 'env>) -> Others<'env> {
    KEYS.map(|key| {
        let (sender, receiver) = sync_channel(64);
        scope.spawn(move || serve(key, &receiver));
        sender
    })
}

fn serve(key: &'static str, requests: &Receiver<Request<'_>>) {
    for request in requests {
        let (context, number) = (&request.context, request.number);
        match request.what {
            What::Planned(done) => {
                plan(context, number, key);
                done.fetch_add(1, Ordering::Release);
            }
            What::Change => change(context, "racing", number, 1),
            What::End => context.span().end(),
        }
    }
}

fn plan(context: &Context, number: u64, key: &'static str) {
    let plan = Plan::of(number);
    for count in 1..=plan.changes {
        change(context, key, number, count);
    }
    if plan.is_ended {
        context.span().end();
        change(context, "late", number, 1);
    }
}

/// Sets an attribute and adds an event.
pub(crate) fn change(context: &Context, key: &'static str, number: u64, count: u64) {
    let span = context.span();
    span.set_attribute(KeyValue::new(key, checksum(number, count)));
    let attributes = vec![KeyValue::new("n", number.cast_signed())];
    span.add_event("changed", attributes);
}
