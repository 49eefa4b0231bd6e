//! The dimensions of a function, and their values.

use std::fmt;

macro_rules! dimensions {
    ($($(#[$doc:meta])* $field:ident: $Name:ident { $($value:ident)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
            pub(crate) enum $Name { $($value),* }

            impl $Name {
                pub(crate) const ALL: &[$Name] = &[$($Name::$value),*];
            }
        )*

        /// A function, given by a value of each dimension.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct Case { $(pub(crate) $field: $Name),* }

        /// A case in which only some values are chosen.
        #[derive(Clone, Copy, Debug, Default)]
        pub(crate) struct Partial { $(pub(crate) $field: Option<$Name>),* }

        /// The number of values of each dimension.
        pub(crate) const SIZES: &[usize] = &[$($Name::ALL.len()),*];

        impl Partial {
            /// Returns the index of the value of a dimension.
            pub(crate) fn get(&self, dimension: usize) -> Option<usize> {
                [$(self.$field.map(|value| value as usize)),*][dimension]
            }

            /// Returns the case with one more value.
            pub(crate) fn with(mut self, dimension: usize, value: usize) -> Partial {
                let mut dimensions = 0..;
                $(
                    if dimensions.next() == Some(dimension) {
                        self.$field = Some($Name::ALL[value]);
                    }
                )*
                self
            }

            /// Returns the case, if all values are chosen.
            pub(crate) fn case(&self) -> Option<Case> {
                Some(Case { $($field: self.$field?),* })
            }
        }

        #[cfg(test)]
        impl Case {
            /// Returns the indices of the values.
            pub(crate) fn values(&self) -> Vec<usize> {
                vec![$(self.$field as usize),*]
            }
        }

        impl fmt::Display for Case {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let values = [$(format!("{:?}", self.$field)),*];
                f.write_str(&values.join(" "))
            }
        }
    };
}

dimensions! {
    /// The shape of the function around its body.
    shape: Shape {
        Sync Async Block Future FutureUse BoxedAlias Boxed AsyncTraitAbove AsyncTraitBelow Stream BoxedStreamAlias
        BoxedStream
    }
    /// The result of a call: a value, an output or items.
    returns: Returns {
        Unit Number Never Text List Array Maybe OfFailure OfString OfBox OfDebug OfNothing OfGeneric OfStr OfIo
        OfAnyhow IoAlias FmtAlias OwnAlias OptionOf PollOf PollOptionOf Borrowed Generic Opaque OwnStream ResultOpaque
        Coerced ResultList OfSelf
    }
    /// Says whether the result of a boxed future or stream lives as long as the box may be kept.
    lives: Lives { Long Short }
    /// The way in which the body produces the result.
    body: Body {
        Tail Early Question ErrInto ErrQuestion Parse Into Sum Collect Default None UseResult GlobVariants LocalStruct
        LocalType LocalMod NotSend Panic Todo Cancelled Pending Ready WholePending Empty TryStream
    }
    /// The options of the attribute.
    options: Options {
        None Literal Name Kind Path Attributes Ret RetDisplay RetDebug RetParts Ok ErrDisplay ErrDebug ErrOff ErrorType
        ErrorIfTrue ErrorIfFalse Parent NoParent Root RootLink Links LevelWarn LevelDebug Scope Current Crate Skip
        CfgAttr Joined MacroAttributes MacroErrorIf MacroErrorType MacroRet
    }
    /// The place of the function.
    place: Place {
        Free Nested Method TraitDefault TraitImpl InImpl InTrait InTraitImpl InMod
    }
    /// Its receiver.
    receiver: Receiver { None Ref RefMut Value Arc Pin Box }
    /// Its parameters.
    parameters: Parameters { Named Unused Mutable Parts Patterns OwnName }
    /// Its generic parameter.
    generics: Generics { None Type Lifetime Const ImplTrait }
    /// Says whether a macro writes the function, and what its variable stands for.
    written: Written { Directly Expr Type Block }
    /// The edition of its crate.
    edition: Edition { E2018 E2021 E2024 }
}
