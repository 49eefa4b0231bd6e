//! Formats the fields of text log lines, with terminal control characters escaped.

use std::error::Error;
use std::fmt::{self, Debug, Write};
use std::iter;

use tracing_core::field::{Field, Visit};
use tracing_subscriber::field::{MakeVisitor, VisitFmt, VisitOutput};
use tracing_subscriber::fmt::format::{DefaultVisitor, Writer};

use crate::escape::Escaped;

/// The default format of fields in `tracing_subscriber::fmt`, with terminal control characters
/// escaped. The original writes `%field` raw, and also line breaks in messages and errors.
#[derive(Debug)]
pub(crate) struct EscapedFields;

impl<'a> MakeVisitor<Writer<'a>> for EscapedFields {
    type Visitor = Visitor<'a>;

    fn make_visitor(&self, writer: Writer<'a>) -> Visitor<'a> {
        Visitor(DefaultVisitor::new(writer, true))
    }
}

#[derive(Debug)]
pub(crate) struct Visitor<'a>(DefaultVisitor<'a>);

impl Visit for Visitor<'_> {
    fn record_str(&mut self, field: &Field, text: &str) {
        if field.name() == "message" {
            self.record_debug(field, &format_args!("{text}"));
        } else {
            self.record_debug(field, &text);
        }
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        let sources = iter::successors(error.source(), |&error| error.source());
        let sources: Vec<String> = sources.map(ToString::to_string).collect();
        if sources.is_empty() {
            return self.record_debug(field, &format_args!("{error}"));
        }
        let (name, sources) = (field.name(), sources.join(", "));
        self.record_debug(field, &format_args!("{error} {name}.sources=[{sources}]"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.record_debug(field, &Escaped(value));
    }
}

impl VisitOutput<fmt::Result> for Visitor<'_> {
    fn finish(self) -> fmt::Result {
        self.0.finish()
    }
}

impl VisitFmt for Visitor<'_> {
    fn writer(&mut self) -> &mut dyn Write {
        self.0.writer()
    }
}
