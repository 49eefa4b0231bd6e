//! Call sites: the static behind each traced function.

mod call_site;
pub(crate) mod filter;
pub(crate) mod level;
pub(crate) mod scope;
pub(crate) mod type_names;

#[cfg(feature = "sdk")]
pub(crate) use call_site::{CODE_KEYS, numbered};
pub use call_site::{CallSite, call_sites};
pub(crate) use call_site::{decide_all, set_disabled};
pub use level::Level;
