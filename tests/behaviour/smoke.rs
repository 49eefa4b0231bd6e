use traced::testing::Capture;
use traced::traced;

#[traced("order.process", kind = server, attributes(order.id = id, amount, who = %user, dbg = ?user), ok)]
fn process(id: u64, amount: f64, user: String) -> Result<String, std::io::Error> {
    charge(id)?;
    Ok(user)
}

#[traced]
fn charge(id: u64) -> Result<(), std::io::Error> {
    traced::set_attribute("card", "visa");
    if id == 1 { Err(std::io::Error::other("declined")) } else { Ok(()) }
}

#[traced(attributes(v.0))]
async fn later(v: (u8, String)) -> Result<Box<dyn Fn() -> u8 + Send>, String> {
    tokio::task::yield_now().await;
    let _ = &v;
    Ok(Box::new(|| 1))
}

#[test]
fn smoke() {
    let capture = Capture::new();
    let _ = capture.run(|| process(1, 2.5, "anna".into()));
    let _ = capture.run(|| process(2, 2.5, "anna".into()));
    let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _ = rt.block_on(capture.run_async(later((1, "x".into()))));
    println!("{}", capture.tree());
    println!("{:#?}", capture.spans()[0].attributes);
}
