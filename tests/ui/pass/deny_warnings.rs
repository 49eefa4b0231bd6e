//! The expansion satisfies the strictest lints.

#![forbid(unsafe_code)]
#![deny(warnings, unused, missing_docs, future_incompatible, rust_2018_idioms, let_underscore_drop)]
#![deny(unused_qualifications, unused_results, unused_lifetimes, single_use_lifetimes, trivial_casts)]

use traced::traced;

#[traced(ok, attributes(text, n))]
fn sync(text: String, n: u64, _rest: Vec<u8>) -> Result<u64, std::num::ParseIntError> {
    Ok(text.parse::<u64>()? + n)
}

#[traced(kind = client, attributes(text))]
async fn later(text: String, mut list: Vec<u8>, _: String) -> Result<Vec<u8>, String> {
    list.push(1);
    drop(text);
    Ok(list)
}

#[traced]
fn opaque() -> impl Iterator<Item = u8> {
    0..3
}

fn main() {
    assert!(sync("1".to_owned(), 1, Vec::new()).is_ok());
    drop(later(String::new(), Vec::new(), String::new()));
    assert_eq!(opaque().count(), 3);
}
