//! Every span is counted, and what arrives is whole, however many there are and whoever changes them; the memory is bounded. Alone
//! in its process, whose memory it measures.

use traced::sdk::AdaptiveSampling;

const BOUND: usize = 64 * 1024 * 1024;

/// With the provider as it comes, and with adaptive sampling.
fn load(spans: u64) {
    for sampling in [None, Some(AdaptiveSampling::default())] {
        let is_adaptive = sampling.is_some();
        let (stats, grown) = traced_race::run(sampling, spans);
        println!("{stats:?}, grown by {grown} bytes");
        let settled = stats.exported + stats.sampled_out + stats.dropped.total();
        assert_eq!(stats.recorded, settled);
        assert!(stats.exported > 0, "{stats:?}");
        assert_eq!(stats.sampled_out > 0, is_adaptive, "{stats:?}");
        assert!(grown < BOUND, "{grown} bytes");
    }
}

#[test]
fn two_hundred_thousand_spans() {
    load(200_000);
}

/// With optimization, alone: `cargo test --release -p traced-race --test load -- --ignored`.
#[test]
#[ignore = "takes a minute"]
fn ten_million_spans() {
    load(10_000_000);
}
