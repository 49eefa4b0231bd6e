//! The facts about a span that a sampler decides by.

use opentelemetry::KeyValue;
use opentelemetry::trace::{Link, SpanKind};

use crate::site::CallSite;

/// A span that is about to start.
pub(crate) struct SpanStart<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) kind: &'a SpanKind,
    pub(crate) attributes: &'a [KeyValue],
    pub(crate) links: &'a [Link],
}

/// A span's name. That of a function is looked up only for a sampler that the user has set.
pub(crate) enum Name<'a> {
    Given(&'a str),
    /// The call site, and the type name of a closure in the function, which give the function's
    /// name.
    Of(&'static CallSite, &'static str),
}

impl SpanStart<'_> {
    pub(super) fn name(&self) -> &str {
        match self.name {
            Name::Given(name) => name,
            Name::Of(site, function) => site.names(function).span,
        }
    }
}
