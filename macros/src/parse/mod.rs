//! Reads what the user wrote: from tokens to options and functions.
//!
//! # How an attribute is parsed
//!
//! Take `#[traced("order.process", kind = server, attributes(order.id))]`. The macro receives the
//! tokens between the parentheses, and [`options::parse`] reads them from left to right. A string
//! literal at the front is the name. After that comes one option after another: its key is looked
//! up in the table of all options, and the function in that row parses what follows, with the help
//! of [`option_values`] and, for lists, [`attributes`].
//!
//! The result is [`Args`](args::Args), which has a field for each option. A field holds the value
//! and the place of the key, so that a later error about this option can underline it. Nothing in
//! this module asks which function the attribute stands on. That is left to the plan.
//!
//! A mistake does not end the parsing. It is added to [`Errors`](crate::errors::Errors), and
//! parsing goes on after the next comma, so that the user sees all mistakes at once. If a word is
//! unknown, [`suggest`] looks for the one that was probably meant.
//!
//! A container (an annotated `impl`, `trait` or `mod`) hands its options to its functions as one
//! more option, `__inherited(…)`. It is parsed in the same way, and [`Args::inherit`] then fills in
//! what the function itself leaves open.
//!
//! [`Args::inherit`]: args::Args::inherit
//!
//! # How a function is parsed
//!
//! [`Function`](function::Function) parses the signature and keeps the body as tokens. There are
//! three reasons not to parse the body: it would take time, the compiler should see the user's own
//! tokens, and code that is half typed should get the compiler's error instead of ours. Questions
//! about a body are answered by searching its tokens (see [`plan`](crate::plan)).
//!
//! A function may come out of a `macro_rules!`, with groups of tokens that no user ever types.
//! [`macro_variables`] keeps those intact.

pub(crate) mod args;
pub(crate) mod attributes;
pub(crate) mod block;
pub(crate) mod function;
pub(crate) mod macro_variables;
pub(crate) mod option_values;
pub(crate) mod options;
pub(crate) mod suggest;
