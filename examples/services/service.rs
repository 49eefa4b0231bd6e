//! The parts that the services share: how they print their addresses, and how they are stopped.

use std::io;

use axum::Router;
use axum::http::StatusCode;
use tokio::net::TcpListener;

/// Returns the environment variable that holds the address of another service.
pub(crate) fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set"))
}

/// Listens on a free port of the loopback interface, and prints the address.
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

/// Returns when standard input ends. This also happens when the process that started this one is
/// gone.
pub(crate) async fn stopped() {
    let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await;
}

/// Records the status of the response.
pub(crate) fn answered(status: StatusCode) {
    traced::set_attribute("http.response.status_code", status.as_u16());
}
