//! The attributes of spans and events.

pub(crate) mod event;
pub(crate) mod format;
pub(crate) mod text_limit;
pub(crate) mod value;
mod writer;

pub use event::{EventAttributes, IntoAttribute};
pub use value::{Element, ToValue, ValueRef};

pub(crate) use writer::{Attributes, Exception, Sink};
