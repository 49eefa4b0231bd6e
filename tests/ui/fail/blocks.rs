//! Wrong uses of `span!`.

use traced::span;

fn main() {
    let n = 1;
    span!("no block");
    span!("nothing behind the arrow" =>);
    span!(kind = client => { n });
    span!("functions only", current, stream, skip => { n });
    span!("unknown", fields(n) => { n });
    span!("twice", ok, ok => { n });
    let _: String = span!("mismatched" => { n });
}
