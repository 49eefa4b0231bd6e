//! Escapes foreign text for a terminal.

use std::fmt::{self, Debug, Display, Formatter, Write};

#[cfg(any(feature = "init", feature = "tracing"))]
use opentelemetry::Value;

/// Shows a value on one line. Everything that controls a terminal is escaped as in `Debug`: control
/// characters, line breaks, bidirectional controls. Quotes and backslashes stay as they are.
pub(crate) struct Escaped<T>(pub(crate) T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

impl<T: Debug> Debug for Escaped<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{:?}", self.0)
    }
}

struct Escaping<'a, 'b>(&'a mut Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const KEPT: [char; 3] = ['"', '\'', '\\'];
        for part in text.split_inclusive(KEPT) {
            let escaped = part.trim_end_matches(KEPT);
            write!(self.0, "{}", escaped.escape_debug())?;
            self.0.write_str(&part[escaped.len()..])?;
        }
        Ok(())
    }
}

/// Shows JSON. Everything in its texts that controls a terminal, or that some readers take for a
/// line break, is escaped as in JSON. Characters below a space are escaped already.
#[cfg(feature = "tracing")]
pub(crate) struct EscapedJson<'a>(pub(crate) &'a str);

#[cfg(feature = "tracing")]
impl Display for EscapedJson<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_control = |c: char| {
            let is_bidirectional = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            c.is_control() || is_bidirectional || matches!(c, '\u{2028}' | '\u{2029}')
        };
        for part in self.0.split_inclusive(is_control) {
            let shown = part.trim_end_matches(is_control);
            f.write_str(shown)?;
            for control in part[shown.len()..].chars() {
                write!(f, "\\u{:04x}", u32::from(control))?;
            }
        }
        Ok(())
    }
}

/// Shows the value of an attribute on one line. Text is in quotes.
#[cfg(any(feature = "init", feature = "tracing"))]
pub(crate) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.as_str()),
        other => Escaped(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn what_controls_a_terminal_is_escaped() {
        let hostile =
            "\u{1b}[2J\u{1b}]0;title\u{7}\r\n\t\u{8}\0\u{7f}\u{9b}31m\u{202e}\u{2066}\u{2028}";
        let shown = Escaped(hostile).to_string();
        assert_eq!(
            shown,
            r"\u{1b}[2J\u{1b}]0;title\u{7}\r\n\t\u{8}\0\u{7f}\u{9b}31m\u{202e}\u{2066}\u{2028}"
        );
    }

    #[test]
    fn what_people_write_stays() {
        let text = r#"it's "C:\temp" – naïve, 日本語, e"#.to_owned() + "\u{301}";
        assert_eq!(Escaped(&text).to_string(), text);
    }
}
