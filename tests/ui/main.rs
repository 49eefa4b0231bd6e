//! What the compiler says: wording and place of every diagnostic.

#[test]
fn diagnostics() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}
