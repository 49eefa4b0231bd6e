//! Guides: each starts with a task, does it, and shows the result.
//!
//! | task | guide |
//! |---|---|
//! | Trace an axum service, from an empty project to a failing request in Jaeger | [`axum_service`] |
//! | Trace the functions of a library | [`library`] |
//! | Keep the traces that matter, and pay for no more | [`sampling`] |
//! | Continue a trace in other services, queues, processes, tasks and threads | [`propagation`] |
//! | Use it together with the crate `tracing` | [`with_tracing`] |
//! | Move from `#[tracing::instrument]` to `#[traced]` | [`moving`] |
//! | Assert in a test what is traced | [`testing`] |
//! | Find out what a span costs, and make it cost less | [`performance`] |
//! | Look up what the attribute cannot do | [`limits`] |
//!
//! The examples run as tests, so they can be copied. The repository has [small
//! programs](https://github.com/traced-rs/traced/tree/main/examples) for most of these tasks, too.
//! The reference for the attribute and its options is [`macro@crate::traced`], the one for set-up
//! and its variables is [`init`][fn@crate::init].
#![doc = ""]
#![cfg_attr(
    not(feature = "init"),
    doc = "[fn@crate::init]: https://docs.rs/traced/latest/traced/fn.init.html"
)]

/// A page of the guide. It exists with any set of features, since other pages link to it.
macro_rules! page {
    ($name:ident, $text:literal, $needs:meta) => {
        #[cfg_attr($needs, doc = include_str!($text))]
        #[cfg_attr(not($needs), doc = include_str!("absent.md"))]
        pub mod $name {}
    };
}

// Its examples run in `tests/http`, since a plain `cargo test` does not build a server.
page!(
    axum_service,
    "axum_service.md",
    all(
        not(doctest),
        feature = "axum",
        feature = "init",
        feature = "mongodb",
        feature = "root"
    )
);
page!(library, "library.md", feature = "testing");
page!(limits, "limits.md", all());
#[cfg(feature = "tracing")]
#[doc(inline)]
pub use crate::tracing::moving;
#[cfg(not(feature = "tracing"))]
page!(moving, "absent.md", all());
page!(performance, "performance.md", feature = "init");
page!(
    propagation,
    "propagation.md",
    all(feature = "context", feature = "http", feature = "testing")
);
page!(sampling, "sampling.md", feature = "init");
page!(testing, "testing.md", feature = "testing");
page!(
    with_tracing,
    "with_tracing.md",
    all(feature = "tracing", feature = "testing")
);
