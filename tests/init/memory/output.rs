//! Sets up tracing for a load.

use std::time::Duration;

use traced::sdk::{AdaptiveSampling, SlowThreshold};
use traced::{Builder, Guard, Protocol};

use crate::door::Door;

/// The way in which spans are exported.
#[derive(Clone, Copy)]
pub(crate) enum Output {
    Exporter,
    Http,
    Grpc,
}

impl Output {
    /// Sets up tracing. All spans go through this door.
    pub(crate) fn open(self, door: &Door) -> Guard {
        start(self.builder(door))
    }

    /// Sets up tracing with adaptive sampling that only keeps traces with an error.
    pub(crate) fn open_for_errors(self, door: &Door) -> Guard {
        start(self.builder(door).with_sampling(AdaptiveSampling {
            base_rate: 0.0,
            slow_threshold: SlowThreshold::Quantile(0.99),
            ..AdaptiveSampling::default()
        }))
    }

    fn builder(self, door: &Door) -> Builder {
        let builder = traced::builder();
        match self {
            Output::Exporter => builder.with_exporter(door.clone()),
            Output::Http => otlp(builder, door, Protocol::Http),
            Output::Grpc => otlp(builder, door, Protocol::Grpc),
        }
    }
}

fn otlp(builder: Builder, door: &Door, protocol: Protocol) -> Builder {
    builder
        .with_endpoint(door.collector())
        .with_protocol(protocol)
        .with_timeout(Duration::from_secs(3_600))
}

fn start(builder: Builder) -> Guard {
    // At the end, nobody waits for what a closed door holds.
    let builder = builder.with_shutdown_timeout(Duration::from_millis(1));
    builder.init().expect("the settings are right")
}
