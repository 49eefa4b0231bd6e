//! Renders lines for the terminal: colored text that is no wider than the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(super) const RED: &str = "\x1b[31m";
pub(super) const GREEN: &str = "\x1b[32m";
pub(super) const DIM: &str = "\x1b[2m";
pub(super) const BOLD: &str = "\x1b[1m";
/// The terminal's own color.
pub(super) const PLAIN: &str = "";

/// The settings for writing lines.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// `true` if escape codes are written.
    pub(super) is_colored: bool,
    /// The number of columns of the terminal, or `None` without a terminal.
    pub(super) width: Option<usize>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Line(Vec<(&'static str, String)>);

impl Line {
    pub(super) fn new(color: &'static str, text: impl Into<String>) -> Line {
        Line::default().and(color, text)
    }

    /// Appends `text` in this color.
    pub(super) fn and(mut self, color: &'static str, text: impl Into<String>) -> Line {
        self.0.push((color, text.into()));
        self
    }

    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// Writes the line, cut to the width of the terminal. A piece of text that is cut ends with
    /// `…`, and a piece that has no column left is left out.
    pub(super) fn write(&self, style: Style, out: &mut String) {
        let mut left = style.width.unwrap_or(usize::MAX);
        for (color, text) in &self.0 {
            let shown = cut(text, left);
            left = left.saturating_sub(shown.width());
            if color.is_empty() || shown.is_empty() || !style.is_colored {
                out.push_str(&shown);
            } else {
                out.extend([color, shown.as_str(), "\x1b[0m"]);
            }
        }
        out.push('\n');
    }

    /// Writes the line and its `details`, each on the current line if it fits there, and otherwise
    /// on a new line that starts with `indent`.
    pub(super) fn write_with(
        self,
        details: Vec<Line>,
        indent: &str,
        style: Style,
        out: &mut String,
    ) {
        let width = style.width.unwrap_or(usize::MAX);
        let mut line = self;
        for detail in details {
            if line.width() + 1 + detail.width() > width {
                line.write(style, out);
                line = Line::new("", indent);
            } else {
                line = line.and("", " ");
            }
            line.0.extend(detail.0);
        }
        line.write(style, out);
    }
}

/// Returns the text, cut to this many columns. If anything is cut, the last column is `…`.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let fits = |c: &char| {
        let width = c.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    let mut shown: String = text.chars().take_while(fits).collect();
    if columns > 0 {
        shown.push('…');
    }
    shown
}
