//! Reads from `RUST_LOG` which spans and events of `tracing` are recorded.

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::environment::Variable;
use super::error::InitError;
use crate::warning::warn;

const ACCEPTED: &str = "a list of levels, each alone or after `TARGET=`: `off`, `error`, `warn`, `info`, `debug`, `trace`";

/// Returns the levels that `RUST_LOG` sets for targets. If it sets none, the level of all targets
/// is `info`.
///
/// Other programs read the variable too, and some of them support directives with spans and fields.
/// Such directives are ignored, with a warning.
pub(super) fn from_environment() -> Result<Targets, InitError> {
    let usual = || Targets::new().with_default(LevelFilter::INFO);
    let Some(variable) = Variable::find(&["RUST_LOG"])? else {
        return Ok(usual());
    };
    let (of_spans, of_targets): (Vec<&str>, Vec<&str>) = directives(&variable.value)
        .into_iter()
        .partition(|directive| directive.contains(['[', '{']));
    if !of_spans.is_empty() {
        // The directives are not shown: they may hold values of fields.
        warn(format_args!(
            "RUST_LOG: ignoring directives with spans or fields, which are not supported"
        ));
    }
    if of_targets.is_empty() {
        return Ok(usual());
    }
    let levels = of_targets.join(",").parse();
    levels.map_err(|_| variable.not(ACCEPTED))
}

/// Splits a list at the commas that are outside of brackets. Empty directives are left out.
fn directives(list: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let is_end = |c: char| {
        depth += i32::from("[{".contains(c)) - i32::from("]}".contains(c));
        c == ',' && depth <= 0
    };
    let directives = list.split(is_end).map(str::trim);
    directives
        .filter(|directive| !directive.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::directives;

    #[test]
    fn commas_of_fields_end_no_directive() {
        let list = "info, a::b[span{x=1,y=\"2\"}]=debug ,c=warn,";
        let expected = ["info", "a::b[span{x=1,y=\"2\"}]=debug", "c=warn"];
        assert_eq!(directives(list), expected);
    }
}
