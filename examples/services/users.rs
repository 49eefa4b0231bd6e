//! The users service, an HTTP service that knows who places an order.

use std::io;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use traced::{baggage, traced};

use crate::service::{answered, serve};

#[derive(Deserialize, Serialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The tenant whose customer this is, which travels as baggage.
    pub(crate) tenant: Option<String>,
}

pub(crate) async fn run() -> io::Result<()> {
    serve(Router::new().route("/users/{token}", get(user))).await
}

#[traced("GET /users/{token}", kind = server, parent = headers, attributes(
    http.request.method = "GET",
    http.route = "/users/{token}",
))]
async fn user(headers: HeaderMap, Path(token): Path<String>) -> Result<Json<User>, StatusCode> {
    let found = find(&token).ok_or(StatusCode::NOT_FOUND);
    answered(found.as_ref().err().copied().unwrap_or_default());
    found.map(Json)
}

#[traced(ret(user.id = |user| user.as_ref().map(|user| user.id.as_str())))]
fn find(token: &str) -> Option<User> {
    let (id, name) = match token {
        "tok-anna" => ("u-1", "Anna"),
        "tok-ben" => ("u-2", "Ben"),
        _ => return None,
    };
    Some(User {
        id: id.to_owned(),
        name: name.to_owned(),
        tenant: baggage::get("tenant"),
    })
}
