//! The parts of an expansion that functions and blocks share.

pub(crate) mod attributes;
pub(crate) mod call_site;
pub(crate) mod outcome;
pub(crate) mod start;
