//! The pipeline of `span!`: tokens → `Args` and `Block` → `BlockPlan` → tokens.

use proc_macro2::TokenStream;

use crate::errors::Errors;
use crate::expand::block::expand;
use crate::parse::block::Block;
use crate::parse::options;
use crate::plan::block::BlockPlan;
use crate::tokens::tokens;

/// Expands `span!(OPTIONS => BLOCK)`.
pub(crate) fn span(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(Block { options, body }) = errors.keep(Block::split(input)) else {
        let errors = errors.into_tokens();
        return tokens!({ #errors });
    };
    let args = options::parse(options, &mut errors);
    let plan = BlockPlan::new(args, &body, &mut errors);
    match errors.into_tokens() {
        None => expand(&plan),
        // The block's value stays, so that its absence causes no errors around it.
        errors => tokens!({ #errors match () { () => #body } }),
    }
}
