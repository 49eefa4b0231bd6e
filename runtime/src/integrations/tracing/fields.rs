//! Turns the fields of a `tracing` event into attributes.

use std::error::Error;
use std::fmt::{Arguments, Debug};

use opentelemetry::{KeyValue, Value};
use tracing_core::field::{Field, Visit};
use tracing_core::{Event, Metadata};
use tracing_log::NormalizeEvent;

use crate::attributes::ToValue;
use crate::attributes::format::bounded;

/// The key of an event's level, as in `tracing-opentelemetry`.
pub(super) const LEVEL: &str = "level";
/// The name of the field whose text counts as an error, even if it is not recorded as one.
pub(super) const ERROR: &str = "error";
/// The field in which the macros of `tracing` keep the text.
const MESSAGE: &str = "message";

/// The contents of an event.
pub(super) struct Fields {
    pub(super) message: Option<String>,
    pub(super) attributes: Vec<KeyValue>,
    /// `true` if one of the fields is an error. Errors are not among the attributes.
    pub(super) has_error: bool,
    /// `true` if this is a line of the crate `log`. All its fields except the message repeat what
    /// [`place_of_log`] returns.
    is_log: bool,
}

impl Fields {
    pub(super) fn of(event: &Event<'_>) -> Fields {
        let of_log = event.normalized_metadata();
        let mut fields = Fields {
            message: None,
            attributes: of_log
                .as_ref()
                .map_or_else(|| place(event.metadata()), place_of_log),
            has_error: false,
            is_log: of_log.is_some(),
        };
        event.record(&mut fields);
        fields
    }

    fn value(&mut self, field: &Field, value: impl Into<Value>) {
        if !self.is_log {
            self.attributes.push(KeyValue::new(field.name(), value));
        }
    }

    fn integer(&mut self, field: &Field, value: &impl ToValue) {
        if let Some(value) = value.to_value().into_owned() {
            self.value(field, value);
        }
    }

    fn text(&mut self, field: &Field, text: Arguments<'_>) {
        match field.name() {
            MESSAGE => self.message = Some(bounded(text)),
            ERROR => self.has_error = true,
            _ => self.value(field, bounded(text)),
        }
    }
}

/// Returns the level of an event, and the place it comes from.
fn place(metadata: &'static Metadata<'static>) -> Vec<KeyValue> {
    with_place(metadata, metadata.target(), metadata.file())
}

/// Returns the level of a line of the crate `log`, and the place it comes from. Unlike in
/// [`place`], the texts are not static.
fn place_of_log(metadata: &Metadata<'_>) -> Vec<KeyValue> {
    let file = metadata.file().map(str::to_owned);
    with_place(metadata, metadata.target().to_owned(), file)
}

fn with_place<T: Into<Value>>(
    metadata: &Metadata<'_>,
    target: T,
    file: Option<T>,
) -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new(LEVEL, metadata.level().as_str()),
        KeyValue::new("target", target),
    ];
    attributes.extend(file.map(|file| KeyValue::new("code.file.path", file)));
    let line = metadata.line().map(i64::from);
    attributes.extend(line.map(|line| KeyValue::new("code.line.number", line)));
    attributes
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.value(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.value(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.integer(field, &value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.integer(field, &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.integer(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.value(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, format_args!("{value}"));
    }

    fn record_error(&mut self, _: &Field, _: &(dyn Error + 'static)) {
        self.has_error = true;
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field, format_args!("{value:?}"));
    }
}
