use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;

use insta::assert_snapshot;
use traced::traced;
use traced_tests::{block_on, tree, tree_async};

#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error("database failed")]
    Database(#[from] DbError),
    #[error("other")]
    Other,
}

#[derive(Debug, thiserror::Error)]
#[error("connection refused")]
struct DbError;

#[traced]
fn query() -> Result<(), DbError> {
    Err(DbError)
}

#[traced]
fn load() -> Result<(), AppError> {
    query()?;
    Ok(())
}

#[traced]
fn handle() -> Result<(), AppError> {
    load()
}

#[test]
fn an_error_that_passes_up_is_one_event() {
    assert_snapshot!(tree(handle), @r#"

    handle error "database failed" {error.type="behaviour::same_error::AppError"}
      load error "database failed" {error.type="behaviour::same_error::AppError"}
        query error "connection refused" {error.type="behaviour::same_error::DbError"}
          ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
}

#[traced]
fn recovers() -> Result<(), AppError> {
    let _ = query();
    Err(AppError::Other)
}

#[traced]
fn retries() -> Result<(), DbError> {
    query().or_else(|_| query())
}

#[test]
fn one_that_was_handled_and_another_are_two() {
    assert_snapshot!(tree(recovers), @r#"

    recovers error "other" {error.type="behaviour::same_error::AppError"}
      ! exception {exception.type="behaviour::same_error::AppError", exception.message="other"}
      query error "connection refused" {error.type="behaviour::same_error::DbError"}
        ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
    assert_snapshot!(tree(retries), @r#"

    retries error "connection refused" {error.type="behaviour::same_error::DbError"}
      query error "connection refused" {error.type="behaviour::same_error::DbError"}
        ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
      query error "connection refused" {error.type="behaviour::same_error::DbError"}
        ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
}

#[traced]
fn on_a_thread() -> Result<(), DbError> {
    let context = opentelemetry::Context::current();
    let thread = std::thread::spawn(move || {
        let _guard = context.attach();
        query()
    });
    thread.join().unwrap()
}

#[traced]
async fn in_a_task() -> Result<(), DbError> {
    use opentelemetry::context::FutureExt;
    let task = async { query() }.with_current_context();
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(block_on(task)));
    receive.recv().unwrap()
}

#[test]
fn across_threads_both_are_recorded() {
    assert_snapshot!(tree(on_a_thread), @r#"

    on_a_thread error "connection refused" {error.type="behaviour::same_error::DbError"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
      query error "connection refused" {error.type="behaviour::same_error::DbError"}
        ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
    assert_snapshot!(tree_async(in_a_task()), @r#"

    in_a_task error "connection refused" {error.type="behaviour::same_error::DbError"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
      query error "connection refused" {error.type="behaviour::same_error::DbError"}
        ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
}

#[traced]
fn records_it_itself() -> Result<(), DbError> {
    traced::record_error(&DbError);
    Err(DbError)
}

#[test]
fn an_error_that_was_recorded_by_hand_is_not_recorded_again() {
    assert_snapshot!(tree(records_it_itself), @r#"

    records_it_itself error "connection refused" {error.type="behaviour::same_error::DbError"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[traced]
fn boxes() -> Result<(), BoxError> {
    load()?;
    Ok(())
}

#[traced]
fn hands_the_box_on() -> Result<(), BoxError> {
    boxes()
}

#[traced]
fn boxed_here(error: impl Into<BoxError>) -> Result<(), BoxError> {
    Err(error.into())
}

#[test]
fn a_boxed_error_is_of_the_type_that_it_had_below() {
    assert_snapshot!(tree(hands_the_box_on), @r#"

    hands_the_box_on error "database failed" {error.type="behaviour::same_error::AppError"}
      boxes error "database failed" {error.type="behaviour::same_error::AppError"}
        load error "database failed" {error.type="behaviour::same_error::AppError"}
          query error "connection refused" {error.type="behaviour::same_error::DbError"}
            ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
}

#[test]
fn a_boxed_error_that_is_new_is_named_by_the_innermost_name() {
    let unparsed = "x".parse::<u8>().unwrap_err();
    let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
    let ended = std::io::Read::read_exact(&mut &b""[..], &mut [0]).unwrap_err();
    assert_snapshot!(tree(|| boxed_here(AppError::Database(DbError))), @r#"

    boxed_here error "database failed" {error.type="DbError"}
      ! exception {exception.type="DbError", exception.message="database failed", exception.stacktrace="database failed\ncaused by: connection refused"}
    "#);
    assert_snapshot!(tree(|| boxed_here(unparsed)), @r#"

    boxed_here error "invalid digit found in string" {error.type="ParseIntError"}
      ! exception {exception.type="ParseIntError", exception.message="invalid digit found in string"}
    "#);
    assert_snapshot!(tree(|| boxed_here(missing)), @r#"

    boxed_here error "entity not found" {error.type="std::io::error::Error"}
      ! exception {exception.type="std::io::error::Error", exception.message="entity not found"}
    "#);
    assert_snapshot!(tree(|| boxed_here(ended)), @r#"

    boxed_here error "failed to fill whole buffer" {error.type="std::io::error::Error"}
      ! exception {exception.type="std::io::error::Error", exception.message="failed to fill whole buffer"}
    "#);
    assert_snapshot!(tree(|| boxed_here("Timeout after 7 s")), @r#"

    boxed_here error "Timeout after 7 s" {error.type="dyn core::error::Error"}
      ! exception {exception.type="dyn core::error::Error", exception.message="Timeout after 7 s"}
    "#);
}

/// An error behind each kind of pointer: to any error, and to one of this type.
macro_rules! behind_pointers {
    ($($name:ident: $pointer:ty = $value:expr;)*) => {
        $(
            #[traced]
            fn $name() -> Result<(), $pointer> {
                Err($value)
            }
        )*

        fn behind_pointers() {
            $(let _ = $name();)*
        }
    };
}

behind_pointers! {
    boxed_any: Box<dyn Error> = Box::new(DbError);
    shared_any: Arc<dyn Error + Send + Sync> = Arc::new(DbError);
    counted_any: Rc<dyn Error> = Rc::new(DbError);
    referenced_any: &'static dyn Error = &DbError;
    own_any: Report = Report(Box::new(DbError));
    boxed_one: Box<DbError> = Box::new(DbError);
    shared_one: Arc<DbError> = Arc::new(DbError);
    counted_one: Rc<DbError> = Rc::new(DbError);
    referenced_one: &'static DbError = &DbError;
    own_one: Pointer = Pointer(DbError);
}

#[derive(Debug)]
struct Report(Box<dyn Error>);

#[derive(Debug)]
struct Pointer(DbError);

macro_rules! pointer {
    ($name:ident, $target:ty, |$this:ident| $to:expr) => {
        impl std::ops::Deref for $name {
            type Target = $target;

            fn deref(&self) -> &Self::Target {
                let $this = self;
                $to
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&**self, f)
            }
        }
    };
}

pointer!(Report, dyn Error + 'static, |report| &*report.0);
pointer!(Pointer, DbError, |pointer| &pointer.0);

#[test]
fn pointers_to_any_error_are_named_by_what_they_point_to() {
    assert_snapshot!(tree(behind_pointers), @r#"

    boxed_any error "connection refused" {error.type="DbError"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
    shared_any error "connection refused" {error.type="DbError"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
    counted_any error "connection refused" {error.type="DbError"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
    referenced_any error "connection refused" {error.type="DbError"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
    own_any error "connection refused" {error.type="DbError"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
    boxed_one error "connection refused" {error.type="behaviour::same_error::DbError"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    shared_one error "connection refused" {error.type="behaviour::same_error::DbError"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    counted_one error "connection refused" {error.type="behaviour::same_error::DbError"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    referenced_one error "connection refused" {error.type="behaviour::same_error::DbError"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    own_one error "connection refused" {error.type="behaviour::same_error::Pointer"}
      ! exception {exception.type="behaviour::same_error::Pointer", exception.message="connection refused"}
    "#);
}

#[test]
fn recorded_pointers_are_named_by_what_they_point_to() {
    let shared: Arc<dyn Error + Send + Sync> = Arc::new(DbError);
    let boxed: BoxError = Box::new(DbError);
    assert_snapshot!(tree(|| traced::span!("records" => {
        traced::record_error(&shared);
        traced::record_error(&*shared);
        traced::record_error(&*boxed);
        traced::record_error(&boxed);
        traced::record_error(&Arc::new(DbError));
        traced::record_error(&DbError);
    })), @r#"

    records
      ! exception {exception.type="DbError", exception.message="connection refused"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
      ! exception {exception.type="DbError", exception.message="connection refused"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
      ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
}

#[traced]
fn block_between() -> Result<(), DbError> {
    traced::span!("block" => { query()?; });
    Ok(())
}

#[test]
fn an_error_that_leaves_a_block_is_one_event() {
    assert_snapshot!(tree(block_between), @r#"

    block_between error "connection refused" {error.type="behaviour::same_error::DbError"}
      block
        query error "connection refused" {error.type="behaviour::same_error::DbError"}
          ! exception {exception.type="behaviour::same_error::DbError", exception.message="connection refused"}
    "#);
}

#[traced]
fn records_a_box(error: BoxError) -> Result<(), BoxError> {
    traced::record_error(&error);
    traced::record_error(&*error);
    traced::record_error(&std::sync::Arc::new(DbError));
    traced::record_error(&Box::new(DbError));
    traced::record_error(&error);
    Err(error)
}

#[test]
fn what_points_to_an_error_can_be_recorded_by_hand() {
    let tree = tree(|| records_a_box(DbError.into()));
    let boxed = r#"! exception {exception.type="DbError""#;
    assert_eq!(tree.matches(boxed).count(), 3, "{tree}");
    assert_eq!(tree.matches("! exception").count(), 5, "{tree}");
}
