//! Starts all services, each as a process of this program, places one order, and prints its trace.

use std::error::Error;
use std::io;
use std::process::Stdio;

use reqwest::{Client, Response};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Lines};
use tokio::process::{Child, Command};

use crate::collector::Collector;
use crate::tree::tree;

/// Returns the order whose card is declined.
fn order() -> serde_json::Result<Value> {
    let mut orders: Value = serde_json::from_str(include_str!("../data/orders.json"))?;
    Ok(orders[1].take())
}

pub(crate) async fn run() -> Result<(), Box<dyn Error>> {
    let collector = Collector::start().await?;
    let broker = Broker::find().await?;
    println!("the queue is {}", broker.name());
    let mut fleet = Fleet::default();
    let gateway = fleet.start_all(&collector.endpoint, broker.url()).await?;
    let answer = place_order(&gateway).await?;
    println!(
        "the gateway answered {}: {}\n",
        answer.status(),
        answer.text().await?
    );
    fleet.stop().await?;
    print!("{}", tree(collector.got()));
    Ok(())
}

async fn place_order(gateway: &str) -> Result<Response, Box<dyn Error>> {
    let order = Client::new()
        .post(format!("http://{gateway}/orders"))
        .header("baggage", "tenant=acme")
        .json(&order()?);
    Ok(order.send().await?)
}

/// The broker that passes messages on.
enum Broker {
    /// There is no broker: the gateway passes messages on itself.
    None,
    Named(String),
    Started {
        url: String,
        _server: Child,
    },
}

impl Broker {
    async fn find() -> Result<Broker, Box<dyn Error>> {
        if let Ok(url) = std::env::var("NATS_URL") {
            return Ok(Broker::Named(url));
        }
        let mut server = Command::new("nats-server");
        server
            .args(["-a", "127.0.0.1", "-p", "-1"])
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        match server.spawn() {
            Ok(server) => Broker::started(server).await,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Broker::None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the address of a server that was just started from its log.
    async fn started(mut server: Child) -> Result<Broker, Box<dyn Error>> {
        let mut log = lines(server.stderr.as_mut());
        while let Some(line) = log.next_line().await? {
            if let Some((_, address)) = line.split_once("client connections on ") {
                let url = format!("nats://{address}");
                return Ok(Broker::Started {
                    url,
                    _server: server,
                });
            }
        }
        Err("nats-server did not start".into())
    }

    fn url(&self) -> Option<&str> {
        match self {
            Broker::None => None,
            Broker::Named(url) | Broker::Started { url, .. } => Some(url),
        }
    }

    fn name(&self) -> String {
        match self {
            Broker::None => "in-process: no NATS_URL, and no nats-server on the path".to_owned(),
            Broker::Named(url) => format!("NATS at {url}"),
            Broker::Started { url, .. } => format!("NATS, started at {url}"),
        }
    }
}

/// The running services. They end with this process.
#[derive(Default)]
struct Fleet(Vec<(&'static str, Child)>);

impl Fleet {
    /// Starts all services, and returns the address of the gateway.
    async fn start_all(
        &mut self,
        collector: &str,
        nats: Option<&str>,
    ) -> Result<String, Box<dyn Error>> {
        let mut environment = vec![
            ("OTEL_TRACES_EXPORTER", "otlp".to_owned()),
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                format!("{collector}/v1/traces"),
            ),
        ];
        if let Some(url) = nats {
            environment.push(("NATS_URL", url.to_owned()));
            self.start("worker", &environment).await?;
        }
        let services = [
            ("users", "USERS"),
            ("inventory", "INVENTORY"),
            ("payment", "PAYMENT"),
        ];
        for (name, variable) in services {
            let address = self.start(name, &environment).await?;
            environment.push((variable, address));
        }
        self.start("gateway", &environment).await
    }

    /// Starts a service, and returns the line that it prints when it is ready.
    async fn start(
        &mut self,
        name: &'static str,
        environment: &[(&str, String)],
    ) -> Result<String, Box<dyn Error>> {
        let mut service = Command::new(std::env::current_exe()?)
            .arg(name)
            .envs(environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let said = lines(service.stdout.as_mut()).next_line().await?;
        self.0.push((name, service));
        said.ok_or_else(|| format!("{name} did not start").into())
    }

    /// Lets each service finish its work and send its traces, callers before the services that they
    /// call.
    async fn stop(self) -> Result<(), Box<dyn Error>> {
        for (name, mut service) in self.0.into_iter().rev() {
            drop(service.stdin.take());
            let status = service.wait().await?;
            if !status.success() {
                return Err(format!("{name} ended with {status}").into());
            }
        }
        Ok(())
    }
}

/// Returns the lines of a pipe.
fn lines<R: AsyncRead + Unpin>(pipe: Option<R>) -> Lines<BufReader<R>> {
    BufReader::new(pipe.expect("it is piped")).lines()
}
