//! A failed request: why it failed, and whether and when it is sent again.

use std::error::Error;
use std::time::Duration;

use backon::ExponentialBuilder;

/// The longest delay that a collector can ask for, as in `opentelemetry-otlp`. It matters only if
/// the time limit of an export is longer, since a delay beyond that limit ends the attempts anyway.
const LONGEST_DELAY: Duration = Duration::from_secs(600);

/// A request that failed.
#[derive(Debug)]
pub(super) struct Failure {
    /// The reason, which may contain text from the collector.
    pub(super) reason: String,
    pub(super) retry: Retry,
}

/// Says whether a failed request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    Never,
    Soon,
    /// It is sent again after a delay that the collector asked for.
    After(Duration),
}

impl Failure {
    pub(super) fn is_retriable(&self) -> bool {
        self.retry != Retry::Never
    }

    /// Returns the time to wait before the request is sent again: the delay that the collector
    /// asked for, but at least `backoff`. Returns `None` if there is not enough time left, or if
    /// `backoff` is `None` because the attempts are used up.
    pub(super) fn wait(&self, backoff: Option<Duration>, left: Duration) -> Option<Duration> {
        let wait = match self.retry {
            Retry::After(delay) => backoff?.max(delay.min(LONGEST_DELAY)),
            _ => backoff?,
        };
        (wait < left).then_some(wait)
    }
}

/// Returns the delays between the attempts of an export, of which there are at most four.
pub(super) fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_millis(1_600))
        .with_max_times(3)
        .with_jitter()
}

/// Returns the message of an error with those of its causes.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_what_the_collector_asks_for_if_there_is_time() {
        let seconds = Duration::from_secs;
        let failure = |retry| Failure {
            reason: String::new(),
            retry,
        };
        let soon = failure(Retry::Soon);
        assert_eq!(soon.wait(Some(seconds(1)), seconds(5)), Some(seconds(1)));
        assert_eq!(soon.wait(Some(seconds(1)), seconds(1)), None);
        assert_eq!(soon.wait(None, seconds(5)), None);
        let after = failure(Retry::After(seconds(3)));
        assert_eq!(after.wait(Some(seconds(1)), seconds(5)), Some(seconds(3)));
        assert_eq!(after.wait(Some(seconds(4)), seconds(5)), Some(seconds(4)));
        assert_eq!(after.wait(Some(seconds(1)), seconds(2)), None);
        assert_eq!(after.wait(None, seconds(5)), None);
    }

    #[test]
    fn a_collector_cannot_ask_for_more_than_ten_minutes() {
        let wait = |asked: u64, left| {
            let failure = Failure {
                reason: String::new(),
                retry: Retry::After(Duration::from_secs(asked)),
            };
            let wait = failure.wait(Some(Duration::from_secs(1)), left);
            wait.map(|wait| wait.as_secs())
        };
        assert_eq!(wait(599, Duration::MAX), Some(599));
        assert_eq!(wait(601, Duration::MAX), Some(600));
        assert_eq!(wait(1_000_000_000, Duration::MAX), Some(600));
        assert_eq!(wait(u64::MAX, Duration::MAX), Some(600));
        assert_eq!(wait(1_000_000_000, Duration::from_secs(600)), None);
        assert_eq!(wait(1_000_000_000, Duration::from_secs(601)), Some(600));
    }
}
