//! A test asserts the trace of what it calls, as text.
//!
//!     cargo test --example testing
//!     cargo run --example testing

use traced::traced;

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the card was declined")]
struct Declined;

#[traced(attributes(order.id = id))]
async fn process_order(id: u64) -> Result<(), Declined> {
    let amount = price(id);
    charge(amount).await
}

#[traced(ret)]
fn price(id: u64) -> u64 {
    id * 10
}

#[traced(kind = client, attributes(amount))]
async fn charge(amount: u64) -> Result<(), Declined> {
    tokio::task::yield_now().await;
    if amount > 75 { Err(Declined) } else { Ok(()) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), traced::InitError> {
    let _guard = traced::init()?;
    let _ = process_order(8).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use traced::testing::Capture;

    use super::*;

    #[tokio::test]
    async fn an_order_is_charged() {
        let capture = Capture::new();
        assert_eq!(capture.run_async(process_order(7)).await, Ok(()));
        assert_eq!(
            capture.tree(),
            "
process_order {order.id=7}
  price {return=70}
  charge [client] {amount=70}
"
        );
    }

    /// The exception is on the span where the error began. The spans that it passed through have
    /// its status.
    #[tokio::test]
    async fn a_declined_card_is_an_error() {
        let capture = Capture::new();
        assert_eq!(capture.run_async(process_order(8)).await, Err(Declined));
        assert_eq!(
            capture.tree(),
            r#"
process_order error "the card was declined" {order.id=8, error.type="testing::Declined"}
  price {return=80}
  charge [client] error "the card was declined" {amount=80, error.type="testing::Declined"}
    ! exception {exception.type="testing::Declined", exception.message="the card was declined"}
"#
        );
    }
}
