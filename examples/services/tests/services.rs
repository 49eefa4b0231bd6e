//! Runs the services as a user would, and checks the trace that they print.

use traced_tests::services::{assert_text, command, declined, printed};

#[test]
fn an_order_is_one_trace_with_the_libraries_spans_in_their_places() {
    let queue = "the queue is in-process: no NATS_URL, and no nats-server on the path\n";
    let expected = format!("{queue}{}", declined("in_process", "gateway"));
    assert_text(&printed(&mut command()), &expected);
}
