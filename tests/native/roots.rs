//! Tests of `traced::root::set_attribute` with our provider.

use opentelemetry::trace::Tracer;
use opentelemetry::{Context, global};
use traced::{root, traced};

use crate::traces::Trace;

#[traced]
fn request(f: impl FnOnce()) {
    f();
}

#[traced]
fn step(f: impl FnOnce()) {
    f();
}

#[test]
fn the_local_root_gets_the_attributes_of_all_below() {
    let trace = Trace::new();
    trace.run(|| {
        request(|| {
            global::tracer("raw").in_span("raw", |_| {
                step(|| root::set_attribute("below", true));
            });
            let mut ended = Context::new();
            step(|| ended = Context::current());
            let _guard = ended.attach();
            root::set_attribute("after", 1);
        });
    });
    insta::assert_snapshot!(trace.tree(), @r#"

    request {below="true", after="1"}
      raw
        step
      step
    "#);
}
