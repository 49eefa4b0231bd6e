use insta::assert_snapshot;
use traced_tests::tree_async;
use traced_tests_no_std::{future, half, half_later, opaque};

#[test]
fn a_crate_without_std_is_traced() {
    let tree = tree_async(async {
        assert_eq!(half(4).unwrap(), 2);
        assert!(half_later(3).await.is_err());
        assert_eq!(future(7).await, 7);
        assert_eq!(opaque(7).count(), 7);
    });
    assert_snapshot!(tree, @r#"

    half ok {n=4, shown="4", return=2}
      no_std.block {n="4"}
    no_std.later [client] error "3 is odd" {error.type="traced_tests_no_std::Odd"}
      half error "3 is odd" {n=3, shown="3", error.type="traced_tests_no_std::Odd"}
        no_std.block error "3 is odd" {n="3", error.type="traced_tests_no_std::Odd"}
          ! exception {exception.type="traced_tests_no_std::Odd", exception.message="3 is odd"}
    future
    opaque
    "#);
}
