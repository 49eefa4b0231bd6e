//! Call sites: what is known about a traced function before it is called.
//!
//! `#[traced]` puts a `static` [`CallSite`] into each function. It is `const`-constructed from what
//! the macro knows: the name, the kind, the level, the keys of the attributes. So it costs a
//! program no time at its start, and its address identifies the function.
//!
//! # Registration
//!
//! The macro does not know the path of the function it stands on. The first call passes the type
//! name of a closure in the function, from which [`type_names`] makes `code.function.name` and the
//! span's name. Only now can the filter be asked, so this call registers the site in the list of
//! [`registry`] as well. A generic function and a method of a trait have one call site for all of
//! their instantiations: it keeps the names of the first one that is called, and the others make
//! theirs from their own closures.
//!
//! # State
//!
//! A registered call site says in one atomic whether it opens spans. For a function that is
//! filtered out, loading it is the whole cost. The state depends on the filter, on whether tracing
//! is off altogether, and on whether there has been a provider. When one of them changes, the
//! registry decides again for all call sites, under its lock. There is one case that cannot be
//! decided in advance: while the filter names functions, each call of a trait's method asks the
//! [`filter`].

mod call_site;
pub(crate) mod error_type;
pub(crate) mod filter;
mod level;
mod registry;
pub(crate) mod scope;
pub(crate) mod type_names;

#[cfg(feature = "sdk")]
pub(crate) use call_site::CODE_KEYS;
pub use call_site::CallSite;
pub use filter::FilterError;
pub use level::Level;
#[cfg(feature = "sdk")]
pub(crate) use registry::numbered;
#[cfg(feature = "init")]
pub(crate) use registry::use_filter;
pub(crate) use registry::{ask_again, set_disabled};
pub use registry::{call_sites, set_filter};
