//! Tests that, with tracing off, the headers that were received are sent on unchanged.

use insta::{allow_duplicates, assert_snapshot};

use crate::{application, quietly};

#[test]
fn what_came_in_goes_out_unchanged_in_every_off_state() {
    let states = [
        ("plain", "OTEL_SDK_DISABLED", "true"),
        ("plain", "OTEL_TRACES_EXPORTER", "none"),
        ("plain", "TRACED_FILTER", "off"),
        ("without_init", "TRACED_FILTER", "off"),
        ("without_init", "TRACED_FILTER", "info"),
    ];
    for (way, variable, value) in states {
        let sent = quietly(application(way).arg("hand_on").env(variable, value));
        allow_duplicates! {
            assert_snapshot!(sent, @r#"
            sync: unchanged
            all options: unchanged
            async: unchanged
            future: unchanged
            boxed: unchanged
            stream: unchanged
            in place: unchanged
            block: unchanged
            async block: unchanged
            links: unchanged
            current: unchanged
            root: {"baggage": "tenant=acme"}
            outside: {}
            "#);
        }
    }
}
