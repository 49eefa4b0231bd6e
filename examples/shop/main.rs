//! The spans of libraries in one trace with ours; `cargo run --example shop`.

mod shop;

use std::error::Error;

use shop::{available, client, service, stock};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let _guard = traced::init()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let shop = format!("http://{}", listener.local_addr()?);
    let service = service(stock().await?);
    let server = tokio::spawn(async { axum::serve(listener, service).await });
    for sku in ["mouse", "unicorn"] {
        println!("{sku}: {}", available(&client(), &shop, sku).await?);
    }
    server.abort();
    Ok(())
}
