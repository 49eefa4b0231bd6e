//! `span!`: the same for a block.

use proc_macro2::{Ident, Span, TokenStream};

use crate::errors::Errors;
use crate::expand::block::expand;
use crate::parse::block::Block;
use crate::parse::options;
use crate::plan::block::is_blind;
use crate::plan::checks;
use crate::plan::span_plan::{Asking, SpanPlan};
use crate::tokens::tokens;

/// What `span!(OPTIONS => BLOCK)` becomes.
pub(crate) fn span(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(Block { options, body }) = errors.keep(Block::split(input)) else {
        let errors = errors.into_tokens();
        return tokens!({ #errors });
    };
    let args = options::parse(options, &mut errors);
    checks::check_block(&args, &body, &mut errors);
    match errors.into_tokens() {
        None => {
            // A block's span lies where the macro is called.
            let place = Ident::new("span", Span::call_site());
            // The value's type is not spelled anywhere.
            let plan = SpanPlan::new(args, &place, is_blind(&body), Asking::KnownText);
            expand(&plan, &body)
        }
        // With the block's value, so that there are no errors around it.
        errors => tokens!({ #errors match () { () => #body } }),
    }
}
