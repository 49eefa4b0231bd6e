//! Tokens → what the user wrote.

pub(crate) mod args;
pub(crate) mod attributes;
pub(crate) mod block;
pub(crate) mod function;
pub(crate) mod macro_variables;
pub(crate) mod option_values;
pub(crate) mod options;
pub(crate) mod suggest;
