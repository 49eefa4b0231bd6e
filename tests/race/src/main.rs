//! The provider under load, for the thread sanitizer: `tests/race/run` builds it with one.

use traced::sdk::AdaptiveSampling;

/// With the sanitizer a span takes a hundred times as long.
const SPANS: u64 = 20_000;

fn main() {
    for sampling in [None, Some(AdaptiveSampling::default())] {
        let (stats, _) = traced_race::run(sampling, SPANS);
        println!("{stats:?}");
    }
}
