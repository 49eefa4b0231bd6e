//! A task or a thread begins with an empty context, so its spans form a separate trace. Started
//! through `traced::context`, it continues the current trace.
//!
//!     cargo run --example threads

use std::error::Error;
use std::sync::mpsc;
use std::thread;

use tokio::runtime::Runtime;
use traced::opentelemetry::Context;
use traced::{context, traced};

#[traced(attributes(order.id = id))]
async fn process_order(id: u64) {
    // A tokio task, and tokio's pool of threads for blocking calls.
    let _ = context::spawn(fetch_user()).await;
    let _ = context::spawn_blocking(render_invoice).await;
    // This one is started without `traced::context`, so it has a separate trace.
    let _ = tokio::spawn(count_visitor()).await;
}

#[traced]
async fn fetch_user() {}

#[traced]
fn render_invoice() {}

#[traced]
async fn count_visitor() {}

#[traced]
fn close_day() {
    // A thread, and everything that takes a closure, such as rayon or your own thread pool.
    let _ = context::thread::spawn(write_report).join();
    let _ = thread::spawn(context::call_in_current_context(clean_up)).join();

    // A worker that is already running gets the context with the job.
    let (sender, jobs) = mpsc::channel();
    let worker = thread::spawn(move || jobs.iter().for_each(|mail| send_mail(&mail)));
    let _ = sender.send(Mail {
        to: "anna@example.com",
        context: Context::current(),
    });
    drop(sender);
    let _ = worker.join();
}

#[traced]
fn write_report() {}

#[traced]
fn clean_up() {}

struct Mail {
    to: &'static str,
    context: Context,
}

#[traced(parent = mail.context, attributes(mail.to))]
fn send_mail(mail: &Mail) {}

fn main() -> Result<(), Box<dyn Error>> {
    let guard = traced::init()?;
    Runtime::new()?.block_on(process_order(7));
    close_day();
    guard.flush();
    Ok(())
}
