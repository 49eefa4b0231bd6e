//! Turns plans into tokens. Nothing can go wrong here: see [`plan`](crate::plan) for the reason.
//!
//! An expansion keeps the attributes and the signature of the function and wraps its body. (There
//! are two exceptions: some parameters get a name, and some `#[expect]`s become `#[allow]`s.) All
//! shapes have the same three parts:
//!
//! - the **start** of a span: the static of the call site, and closures for what is evaluated at
//!   run time. This is `SITE` below, or `START` if there are attributes or a parent.
//! - the **body**, once, in the braces that the user wrote. Most shapes move it into a closure or
//!   an `async` block, which begins with statements that keep the order of drops
//!   (`plan/parameters.rs` says why).
//! - the **detector**, which looks at the returned value for an error. Usually the value's type
//!   alone decides how, and the detector is an expression without code. With `ret`, `err`,
//!   `error_type` or `error_if` it is a closure.
//!
//! # The shapes
//!
//! Paths are shortened: each function below is in `::traced::private`.
//!
//! **`Call`**: an ordinary function. The runtime calls the closure, so that it can see the value
//! and catch a panic.
//!
//! ```text
//! fn f(a: u64) -> Result<(), E> {
//!     return call_at(
//!         { static SITE: CallSite = CallSite::new("f", "shop 1.0.0"); &SITE },
//!         move || -> Result<(), E> { BODY },
//!         find::<Result<(), E>>().__traced_pick(),
//!     )
//! }
//! ```
//!
//! With attributes, `call_at(SITE, …)` becomes `call(START, …)`, where `START` is
//!
//! ```text
//! start(SITE, |set| { set.at(0, &order.id); })
//! ```
//!
//! With an option about the returned value it becomes
//!
//! ```text
//! call_by(START, BODY, |ret, span| failure!(find_in, ret, span, auto))
//! ```
//!
//! **`Alias`**: a function whose return type is a name that the macro does not know. It may be an
//! alias of a boxed future, and only the compiler can tell. Method resolution on `kind` decides
//! whether the value is all there is, or a future that has to be wrapped.
//!
//! ```text
//! let kind = alias::<RETURN_TYPE>().__traced_alias();
//! let detector = kind.__traced_find().__traced_pick();
//! return kind.__traced_call_at(SITE, move || -> RETURN_TYPE { BODY }, detector)
//! ```
//!
//! **`InPlace`**: a function that a closure would change, for example one that returns another kind
//! of `impl Trait`, or has `#[track_caller]`. A guard ends the span. The returned value is not
//! seen.
//!
//! ```text
//! let _span = enter(START); ({ BODY })
//! ```
//!
//! **`AsyncFn`**: the signature keeps its `async`. The `if` tells the compiler the type of the
//! block, as the return type told it the type of the body.
//!
//! ```text
//! return future_at(
//!     SITE,
//!     async move {
//!         if false { return unreachable::<RETURN_TYPE>(); }
//!         ({ BODY })
//!     },
//!     find::<RETURN_TYPE>().__traced_pick(),
//! )
//! .await
//! ```
//!
//! **`Future`** and **`Stream`**: a function that returns `impl Future<Output = TYPE>` or
//! `impl Stream<Item = TYPE>`. The opaque type cannot be spelled, but `TYPE` can, and the body may
//! leave it to be inferred from the signature.
//!
//! ```text
//! let promised = promised(START, move || { BODY });
//! let kind = promised.__traced_ask().__traced_future::<TYPE>();
//! let detector = find::<TYPE>().__traced_pick();
//! return promised.__traced_wrap(kind, detector)
//! ```
//!
//! **`BoxedFuture`** and **`BoxedStream`**: the closure's return type is spelled, since the box has
//! to be coerced to it.
//!
//! ```text
//! return returned_boxed_future(START, move || -> RETURN_TYPE { BODY }, |ret, span| …)
//! ```
//!
//! The files in `snapshots/` show complete expansions.
//!
//! # Hygiene
//!
//! [`tokens!`](crate::tokens::tokens) gives every name in an expansion the span
//! `Span::mixed_site()`, so that variables of ours and of the user cannot clash. What the compiler
//! may complain about gets the location of the user's own tokens.

pub(crate) mod block;
mod body;
mod expectations;
pub(crate) mod fallback;
mod fragments;
pub(crate) mod function;
mod shapes;
