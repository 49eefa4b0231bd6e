//! The order service. It looks up the user of an order, its items and its payment, each in a traced
//! function.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::sleep;
use traced::traced;

/// An order, as it is in the file.
#[derive(Deserialize)]
pub(crate) struct Order {
    id: u64,
    token: String,
    card: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    sku: String,
    quantity: u32,
    price: f64,
}

impl Order {
    fn amount(&self) -> f64 {
        let prices = self
            .items
            .iter()
            .map(|item| f64::from(item.quantity) * item.price);
        prices.fold(0.0, |sum, price| sum + price)
    }
}

struct User {
    name: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum OrderError {
    #[error("user not found")]
    UnknownUser,
    #[error("{sku} is out of stock: {wanted} wanted, {available} left")]
    OutOfStock {
        sku: String,
        wanted: u32,
        available: u32,
    },
    #[error("payment failed")]
    Payment(#[from] PaymentError),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentError {
    #[error("the card ending in {0} was declined")]
    Declined(String),
}

#[traced(attributes(order.id, order.amount = order.amount()), ok)]
pub(crate) async fn process_order(order: &Order) -> Result<(), OrderError> {
    let user = fetch_user_data(&order.token).await?;
    validate_inventory(&order.items).await?;
    charge_payment(order, &user).await?;
    Ok(())
}

#[traced(kind = client)]
async fn fetch_user_data(token: &str) -> Result<User, OrderError> {
    let (id, name, delay) = match token {
        "tok-anna" => ("u-1", "Anna", 3),
        "tok-ben" => ("u-2", "Ben", 4),
        "tok-cara" => ("u-3", "Cara", 250),
        _ => return Err(OrderError::UnknownUser),
    };
    traced::set_attribute("user.id", id);
    sleep(Duration::from_millis(delay)).await;
    Ok(User { name })
}

#[traced(attributes(items = items.len()))]
async fn validate_inventory(items: &[Item]) -> Result<(), OrderError> {
    for item in items {
        let available = stock_of(&item.sku).await;
        if available < item.quantity {
            return Err(OrderError::OutOfStock {
                sku: item.sku.clone(),
                wanted: item.quantity,
                available,
            });
        }
    }
    Ok(())
}

#[traced(kind = client, attributes(sku))]
async fn stock_of(sku: &str) -> u32 {
    sleep(Duration::from_millis(2)).await;
    if sku == "monitor" { 1 } else { 100 }
}

#[traced(kind = client, attributes(user.name, payment.amount = order.amount()))]
async fn charge_payment(order: &Order, user: &User) -> Result<(), PaymentError> {
    sleep(Duration::from_millis(6)).await;
    match order.card.rsplit('-').next() {
        Some(ending @ "0002") => Err(PaymentError::Declined(ending.to_owned())),
        _ => Ok(()),
    }
}
