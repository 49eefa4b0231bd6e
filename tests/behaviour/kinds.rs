use insta::assert_snapshot;
use traced::traced;
use traced_tests::tree;

#[traced(kind = internal)]
fn internal() {
    server();
}

#[traced(kind = server)]
fn server() {
    client();
}

#[traced(kind = client)]
fn client() {}

#[traced("send", kind = producer)]
fn producer() {}

#[traced(kind = consumer, name = "receive")]
fn consumer() {}

#[test]
fn every_kind_is_recorded() {
    let tree = tree(|| {
        internal();
        producer();
        consumer();
    });
    assert_snapshot!(tree, @"

    internal
      server [server]
        client [client]
    send [producer]
    receive [consumer]
    ");
}
