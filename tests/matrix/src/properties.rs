//! Properties that follow from the values of dimensions.

use crate::dimensions::{Body, Case, Edition, Lives, Options, Place, Returns, Shape};

impl Edition {
    pub(crate) fn year(self) -> &'static str {
        match self {
            Edition::E2018 => "2018",
            Edition::E2021 => "2021",
            Edition::E2024 => "2024",
        }
    }
}

impl Place {
    /// Returns `true` for a method, which has a `Self`.
    pub(crate) fn has_self(self) -> bool {
        !matches!(self, Place::Free | Place::Nested | Place::InMod)
    }

    pub(crate) fn in_trait(self) -> bool {
        matches!(
            self,
            Place::TraitDefault | Place::TraitImpl | Place::InTrait | Place::InTraitImpl
        )
    }

    /// Returns `true` if the attribute is on the item around the function.
    pub(crate) fn is_container(self) -> bool {
        matches!(
            self,
            Place::InImpl | Place::InTrait | Place::InTraitImpl | Place::InMod
        )
    }
}

impl Shape {
    pub(crate) fn is_async_trait(self) -> bool {
        matches!(self, Shape::AsyncTraitAbove | Shape::AsyncTraitBelow)
    }

    pub(crate) fn is_async_fn(self) -> bool {
        matches!(self, Shape::Async | Shape::Block) || self.is_async_trait()
    }

    pub(crate) fn is_stream(self) -> bool {
        matches!(
            self,
            Shape::Stream | Shape::BoxedStream | Shape::BoxedStreamAlias
        )
    }

    /// Returns `true` if the signature returns a future or stream.
    pub(crate) fn returns_deferred(self) -> bool {
        self != Shape::Sync && !self.is_async_fn()
    }

    pub(crate) fn is_boxed(self) -> bool {
        matches!(
            self,
            Shape::Boxed | Shape::BoxedAlias | Shape::BoxedStream | Shape::BoxedStreamAlias
        )
    }

    /// Returns `true` if the future must be `Send`.
    pub(crate) fn wants_send(self) -> bool {
        self.is_boxed() || self.is_async_trait() || self == Shape::FutureUse
    }
}

impl Returns {
    /// Returns `true` if the function can return errors that the model knows.
    pub(crate) fn is_fallible(self) -> bool {
        self.error() != Error::None
    }

    pub(crate) fn error(self) -> Error {
        match self {
            Returns::OfFailure | Returns::OwnAlias => Error::Failure,
            Returns::OfString
            | Returns::OptionOf
            | Returns::PollOf
            | Returns::PollOptionOf
            | Returns::ResultOpaque
            | Returns::Coerced
            | Returns::ResultList
            | Returns::OfSelf => Error::Text,
            Returns::OfBox => Error::Boxed,
            Returns::OfDebug => Error::OnlyDebug,
            Returns::OfNothing => Error::Nothing,
            Returns::OfGeneric => Error::Generic,
            Returns::OfStr => Error::Str,
            Returns::OfIo | Returns::IoAlias => Error::Io,
            Returns::OfAnyhow => Error::Anyhow,
            Returns::FmtAlias => Error::Fmt,
            _ => Error::None,
        }
    }

    /// Returns `true` for a `Result<u64, E>`, by any name.
    pub(crate) fn is_result_of_number(self) -> bool {
        self.is_result()
            && !matches!(
                self,
                Returns::FmtAlias
                    | Returns::ResultOpaque
                    | Returns::Coerced
                    | Returns::ResultList
                    | Returns::OfSelf
            )
    }

    /// Returns `true` for a `Result`, by any name.
    pub(crate) fn is_result(self) -> bool {
        self.is_fallible()
            && !matches!(
                self,
                Returns::OptionOf | Returns::PollOf | Returns::PollOptionOf
            )
    }

    /// Returns `true` for an `impl Trait` that is neither a future nor a stream.
    pub(crate) fn is_opaque(self) -> bool {
        matches!(
            self,
            Returns::Opaque | Returns::OwnStream | Returns::ResultOpaque
        )
    }
}

/// The errors that functions return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    None,
    Failure,
    Text,
    Boxed,
    OnlyDebug,
    Nothing,
    Generic,
    Str,
    Io,
    Anyhow,
    Fmt,
}

impl Error {
    pub(crate) fn is_from_str(self) -> bool {
        matches!(
            self,
            Error::Failure | Error::Text | Error::Boxed | Error::OnlyDebug | Error::Nothing
        )
    }
}

impl Case {
    /// Returns `true` if the returned box may be kept for longer than its result lives.
    pub(crate) fn is_short_lived(&self) -> bool {
        self.lives == Lives::Short
    }

    /// Returns `true` if the options name arguments, which then count as used.
    pub(crate) fn names_arguments(&self) -> bool {
        matches!(
            self.options,
            Options::Name
                | Options::Path
                | Options::Attributes
                | Options::Current
                | Options::Joined
                | Options::MacroAttributes
        )
    }
}

impl Body {
    /// Returns `true` if the body brings names of the signature into scope.
    pub(crate) fn brings_names(self) -> bool {
        matches!(
            self,
            Body::UseResult
                | Body::GlobVariants
                | Body::LocalStruct
                | Body::LocalType
                | Body::LocalMod
        )
    }

    /// Returns `true` if the body is the whole future or stream, and not what is in it.
    pub(crate) fn is_whole(self) -> bool {
        matches!(
            self,
            Body::Ready | Body::WholePending | Body::Empty | Body::TryStream
        )
    }

    /// Returns `true` if the body waits forever.
    pub(crate) fn never_ends(self) -> bool {
        matches!(self, Body::Cancelled | Body::Pending | Body::WholePending)
    }

    /// Returns `true` if the body fails when it is asked to.
    pub(crate) fn can_fail(self) -> bool {
        matches!(
            self,
            Body::Tail
                | Body::Early
                | Body::Question
                | Body::ErrInto
                | Body::ErrQuestion
                | Body::NotSend
                | Body::Ready
                | Body::TryStream
        ) || self.brings_names()
    }
}
