//! The pipeline of `#[traced]`: tokens → `Args` and `Function` → `Plan` → tokens.

use proc_macro2::TokenStream;

use crate::container::Container;
use crate::errors::Errors;
use crate::expand::fallback::fallback;
use crate::expand::function::expand;
use crate::parse::function::Function;
use crate::parse::options;
use crate::plan::{Plan, renamed};

/// Expands `#[traced(args)] item`.
pub(crate) fn traced(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let tokens = args.clone();
    let args = options::parse(args, &mut errors);
    if let Some(container) = Container::parse(&item) {
        let distributed = errors.keep(container.distribute(&tokens, &args));
        return match (distributed, errors.into_tokens()) {
            (Some(tokens), None) => tokens,
            (_, errors) => fallback(item, errors),
        };
    }
    let function = Function::parse(item.clone()).and_then(|function| {
        renamed::check(&function)?;
        Ok(function)
    });
    let function = errors.keep(function);
    let plan = function
        .as_ref()
        .map(|function| Plan::new(args, function, &mut errors));
    match (plan, errors.into_tokens()) {
        (Some(plan), None) => expand(&plan),
        (_, errors) => fallback(item, errors),
    }
}
