//! Writes an outcome to a span of any provider.

use opentelemetry::trace::SpanId;

use crate::attributes::{Attributes, Sink};
use crate::contain::catch;
use crate::outcome::Failure;
use crate::outcome::exception;
use crate::site::CallSite;

/// A recorded span of any provider, with what is needed to write an outcome to it.
pub(super) struct Written<'a> {
    pub(super) sink: &'a mut dyn Sink,
    pub(super) site: &'static CallSite,
    /// The id of the span above, if the span itself does not know it.
    pub(super) parent: Option<SpanId>,
}

impl Written<'_> {
    /// Lets `outcome` look at the returned value, and records the failure that it finds. Returns
    /// `true` if there was one.
    #[inline]
    pub(super) fn detect<'a>(
        &mut self,
        outcome: impl FnOnce(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> bool {
        let failure = catch(|| outcome(&mut Attributes::of(self.sink, self.site))).flatten();
        if let Some(failure) = &failure {
            self.fail(failure);
        }
        failure.is_some()
    }

    #[cold]
    pub(super) fn fail(&mut self, failure: &Failure<'_>) {
        exception::fail(self.sink, self.parent, failure);
    }
}
