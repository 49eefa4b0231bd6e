//! Stands for a NATS server that stops at a known point: a relay to the real one that closes at the
//! first message.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Starts a relay, which listens until a client sends a message with headers, and returns its
/// address.
pub(crate) async fn relay(server: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                Ok((client, _)) = listener.accept() => connections.spawn(pass_on(client, server.clone())),
                // All others close with it, and nobody listens any more.
                Some(_) = connections.join_next() => return,
            };
        }
    });
    address
}

async fn pass_on(mut client: TcpStream, server: String) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut sent, mut answered) = ([0; 4096], [0; 4096]);
    loop {
        tokio::select! {
            length = client.read(&mut sent) => {
                let sent = &sent[..length?];
                if sent.is_empty() || sent.windows(4).any(|word| word == b"HPUB") {
                    return Ok(());
                }
                server.write_all(sent).await?;
            }
            length = server.read(&mut answered) => client.write_all(&answered[..length?]).await?,
        }
    }
}
