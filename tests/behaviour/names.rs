use insta::assert_snapshot;
use traced::testing::Capture;
use traced::traced;
use traced_tests::{attribute, block_on, tree};

const NAME: &str = "from.const";

#[traced]
fn own_name() {}

#[traced("order.process")]
fn positional() {}

#[traced(name = "keyed")]
fn keyed() {}

#[traced(name = NAME)]
fn constant() {}

#[traced(name = format!("job {id}"))]
fn dynamic(id: u64) {}

#[traced]
fn r#type() {}

#[test]
fn the_name_is_the_functions_unless_given() {
    let tree = tree(|| {
        own_name();
        positional();
        keyed();
        constant();
        dynamic(7);
        r#type();
    });
    assert_snapshot!(tree, @"

    own_name
    order.process
    keyed
    from.const
    job 7
    type
    ");
}

#[traced(name = panicking_name())]
fn with_panicking_name() -> u8 {
    7
}

fn panicking_name() -> String {
    panic!("no name")
}

#[test]
fn a_name_that_panics_is_replaced_by_the_functions() {
    let tree = tree(|| assert_eq!(with_panicking_name(), 7));
    assert_snapshot!(tree, @"

    with_panicking_name
    ");
}

struct Order<T>(T);

trait Process {
    #[traced]
    fn process(&self) {}
}

impl<T> Process for Order<T> {}
impl Process for [u8] {}

impl<T> Order<T> {
    #[traced]
    fn load<U>(_: U) {}

    #[traced]
    async fn store(&self) {
        std::hint::black_box(&self.0);
    }
}

mod inner {
    pub(crate) mod deeper {
        #[traced::traced]
        pub(crate) fn function() {
            #[traced::traced]
            fn nested() {}
            nested();
        }
    }
}

#[test]
fn the_functions_path_is_that_of_the_instantiation() {
    let capture = Capture::new();
    capture.run(|| {
        Order(vec![1]).process();
        [1_u8][..].process();
        Order::<String>::load(7);
        Order::<u8>::load("x");
        block_on(Order(1).store());
        inner::deeper::function();
    });
    let names: Vec<_> = capture
        .spans()
        .iter()
        .map(|span| attribute(span, "code.function.name").unwrap_or_default())
        .collect();
    assert_snapshot!(names.join("\n"), @"
    behaviour::names::Order::process
    [u8]::process
    behaviour::names::Order::load
    behaviour::names::Order::load
    behaviour::names::Order::store
    behaviour::names::inner::deeper::function
    behaviour::names::inner::deeper::function::nested
    ");
}

#[test]
fn a_methods_default_name_has_its_type() {
    let capture = Capture::new();
    capture.run(|| {
        for _ in 0..2 {
            Order(vec![1]).process();
            [1_u8][..].process();
        }
        Order::<u8>::load("x");
        block_on(Order(1).store());
        elsewhere::made();
        <u8 as elsewhere::Make>::make();
        <Order<u8> as elsewhere::Make>::make();
        inner::deeper::function();
    });
    assert_snapshot!(capture.tree(), @"

    Order::process
    [u8]::process
    Order::process
    [u8]::process
    Order::load
    Order::store
    made
      Order::new
      explicit
    u8::make
    Order::make
      nested
    function
      nested
    ");
}

mod elsewhere {
    use super::Order;
    use traced::traced;

    #[traced]
    pub(super) trait Make {
        fn make() {}
    }

    impl Make for u8 {}

    impl Make for Order<u8> {
        #[traced]
        fn make() {
            #[traced]
            fn nested() {}
            nested();
        }
    }

    // In another module than its type.
    impl Order<()> {
        #[traced]
        fn new() -> Self {
            Order(())
        }

        #[traced(name = name)]
        fn named(self, name: &'static str) {}
    }

    #[traced]
    pub(super) fn made() {
        Order::new().named("explicit");
    }
}

#[test]
fn the_place_is_that_of_the_function() {
    let capture = Capture::new();
    capture.run(own_name);
    let span = &capture.spans()[0];
    let file = attribute(span, "code.file.path").unwrap_or_default();
    assert!(file.ends_with("tests/behaviour/names.rs"), "{file}");
    assert_eq!(attribute(span, "code.line.number").as_deref(), Some("9"));
}
