use insta::assert_snapshot;
use traced::traced;
use traced_tests::{tree, tree_async};

struct Total {
    total: u64,
    currency: String,
}

fn total() -> Total {
    Total {
        total: 7,
        currency: "EUR".to_owned(),
    }
}

#[traced(ret)]
fn whole() -> u64 {
    7
}

#[traced(ret)]
fn of_result(fail: bool) -> Result<u64, String> {
    if fail { Err("none".to_owned()) } else { Ok(7) }
}

#[traced(ret)]
fn of_option() -> Option<u64> {
    None
}

#[traced(ret = %)]
fn display() -> std::net::Ipv4Addr {
    std::net::Ipv4Addr::LOCALHOST
}

#[traced(ret = ?)]
fn debug() -> Result<(u8, u8), String> {
    Ok((1, 2))
}

#[traced(ret("order.total" = |r| r.total, currency = |r| &r.currency, shown = %|r| r.total + 1))]
fn parts() -> Result<Total, String> {
    Ok(total())
}

#[traced(ret("total" = |r| r.total))]
async fn later() -> Total {
    tokio::task::yield_now().await;
    total()
}

#[traced(ret("bad" = |r| r.to_string().parse::<u8>().unwrap(), "lost" = |r| *r))]
fn panicking() -> u64 {
    1_000
}

#[test]
fn every_form_is_recorded() {
    let tree = tree(|| {
        whole();
        let _ = of_result(false);
        let _ = of_result(true);
        of_option();
        display();
        let _ = debug();
        assert!(parts().is_ok());
        assert_eq!(panicking(), 1_000);
    });
    assert_snapshot!(tree, @r#"

    whole {return=7}
    of_result {return=7}
    of_result error "none" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="none"}
    of_option
    display {return="127.0.0.1"}
    debug {return="(1, 2)"}
    parts {order.total=7, currency="EUR", shown="8"}
    panicking
    "#);
    let tree = tree_async(async { assert_eq!(later().await.total, 7) });
    assert_snapshot!(tree, @"

    later {total=7}
    ");
}
