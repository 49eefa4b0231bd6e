//! Evaluates the options that are known only at run time, before the span starts: its parent, links
//! and name.

use std::borrow::Cow;
use std::mem;

use opentelemetry::Context;
use opentelemetry::trace::{Link, SpanContext, SpanId, TraceContextExt};

use crate::attributes::Attributes;
use crate::carrier::Carrier;
use crate::site::CallSite;
use crate::span::active::Active;
use crate::span::in_context::Ownership;
use crate::span::skip::declines;

/// The call that a span is started for.
#[derive(Clone, Copy)]
pub(crate) struct Called<'a> {
    pub(crate) site: &'static CallSite,
    /// The type name of a closure in the function.
    pub(crate) function: &'static str,
    pub(crate) attributes: Option<&'a dyn Fn(&mut Attributes)>,
}

/// The options that are evaluated before a span starts.
pub struct Setup {
    pub(crate) parent: Context,
    /// `true` if the span starts a trace. In that case, `parent` has an empty span, since a span
    /// cannot be taken out of a context.
    pub(crate) is_root: bool,
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) links: Vec<Link>,
    /// `false` if there cannot be a span. In that case, only `parent` matters.
    can_open: bool,
    /// `true` if `parent` is not the current context.
    is_elsewhere: bool,
}

impl Setup {
    pub(crate) fn below(current: Context, can_open: bool) -> Setup {
        Setup {
            parent: current,
            is_root: false,
            name: None,
            links: Vec::new(),
            can_open,
            is_elsewhere: false,
        }
    }

    /// Returns `true` if a provider should be asked for a span.
    pub(crate) fn opens(&self) -> bool {
        self.can_open && !declines(&self.parent)
    }

    /// Returns a stand-in for a span that is not opened, which makes the context of the option
    /// `parent` or `root` current while the body runs. Returns `None` if neither applies.
    pub(crate) fn hand_on(&mut self, site: &'static CallSite) -> Option<Active> {
        self.is_elsewhere.then(|| {
            let context = mem::take(&mut self.parent);
            Active::in_context(site, context, SpanId::INVALID, Ownership::Unrecorded)
        })
    }

    /// Applies the option `parent`. A carrier without a trace context changes nothing.
    pub fn parent(&mut self, parent: &impl Carrier) {
        if let Some(parent) = parent.context(&self.parent) {
            self.parent = parent;
            self.is_elsewhere = true;
        }
    }

    /// Applies the option `root`.
    pub fn root(&mut self) {
        self.is_root = true;
        self.is_elsewhere = true;
        self.parent = self
            .parent
            .with_remote_span_context(SpanContext::empty_context());
    }

    /// Applies the option `root(link)`.
    pub fn linked_root(&mut self) {
        let current = self.parent.span().span_context().clone();
        self.root();
        self.link(current);
    }

    /// Evaluates the option `links`, if there can be a span.
    pub fn links<L: IntoIterator<Item: Carrier>>(&mut self, links: impl FnOnce() -> L) {
        if !self.opens() {
            return;
        }
        let nothing = Context::new();
        for carrier in links() {
            if let Some(context) = carrier.context(&nothing) {
                self.link(context.span().span_context().clone());
            }
        }
    }

    fn link(&mut self, span: SpanContext) {
        if span.is_valid() {
            self.links.push(Link::with_context(span));
        }
    }

    /// Evaluates the option `name`, if there can be a span.
    pub fn name<N: Into<Cow<'static, str>>>(&mut self, name: impl FnOnce() -> N) {
        if self.opens() {
            self.name = Some(name().into());
        }
    }
}
