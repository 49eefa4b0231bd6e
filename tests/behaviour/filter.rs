//! Tests of the filter. Each test has its own functions, but the filter belongs to the whole
//! process. So these tests run one after the other, and their directives name only their functions.

use std::sync::{Mutex, MutexGuard, PoisonError};

use insta::assert_snapshot;
use traced::traced;
use traced_tests::tree;

struct Filter(#[expect(dead_code)] MutexGuard<'static, ()>);

impl Filter {
    fn set(directives: &str) -> Filter {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        traced::set_filter(directives).unwrap();
        Filter(guard)
    }
}

impl Drop for Filter {
    fn drop(&mut self) {
        traced::set_filter("").unwrap();
    }
}

mod levels {
    #[traced::traced(level = error)]
    pub(super) fn error() {
        warn();
    }

    #[traced::traced(level = warn)]
    fn warn() {
        info();
    }

    #[traced::traced(level = info)]
    fn info() {
        debug();
    }

    #[traced::traced(level = debug)]
    fn debug() {
        trace();
    }

    #[traced::traced(level = trace)]
    fn trace() {
        unsaid();
    }

    #[traced::traced]
    fn unsaid() {}
}

#[test]
fn levels_up_to_the_directives_pass() {
    let module = "behaviour::filter::levels";
    let with = |level: &str| {
        let _filter = Filter::set(&format!("{module}={level}"));
        tree(levels::error)
    };
    assert_snapshot!(with("off"), @"");
    assert_snapshot!(with("warn"), @"

    error
      warn
    ");
    assert_snapshot!(with("trace"), @"

    error
      warn
        info
          debug
            trace
              unsaid
    ");
    let _filter = Filter::set("");
    assert_snapshot!(tree(levels::error), @"

    error
      warn
        info
          unsaid
    ");
}

mod paths {
    use traced::traced;

    #[traced]
    pub(super) fn outer() {
        inner();
        innermost();
    }

    #[traced("another name")]
    fn inner() {
        innermost();
    }

    #[traced]
    fn innermost() {}
}

#[test]
fn the_longest_path_wins_and_children_go_to_the_span_above() {
    let with = |directives: &str| {
        let _filter = Filter::set(directives);
        tree(paths::outer)
    };
    assert_snapshot!(with("behaviour::filter::paths::inner=off"), @"

    outer
      innermost
      innermost
    ");
    assert_snapshot!(with("behaviour::filter::paths=off,behaviour::filter::paths::inner=info"), @"

    another name
    ");
    assert_snapshot!(with("*::innermost=off"), @"

    outer
      another name
    ");
    assert_snapshot!(with("behaviour::filter::pat=off"), @"

    outer
      another name
        innermost
      innermost
    ");
    assert_snapshot!(with("behaviour::*::outer=off, *::inner = off,"), @"

    innermost
    innermost
    ");
}

trait Named {
    #[traced]
    fn default_method(&self) {}
}

struct First;
struct Second;
impl Named for First {}
impl Named for Second {}

#[test]
fn implementors_of_a_default_method_are_told_apart() {
    let _filter = Filter::set("behaviour::filter::Second=off");
    let tree = tree(|| {
        First.default_method();
        Second.default_method();
        First.default_method();
    });
    assert_snapshot!(tree, @"

    First::default_method
    First::default_method
    ");
}

#[traced]
fn generic<T>(_: T) {}

#[test]
fn it_can_be_changed_while_running() {
    let filter = Filter::set("behaviour::filter::generic=off");
    assert_eq!(tree(|| generic(1)), "\n");
    let site = || {
        let sites = traced::call_sites();
        let site = sites
            .into_iter()
            .find(|site| site.function() == "behaviour::filter::generic");
        site.expect("it was called")
    };
    assert!(!site().is_enabled());
    drop(filter);
    assert_eq!(tree(|| generic("x")), "\ngeneric\n");
    assert!(site().is_enabled());
    assert!(site().file().ends_with("filter.rs") && site().line() > 1);
}

#[test]
fn a_bad_directive_is_named_and_changes_nothing() {
    let error = |directives: &str| {
        let error = traced::set_filter(directives).unwrap_err();
        assert_eq!(format!("{error:?}"), error.to_string());
        error.to_string()
    };
    assert_snapshot!(error("info,my_app=loud"), @r#"invalid directive "my_app=loud": expected directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas"#);
    assert_snapshot!(error("my app"), @r#"invalid directive "my app": expected directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas"#);
    assert_snapshot!(error("=info"), @r#"invalid directive "=info": expected directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas"#);
    assert_snapshot!(error("a::::b=info"), @r#"invalid directive "a::::b=info": expected directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas"#);
    assert_snapshot!(error("*::*::*::a=off"), @r#"invalid directive "*::*::*::a=off": expected directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas"#);
}

mod elsewhere {
    use opentelemetry::trace::SpanContext;

    #[traced::traced(parent = parent)]
    pub(super) fn taken_up(parent: SpanContext) {
        below();
    }

    #[traced::traced]
    fn below() {}

    #[traced::traced]
    pub(super) fn above() -> SpanContext {
        use opentelemetry::trace::TraceContextExt;
        opentelemetry::Context::current()
            .span()
            .span_context()
            .clone()
    }
}

#[test]
fn the_parent_of_a_function_without_a_span_is_that_of_those_below() {
    let _filter = Filter::set("info,behaviour::filter::elsewhere::taken_up=off");
    let tree = tree(|| {
        let parent = elsewhere::above();
        elsewhere::taken_up(parent);
    });
    assert_snapshot!(tree, @"

    above
      below
    ");
}
