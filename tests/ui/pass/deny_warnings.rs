//! The expansion satisfies the strictest lints.

#![forbid(unsafe_code)]
#![deny(warnings, unused, missing_docs, future_incompatible, rust_2018_idioms, let_underscore_drop)]
#![deny(unused_qualifications, unused_results, unused_lifetimes, single_use_lifetimes, trivial_casts)]

use traced::traced;

#[traced(ok, attributes(text, n))]
fn sync(text: String, n: u64, _rest: Vec<u8>) -> Result<u64, std::num::ParseIntError> {
    Ok(text.parse::<u64>()? + n)
}

#[traced(kind = client, attributes(text))]
async fn later(text: String, mut list: Vec<u8>, _: String) -> Result<Vec<u8>, String> {
    list.push(1);
    drop(text);
    Ok(list)
}

#[traced]
fn opaque() -> impl Iterator<Item = u8> {
    0..3
}

fn main() {
    assert!(sync("1".to_owned(), 1, Vec::new()).is_ok());
    drop(later(String::new(), Vec::new(), String::new()));
    assert_eq!(opaque().count(), 3);
}

mod blocks {
    pub(super) fn all(list: &[u8]) -> Result<u8, String> {
        traced::span!("unit" => {});
        let n = traced::span!("value", ret => { list.len() });
        for _ in list {
            traced::span!("leaves" => {
                if n > 9 {
                    return Err("too long".to_owned());
                }
            });
        }
        drop(traced::span!("async" => async { n }));
        traced::span!("failing", err = ? => { list.first().copied().ok_or_else(String::new) })
    }
}

struct Guarded {
    last: u8,
    list: Vec<u8>,
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.list.push(self.last);
    }
}

/// A body that fits on a line needs its braces.
#[rustfmt::skip]
mod one_line {
    use super::Guarded;
    use traced::traced;

    #[traced]
    pub(super) fn sync(text: String, _list: Vec<u8>) -> String { text }

    #[traced]
    pub(super) fn in_place(list: &[u8]) -> impl Iterator<Item = &u8> { list.iter() }

    #[traced]
    pub(super) async fn later(n: u8) -> u8 { n }

    #[traced]
    pub(super) async fn early(n: u8) -> u8 { return n; }

    #[traced]
    pub(super) async fn later_future(n: u8) -> std::future::Ready<u8> { std::future::ready(n) }

    #[traced]
    pub(super) async fn early_future(n: u8) -> std::future::Ready<u8> { return std::future::ready(n); }

    #[traced]
    pub(super) async fn never_future() -> std::future::Ready<u8> { todo!() }

    impl Guarded {
        #[traced]
        pub(super) fn finish(mut self) { self.last = 1; }

        #[traced]
        pub(super) async fn finish_later(mut self) -> Result<u8, String> { self.last = 1; Ok(2) }
    }
}

/// A block that does not come to its end.
mod endless {
    fn returns(n: u8) -> u8 {
        traced::span!("returns" => { return n; })
    }

    fn panics() {
        traced::span!("panics" => { panic!("{}", 1); })
    }

    fn serves() -> u8 {
        traced::span!("serves" => {
            loop {
                std::thread::park();
            }
        })
    }

    fn exits() {
        traced::span!("exits" => { std::process::exit(1) })
    }

    fn leaves() {
        for n in 0..3 {
            traced::span!("leaves" => {
                if n > 1 {
                    continue;
                }
                break
            });
        }
    }

    fn binds() -> u8 {
        let n;
        traced::span!("binds" => { n = 1; });
        n
    }

    pub(super) fn used() -> [fn(); 3] {
        assert_eq!(returns(binds()), 1);
        let serves: fn() -> u8 = serves;
        let _ = serves;
        [panics, exits, leaves]
    }
}

/// Expectations of what a traced function loses.
mod expected {
    use traced::traced;

    #[expect(unconditional_recursion, reason = "a test")]
    #[traced]
    fn recursive(n: u8) -> Result<u8, String> {
        let n = recursive(n)?;
        Ok(n + 1)
    }

    #[traced]
    #[cfg_attr(all(), expect(unused_variables, unconditional_recursion))]
    fn conditional(n: u8, unused: u8) -> Result<u8, String> {
        conditional(n, n)
    }

    pub(super) fn used() -> [Result<u8, String>; 2] {
        [recursive(1), conditional(1, 1)]
    }
}

/// What is assigned last is read by the destructor.
mod assigned {
    use super::Guarded;
    use traced::traced;

    #[traced]
    pub(super) fn field(mut guard: Guarded) {
        guard.last = 1;
    }

    #[traced]
    pub(super) async fn later(mut guard: Guarded, n: u8) {
        guard.last += n;
    }

    #[traced]
    pub(super) fn in_pattern((mut guard, _): (Guarded, Vec<u8>)) {
        guard.last = 2;
    }
}

struct Held(u8);

#[traced::traced(kind = client, ret)]
impl Held {
    fn value(&self) -> u8 {
        self.0
    }

    const fn constant() -> u8 {
        1
    }

    fn future(&self) -> impl Future<Output = u8> + '_ {
        async { self.0 }
    }

    fn boxed(&self) -> std::pin::Pin<Box<dyn Future<Output = u8> + '_>> {
        Box::pin(async { self.0 })
    }
}

/// Uses what stands above.
pub fn used() {
    let expected: fn() -> [Result<u8, String>; 2] = expected::used;
    let _ = (endless::used(), expected);
    let held = Held(Held::constant());
    drop((blocks::all(&[1]), held.value()));
    drop((held.future(), held.boxed()));
    let guard = || Guarded {
        last: 0,
        list: Vec::new(),
    };
    drop((one_line::sync(String::new(), Vec::new()), one_line::in_place(&[]).count()));
    drop((one_line::later(1), one_line::early(1), one_line::later_future(1)));
    drop((one_line::early_future(1), one_line::never_future()));
    guard().finish();
    drop(guard().finish_later());
    assigned::field(guard());
    assigned::in_pattern((guard(), Vec::new()));
    drop(assigned::later(guard(), 1));
}
