//! The filter that decides which traced functions open spans: its syntax, and the current filter.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::site::level::{Level, UpTo};

/// The variable that the filter is first read from.
pub(crate) const VARIABLE: &str = "TRACED_FILTER";

/// The current filter. An invalid `TRACED_FILTER` counts as unset here, and `traced::init` reports
/// it.
static FILTER: LazyLock<RwLock<Filter>> = LazyLock::new(|| {
    let filter = std::env::var(VARIABLE).ok();
    let filter = filter.and_then(|directives| directives.parse().ok());
    RwLock::new(filter.unwrap_or_default())
});

/// Replaces the current filter.
pub(super) fn replace(filter: Filter) {
    *FILTER.write().unwrap_or_else(PoisonError::into_inner) = filter;
}

/// Returns `true` if a function with this name and level passes.
pub(crate) fn lets_through(function: &str, level: Level) -> bool {
    let filter = FILTER.read().unwrap_or_else(PoisonError::into_inner);
    filter.for_function(function).lets_through(level)
}

/// Returns `true` if the answer of the filter may depend on a function's name.
pub(crate) fn looks_at_names() -> bool {
    let filter = FILTER.read().unwrap_or_else(PoisonError::into_inner);
    filter.0.iter().any(|directive| !directive.path.is_empty())
}

/// A list of directives, in the order in which they were given.
#[derive(Default)]
pub(crate) struct Filter(Vec<Directive>);

struct Directive {
    /// The segments of the path. There are none if the directive applies to all functions.
    path: Vec<String>,
    level: UpTo,
}

impl Filter {
    fn for_function(&self, function: &str) -> UpTo {
        let segments: Vec<&str> = function.split("::").collect();
        let matching = self
            .0
            .iter()
            .filter(|directive| directive.matches(&segments));
        let longest = matching.max_by_key(|directive| directive.path.len());
        longest.map_or(UpTo::INFO, |directive| directive.level)
    }
}

impl Directive {
    fn matches(&self, function: &[&str]) -> bool {
        begins_with(function, &self.path)
    }
}

/// Returns `true` if `function` starts with the segments of `path`, where `*` stands for any number
/// of them.
fn begins_with(function: &[&str], path: &[String]) -> bool {
    match path.split_first() {
        None => true,
        Some((star, rest)) if star == "*" => {
            (0..=function.len()).any(|skipped| begins_with(&function[skipped..], rest))
        }
        Some((first, rest)) => match function.split_first() {
            Some((segment, below)) => segment == first && begins_with(below, rest),
            None => false,
        },
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(directives: &str) -> Result<Filter, FilterError> {
        let directives = directives.split(',').map(str::trim);
        let directives = directives.filter(|directive| !directive.is_empty());
        directives
            .map(parse_directive)
            .collect::<Result<_, _>>()
            .map(Filter)
    }
}

fn parse_directive(directive: &str) -> Result<Directive, FilterError> {
    let error = || FilterError(directive.to_owned());
    let (path, level) = match directive.split_once('=') {
        Some((path, level)) => (path.trim(), level.trim().parse().map_err(|()| error())?),
        None => match directive.parse() {
            Ok(level) => ("", level),
            Err(()) => (directive, UpTo::ALL),
        },
    };
    if path.is_empty() && directive.contains('=') {
        return Err(error());
    }
    let path: Vec<String> = match path {
        "" => Vec::new(),
        path => path.split("::").map(str::to_owned).collect(),
    };
    let is_segment = |segment: &String| {
        let is_name =
            !segment.is_empty() && segment.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name || segment == "*"
    };
    let stars = path.iter().filter(|segment| *segment == "*").count();
    // More than two stars would make matching expensive, and are not needed.
    if !path.iter().all(is_segment) || stars > 2 {
        return Err(error());
    }
    Ok(Directive { path, level })
}

/// An error that is returned for a filter with an invalid directive.
///
/// `Debug` is the same sentence as `Display`, since a `main` that returns the error prints `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct FilterError(String);

/// A description of the accepted filters, for errors.
pub(crate) const ACCEPTED: &str =
    "directives like `info`, `my_app::db=off` or `*::health=off`, separated by commas";

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid directive {:?}: expected {ACCEPTED}", self.0)
    }
}

impl fmt::Debug for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for FilterError {}
