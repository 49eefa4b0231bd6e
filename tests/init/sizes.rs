//! The size of requests.

use crate::collector::Collector;
use crate::{application, quietly};

/// The size of a request that collectors accept by default, which counts before compression.
const ACCEPTED: usize = 4 * 1024 * 1024;

#[test]
fn no_request_is_larger_than_collectors_accept() {
    for compression in ["none", "gzip"] {
        for collector in Collector::both() {
            let mut program = application("sizes");
            let program = program.envs(collector.environment());
            let said = quietly(program.env("OTEL_EXPORTER_OTLP_COMPRESSION", compression));
            assert_eq!(said, "3976 recorded, 3976 exported\n", "{compression}");
            let sizes = collector.sizes();
            assert!(sizes.iter().all(|size| *size <= ACCEPTED), "{sizes:?}");
            // They are filled: without a bound in bytes there would be fewer.
            assert!(sizes.iter().any(|size| *size > ACCEPTED / 2), "{sizes:?}");
        }
    }
}
