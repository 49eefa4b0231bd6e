//! Reads orders from a JSON file and processes each, traced; `cargo run --example order_service [FILE]`, `-` for
//! standard input.

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::time::sleep;
use traced::traced;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/orders.json");

/// An order as the file has it.
#[derive(Deserialize)]
struct Order {
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
enum OrderError {
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
enum PaymentError {
    #[error("the card ending in {0} was declined")]
    Declined(String),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let _guard = match traced::init() {
        Ok(guard) => guard,
        Err(error) => return fail(&format!("tracing could not be set up: {error}")),
    };
    let source = std::env::args()
        .nth(1)
        .unwrap_or_else(|| SHIPPED.to_owned());
    let records = match read_records(&source) {
        Ok(records) => records,
        Err(message) => return fail(&message),
    };
    let (mut processed, mut failed, mut malformed) = (0, 0, 0);
    for (index, record) in records.into_iter().enumerate() {
        match serde_json::from_value::<Order>(record) {
            Ok(order) => match process_order(&order).await {
                Ok(()) => processed += 1,
                Err(_) => failed += 1,
            },
            Err(error) => {
                eprintln!("{source}: record {} is no order: {error}", index + 1);
                malformed += 1;
            }
        }
    }
    println!("{processed} orders processed, {failed} failed, {malformed} malformed");
    ExitCode::SUCCESS
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}

fn read_records(source: &str) -> Result<Vec<Value>, String> {
    let text = if source == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(source)
    };
    let text = text.map_err(|error| format!("{source} cannot be read: {error}"))?;
    serde_json::from_str(&text)
        .map_err(|error| format!("{source} is no JSON list of orders: {error}"))
}

#[traced(attributes(order.id, order.amount = order.amount()), ok)]
async fn process_order(order: &Order) -> Result<(), OrderError> {
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
