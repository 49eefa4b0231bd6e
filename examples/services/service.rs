//! What the services share: how they say where they listen, and how they are stopped.

use std::io;

use axum::Router;
use axum::http::StatusCode;
use tokio::net::TcpListener;

/// A variable that names another service.
pub(crate) fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set"))
}

/// Listens on a free port of the loopback interface, and says which.
pub(crate) async fn listen() -> io::Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(listener)
}

/// Serves HTTP until it is stopped.
pub(crate) async fn serve(router: Router) -> io::Result<()> {
    let listener = listen().await?;
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped())
        .await
}

/// Until standard input ends, which also happens when whoever started this process is no more.
pub(crate) async fn stopped() {
    let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await;
}

/// Records what a request was answered with.
pub(crate) fn answered(status: StatusCode) {
    traced::set_attribute("http.response.status_code", status.as_u16());
}
