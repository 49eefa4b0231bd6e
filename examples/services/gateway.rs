//! The gateway, which takes orders over HTTP.

use std::error::Error;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use traced::propagation::inject;
use traced::traced;

use crate::payment::{self, Charge, PaymentClient};
use crate::queue::{self, Message, ORDERS, Queue, QueueError};
use crate::service::{answered, serve, variable};
use crate::users::User;
use crate::worker;

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

#[derive(Serialize)]
struct Confirmation {
    order: u64,
    user: User,
    receipt: String,
}

#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("a service cannot be reached")]
    Service(#[from] reqwest_middleware::Error),
    #[error("{0} is out of stock")]
    OutOfStock(String),
    #[error("payment failed: {}", .0.message())]
    Payment(#[from] Status),
    #[error("the order cannot be queued: {0}")]
    Queue(#[from] QueueError),
}

impl OrderError {
    fn status(&self) -> StatusCode {
        match self {
            OrderError::Service(_) => StatusCode::BAD_GATEWAY,
            OrderError::OutOfStock(_) => StatusCode::CONFLICT,
            OrderError::Payment(_) => StatusCode::PAYMENT_REQUIRED,
            OrderError::Queue(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for OrderError {
    fn into_response(self) -> Response {
        (self.status(), self.to_string()).into_response()
    }
}

/// The services that a request needs.
#[derive(Clone)]
struct Services {
    http: ClientWithMiddleware,
    users: String,
    inventory: String,
    payment: PaymentClient<Channel>,
    queue: Queue,
}

impl Services {
    fn from_environment(queue: Queue) -> Result<Services, Box<dyn Error>> {
        let payment = Endpoint::from_shared(format!("http://{}", variable("PAYMENT")?))?;
        Ok(Services {
            http: ClientBuilder::new(reqwest::Client::new())
                .with(traced::reqwest::Middleware)
                .build(),
            users: variable("USERS")?,
            inventory: variable("INVENTORY")?,
            payment: PaymentClient::new(payment.connect_lazy()),
            queue,
        })
    }
}

pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    if let Ok(url) = variable("NATS_URL") {
        return orders(Queue::Nats(queue::connect(&url).await?)).await;
    }
    let (queue, messages) = queue::in_process();
    let worker = tokio::spawn(worker::work(messages));
    orders(queue).await?;
    Ok(worker.await?)
}

async fn orders(queue: Queue) -> Result<(), Box<dyn Error>> {
    let services = Services::from_environment(queue)?;
    let router = Router::new().route("/orders", post(order));
    serve(router.with_state(services)).await?;
    Ok(())
}

#[traced("POST /orders", kind = server, parent = headers, attributes(
    http.request.method = "POST",
    http.route = "/orders",
), error_type = |error| error.status().as_u16())]
async fn order(
    headers: HeaderMap,
    State(services): State<Services>,
    Json(order): Json<Order>,
) -> Result<Json<Confirmation>, OrderError> {
    let processed = process_order(&services, &order).await;
    answered(
        processed
            .as_ref()
            .map_or_else(OrderError::status, |_| StatusCode::OK),
    );
    processed.map(Json)
}

#[traced(attributes(order.id))]
async fn process_order(services: &Services, order: &Order) -> Result<Confirmation, OrderError> {
    send(&services.queue, order, "received").await?;
    let confirmed = fulfill(services, order).await;
    let event = if confirmed.is_ok() { "paid" } else { "failed" };
    send(&services.queue, order, event).await?;
    confirmed
}

async fn fulfill(services: &Services, order: &Order) -> Result<Confirmation, OrderError> {
    let user = find_user(services, &order.token).await?;
    for item in &order.items {
        if stock_of(services, &item.sku).await? < item.quantity {
            return Err(OrderError::OutOfStock(item.sku.clone()));
        }
    }
    let prices = order.items.iter();
    let charge = Charge {
        card: order.card.clone(),
        amount: prices
            .map(|item| f64::from(item.quantity) * item.price)
            .sum(),
    };
    Ok(Confirmation {
        order: order.id,
        user,
        receipt: pay(services.payment.clone(), charge).await?,
    })
}

async fn find_user(services: &Services, token: &str) -> reqwest_middleware::Result<User> {
    let url = format!("http://{}/users/{token}", services.users);
    get(&services.http, url).await
}

async fn stock_of(services: &Services, sku: &str) -> reqwest_middleware::Result<u32> {
    let url = format!("http://{}/stock/{sku}", services.inventory);
    get(&services.http, url).await
}

/// Sends a request. The client opens its span, and passes the trace on.
async fn get<T: DeserializeOwned>(
    http: &ClientWithMiddleware,
    url: String,
) -> reqwest_middleware::Result<T> {
    let answer = http.get(url).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

#[traced("orders.Payment/Charge", kind = client, attributes(
    rpc.system.name = "grpc",
    rpc.method = "orders.Payment/Charge",
), err = %, error_type = |status| payment::name(status.code()))]
async fn pay(mut payment: PaymentClient<Channel>, charge: Charge) -> Result<String, Status> {
    let mut request = Request::new(charge);
    inject(request.metadata_mut());
    let answer = payment.charge(request).await;
    payment::answered(&answer);
    Ok(answer?.into_inner().number)
}

#[traced("send example.orders", kind = producer, attributes(
    messaging.system = queue.system(),
    messaging.operation.name = "send",
    messaging.operation.type = "send",
    messaging.destination.name = ORDERS,
))]
async fn send(queue: &Queue, order: &Order, event: &str) -> Result<(), QueueError> {
    let mut headers = async_nats::HeaderMap::new();
    inject(&mut headers);
    let message = Message {
        system: queue.system(),
        headers,
        body: format!("order {} {event}", order.id).into_bytes(),
    };
    queue.send(message).await
}
