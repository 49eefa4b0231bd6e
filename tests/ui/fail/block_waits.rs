//! A block cannot await while its span is current on the thread.

use traced::span;

async fn later() -> u8 {
    1
}

struct Array<const N: usize, const M: usize>;

async fn statement() {
    span!("x" => { later().await; });
}

async fn expression() -> u8 {
    span!("x" => later().await)
}

async fn nested() -> Option<u8> {
    span!("x" => {
        if later().await > 0 {
            return None;
        }
        match 1 { _ => Some(later().await) }
    })
}

async fn not(flag: bool) -> bool {
    span!("x" => { if !(later().await == 1) { flag } else { !flag } })
}

async fn macros() {
    span!("x" => { println!("{}", later().await); });
    span!("x" => { tokio::join!(later(), later()) });
    span!("outer" => { span!("inner" => { later().await }) });
}

async fn behind_a_function_type() {
    span!("x" => { let id: fn(u8) -> u8 = |n| n; id(later().await); });
    span!("x" => { let ids: [unsafe extern "C" fn(u8); 0] = []; drop(ids); later().await; });
}

async fn behind_a_function() {
    span!("x" => { trait Declared { fn declared(&self); } later().await; });
    span!("x" => { unsafe extern "C" { fn declared(); } if true { later().await; } });
}

async fn its_own() {
    span!("x" => {
        let _ = async { later().await };
        let _ = async move { later().await };
        let _ = async |n: u8| -> u8 { n + later().await };
        let _ = async || later().await;
        async fn inner() -> u8 {
            later().await
        }
        async fn of_an_array() -> Array<{ 1 + 2 }, { 2 + 2 }> {
            later().await;
            Array
        }
        fn called<F>(_: F, _: u8) where F: AsyncFn() -> u8, {}
        called(async || { later().await }, 1);
        drop((inner(), of_an_array()));
        span!("inner" => async { later().await })
    })
    .await;
}

fn main() {}
