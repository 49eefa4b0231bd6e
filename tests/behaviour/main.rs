//! What `#[traced]` does, as whole traces: one file per option or promise.

mod attributes;
mod blocks;
mod containers;
mod current;
mod current_option;
mod drop_order;
mod error_options;
mod filter;
mod futures;
mod hygiene;
mod kinds;
mod names;
mod no_std;
mod other_attributes;
mod panics;
mod parents;
mod recursion;
mod results;
mod ret;
mod returned_futures;
mod roots_and_links;
mod same_error;
mod sampling;
mod scopes;
mod shapes;
mod streams;
