//! The rules for values that go together: the function compiles without the attribute, and is not a
//! documented error with it.

use crate::dimensions::{
    Body, Generics, Lives, Options, Partial, Receiver, Returns, Shape, Written,
};
use crate::properties::Error;

/// The rules. Each returns `None` as long as a value that it needs is not chosen.
const RULES: &[fn(&Partial) -> Option<bool>] = &[
    // Shapes and places.
    |c| Some(!c.shape?.is_async_trait() || c.place?.in_trait()),
    // Below `#[async_trait]`, that is before it, the attribute stands on the container only.
    |c| Some(c.shape? != Shape::AsyncTraitBelow || c.place?.is_container()),
    |c| Some(c.receiver? == Receiver::None || c.place?.has_self()),
    // An `async` block in an `async fn` that has no attribute.
    |c| Some(c.shape? != Shape::Block || !c.place?.is_container()),
    |c| Some(c.shape? != Shape::Block || block_allows(c.options?)),
    // `use<…>` would have to name `Self`, and cannot name what `impl Trait` stands for.
    |c| Some(c.shape? != Shape::FutureUse || !c.place?.in_trait()),
    |c| Some(c.shape? != Shape::FutureUse || c.generics? != Generics::ImplTrait),
    // `#[async_trait]` itself forgets how a macro's variables are grouped.
    |c| Some(!c.shape?.is_async_trait() || c.written? != Written::Expr),
    // A closure is not coerced in every `async` block.
    |c| {
        let coerces = c.shape? != Shape::Block && !c.shape?.returns_deferred();
        Some(c.returns? != Returns::Coerced || coerces)
    },
    // Shapes and returned types: stable Rust has `!` only where a function itself returns.
    |c| Some(c.returns? != Returns::Never || matches!(c.shape?, Shape::Sync | Shape::Async)),
    |c| {
        let nests = !c.returns?.is_opaque() || matches!(c.shape?, Shape::Sync | Shape::Async);
        Some(nests)
    },
    |c| Some(c.returns? != Returns::Borrowed || c.generics? == Generics::Lifetime),
    |c| Some(c.returns? != Returns::Generic || c.generics? == Generics::Type),
    |c| Some(c.returns? != Returns::OfGeneric || c.generics? == Generics::Type),
    |c| Some(!c.returns?.is_opaque() || !c.place?.in_trait()),
    |c| Some(c.returns? != Returns::OfSelf || c.place?.has_self()),
    // Boxes that may be kept for longer than what they give.
    |c| Some(c.lives? == Lives::Long || c.shape?.is_boxed()),
    |c| Some(c.lives? == Lives::Long || may_be_short_lived(c.returns?)),
    // `Holder` itself lives for ever.
    |c| {
        let is_short = c.lives? == Lives::Short && c.returns? == Returns::OfSelf;
        Some(!is_short || c.place?.in_trait())
    },
    // A future that holds what it gives cannot be kept for longer.
    |c| Some(c.lives? == Lives::Long || !c.body?.is_whole()),
    // The span covers the call, which gives no value.
    |c| Some(c.lives? == Lives::Long || !looks_at_value(c.options?)),
    // Bodies and shapes.
    |c| Some(!c.body?.is_whole() || c.shape?.returns_deferred()),
    |c| Some(!matches!(c.body?, Body::Empty | Body::TryStream) || c.shape?.is_stream()),
    |c| Some(!matches!(c.body?, Body::Cancelled | Body::Pending) || c.shape? != Shape::Sync),
    |c| Some(c.body? != Body::NotSend || !c.shape?.wants_send()),
    |c| Some(c.body? != Body::TryStream || c.returns?.is_result_of_number()),
    // Bodies and returned types.
    |c| Some(returns_allow_body(c.returns?, c.body?)),
    // Options.
    |c| Some(!needs_container(c.options?) || c.place?.is_container()),
    |c| Some(!is_macro(c.options?) || c.written? == Written::Expr),
    // Follows from two others, and saves looking for what is not there.
    |c| Some(!is_macro(c.options?) || !c.shape?.is_async_trait()),
    |c| Some(options_allow_returns(c.options?, c.returns?, c.shape?)),
];

/// Returns `true` if the chosen values go together.
pub(crate) fn allow(partial: &Partial) -> bool {
    RULES.iter().all(|rule| rule(partial) != Some(false))
}

fn returns_allow_body(returns: Returns, body: Body) -> bool {
    let error = returns.error();
    match body {
        Body::Tail
        | Body::Early
        | Body::NotSend
        | Body::Ready
        | Body::UseResult
        | Body::GlobVariants
        | Body::LocalStruct
        | Body::LocalType
        | Body::LocalMod => returns != Returns::Never,
        Body::Question => returns.is_result(),
        Body::ErrInto => returns.is_fallible() && error.is_from_str(),
        Body::ErrQuestion => error.is_from_str() && returns != Returns::OptionOf,
        Body::Parse => {
            returns.is_result_of_number() || wraps_number(returns) || returns == Returns::Text
        }
        Body::Into => {
            returns.is_result_of_number()
                || wraps_number(returns)
                || matches!(returns, Returns::Text | Returns::List)
        }
        Body::Sum => returns.is_result_of_number() || wraps_number(returns),
        Body::Collect => matches!(returns, Returns::Text | Returns::List | Returns::ResultList),
        Body::Default => {
            returns.is_result_of_number()
                || wraps_number(returns)
                || matches!(
                    returns,
                    Returns::Unit | Returns::Text | Returns::List | Returns::Array
                )
        }
        Body::None => matches!(returns, Returns::Maybe | Returns::OptionOf),
        // `!` is no `impl Trait`.
        Body::Todo | Body::Pending => !returns.is_opaque(),
        Body::Panic | Body::Cancelled | Body::WholePending | Body::Empty => true,
        Body::TryStream => returns.is_result_of_number(),
    }
}

fn may_be_short_lived(returns: Returns) -> bool {
    matches!(
        returns,
        Returns::Borrowed | Returns::Generic | Returns::OfGeneric | Returns::OfSelf
    )
}

fn wraps_number(returns: Returns) -> bool {
    matches!(
        returns,
        Returns::Number
            | Returns::Maybe
            | Returns::OptionOf
            | Returns::PollOf
            | Returns::PollOptionOf
    )
}

fn needs_container(options: Options) -> bool {
    matches!(options, Options::Skip | Options::CfgAttr | Options::Joined)
}

/// Returns `true` for options that a block has, and for which its type need not be known.
fn block_allows(options: Options) -> bool {
    let is_for_functions = matches!(
        options,
        Options::Literal
            | Options::Name
            | Options::Current
            | Options::ErrorIfTrue
            | Options::ErrorIfFalse
    );
    !is_for_functions
        && !needs_container(options)
        && (options == Options::ErrOff || !looks_at_value(options))
}

fn is_macro(options: Options) -> bool {
    matches!(
        options,
        Options::MacroAttributes
            | Options::MacroErrorIf
            | Options::MacroErrorType
            | Options::MacroRet
    )
}

fn looks_at_value(options: Options) -> bool {
    matches!(
        options,
        Options::Ret
            | Options::RetDisplay
            | Options::RetDebug
            | Options::RetParts
            | Options::ErrDisplay
            | Options::ErrDebug
            | Options::ErrOff
            | Options::ErrorType
            | Options::ErrorIfTrue
            | Options::ErrorIfFalse
            | Options::MacroErrorIf
            | Options::MacroErrorType
            | Options::MacroRet
    )
}

/// Returns `false` for options that the attribute refuses because they would have no effect.
fn options_allow_returns(options: Options, returns: Returns, shape: Shape) -> bool {
    let has_value = !matches!(
        returns,
        Returns::Unit | Returns::Never | Returns::Opaque | Returns::OwnStream
    );
    let is_number = returns.is_result_of_number() || matches!(returns, Returns::Number);
    match options {
        Options::Ret | Options::RetDisplay | Options::RetParts | Options::MacroRet => {
            is_number && !shape.is_stream()
        }
        Options::RetDebug => {
            (is_number || matches!(returns, Returns::Text | Returns::List | Returns::Array))
                && !shape.is_stream()
        }
        Options::ErrDisplay => {
            returns.is_result()
                && !matches!(
                    returns.error(),
                    Error::OnlyDebug | Error::Nothing | Error::Generic
                )
        }
        Options::ErrDebug => {
            returns.is_result() && !matches!(returns.error(), Error::Nothing | Error::Generic)
        }
        Options::ErrOff | Options::ErrorType | Options::MacroErrorType => returns.is_result(),
        Options::ErrorIfTrue | Options::ErrorIfFalse | Options::MacroErrorIf => has_value,
        _ => true,
    }
}
