use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use insta::assert_snapshot;
use traced::testing::Capture;
use traced::traced;
use traced_tests::{attribute, tree};

#[derive(Debug)]
struct User {
    id: u64,
    name: String,
    pair: (u8, u8),
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name)
    }
}

fn user() -> User {
    User {
        id: 7,
        name: "Anna".to_owned(),
        pair: (1, 2),
    }
}

const KEY: &str = "const.key";

#[traced(attributes(user.id, user.pair.1, amount, %user, ?user.pair, r#type))]
fn alone(user: &User, amount: f64, r#type: &str) {}

#[traced(attributes(
    order.id = user.id + 1,
    "literal.key" = amount,
    {KEY} = user.name,
    shown = %user,
    debugged = ?user.name,
    closed = matches!(amount, 2.0..3.0),
))]
fn keyed(user: &User, amount: f64) {}

impl User {
    #[traced(attributes(name = self.name, own = %self))]
    fn method(&self) {}

    #[traced(attributes(id = self.id))]
    fn consuming(self) -> String {
        self.name
    }
}

#[test]
fn every_form_is_recorded() {
    let tree = tree(|| {
        alone(&user(), 2.5, "card");
        keyed(&user(), 2.5);
        user().method();
        assert_eq!(user().consuming(), "Anna");
    });
    assert_snapshot!(tree, @r#"

    alone {user.id=7, user.pair.1=2, amount=2.5, user="<Anna>", user.pair="(1, 2)", type="card"}
    keyed {order.id=8, literal.key=2.5, const.key="Anna", shown="<Anna>", debugged="\"Anna\"", closed=true}
    User::method {name="Anna", own="<Anna>"}
    User::consuming {id=7}
    "#);
}

#[traced(attributes(
    a = true, b = 'x', c = 1_u8, d = -1_i64, e = u64::MAX, f = i128::MIN, g = 0.5_f32, h = "text",
    i = String::from("owned"), j = Some(1), k = None::<u8>, l = [1, 2], m = vec!["a", "b"], n = [u64::MAX, 1],
    o = &&Box::new(Rc::new(Arc::new(5))), p = Cow::Borrowed("cow"), q = [0.5, 1.0].as_slice(), r = [true],
    s = Some(Some("deep")), t = opentelemetry::Value::from(3), u = vec![String::from("s")]
))]
fn types() {}

#[test]
fn every_type_is_recorded() {
    assert_snapshot!(tree(types), @r#"

    types {a=true, b="x", c=1, d=-1, e="18446744073709551615", f="-170141183460469231731687303715884105728", g=0.5, h="text", i="owned", j=1, l=[1,2], m=["a", "b"], n=["18446744073709551615", "1"], o=5, p="cow", q=[0.5,1], r=[true], s="deep", t=3, u=["s"]}
    "#);
}

#[traced(attributes(a, b.name, rest = rest.len()))]
fn patterns(
    (a, _): (u8, u8),
    User { name, .. }: User,
    [_, rest @ ..]: [u8; 3],
    b: &User,
) -> String {
    name
}

#[test]
fn what_a_pattern_binds_is_an_argument() {
    assert_snapshot!(tree(|| patterns((1, 2), user(), [1, 2, 3], &user())), @r#"

    patterns {a=1, b.name="Anna", rest=2}
    "#);
}

#[traced(attributes(text, list))]
fn moves(text: String, list: Vec<u8>) -> (String, Vec<u8>) {
    (text, list)
}

#[traced(attributes(text))]
async fn moves_later(text: String) -> String {
    text
}

#[test]
fn a_value_is_borrowed() {
    let tree = tree(|| {
        assert_eq!(moves("a".to_owned(), vec![1]).0, "a");
        assert_eq!(traced_tests::block_on(moves_later("b".to_owned())), "b");
    });
    assert_snapshot!(tree, @r#"

    moves {text="a", list=[1]}
    moves_later {text="b"}
    "#);
}

struct Bomb;

impl fmt::Display for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("in Display")
    }
}

impl fmt::Debug for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

fn explode() -> u8 {
    panic!("in an expression")
}

#[traced(attributes(a = %bomb, b = ?bomb, c = 1))]
fn formats(bomb: &Bomb) -> u8 {
    1
}

#[traced(attributes(a = 1, b = explode(), c = 2))]
fn evaluates() -> u8 {
    2
}

#[test]
fn a_panic_or_error_while_recording_stays_there() {
    let tree = tree(|| {
        assert_eq!(formats(&Bomb), 1);
        assert_eq!(evaluates(), 2);
    });
    assert_snapshot!(tree, @r#"

    formats {a="<panicked while formatting>", b="", c=1}
    evaluates {a=1}
    "#);
}

struct Endless<'a>(&'a Cell<usize>);

impl fmt::Debug for Endless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            self.0.set(self.0.get() + 1);
            f.write_str("ä234567890123456789")?;
        }
    }
}

#[traced(attributes(?endless))]
fn endless_debug(endless: Endless<'_>) {}

#[test]
fn formatting_is_bounded() {
    let capture = Capture::new();
    let calls = Cell::new(0);
    capture.run(|| endless_debug(Endless(&calls)));
    let text = attribute(&capture.spans()[0], "endless").unwrap_or_default();
    assert!(
        (16 * 1024 - 1..=16 * 1024).contains(&text.len()),
        "{}",
        text.len()
    );
    assert!(calls.get() < 1_000);
}

#[traced(attributes(calls = count(calls)))]
fn counted(calls: &Cell<u32>) {}

fn count(calls: &Cell<u32>) -> u32 {
    calls.set(calls.get() + 1);
    calls.get()
}

#[test]
fn nothing_is_evaluated_unless_the_span_is_recorded() {
    let calls = Cell::new(0);
    counted(&calls);
    let unsampled = Capture::with_sampler(opentelemetry_sdk::trace::Sampler::AlwaysOff);
    unsampled.run(|| counted(&calls));
    assert_eq!(calls.get(), 0);
    Capture::new().run(|| counted(&calls));
    assert_eq!(calls.get(), 1);
}
