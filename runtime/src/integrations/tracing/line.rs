//! Adds a span to log lines, in each format.

use std::fmt::{self, Write};

use opentelemetry::trace::SpanContext;
use opentelemetry::{Array, Value};
use serde_json::{Map, Value as Json, json};
use tracing_subscriber::fmt::format::{self, Compact, Full, Pretty};

use crate::describe::Description;
use crate::escape::{Escaped, value};

/// The span that a line belongs to.
#[derive(Debug)]
pub struct LineSpan {
    pub(super) ids: SpanContext,
    pub(super) description: Option<Description>,
}

/// A format of log lines that ids can be added to.
pub trait Line: sealed::Line {}

impl<F: sealed::Line> Line for F {}

mod sealed {
    use std::fmt;

    use super::LineSpan;

    pub trait Line {
        const IS_TEXT: bool;

        /// Adds the span to a line that does not end with a line break.
        fn add(line: &mut String, span: &LineSpan) -> fmt::Result;
    }
}

macro_rules! text {
    ($($format:ty)*) => { $(
        impl sealed::Line for $format {
            const IS_TEXT: bool = true;

            fn add(line: &mut String, span: &LineSpan) -> fmt::Result {
                add_to_text(line, span)
            }
        }
    )* };
}

text!(Full Compact Pretty);

fn add_to_text(line: &mut String, span: &LineSpan) -> fmt::Result {
    if let Some(Description { name, attributes }) = &span.description {
        write!(line, " span_name={name:?}")?;
        let shown = attributes.iter().map(|attribute| {
            let key = Escaped(attribute.key.as_str());
            format!("{key}={}", value(&attribute.value))
        });
        let shown: Vec<String> = shown.collect();
        if !shown.is_empty() {
            write!(line, " span_attributes={{{}}}", shown.join(", "))?;
        }
    }
    let ids = &span.ids;
    write!(
        line,
        " trace_id={} span_id={}",
        ids.trace_id(),
        ids.span_id()
    )
}

impl sealed::Line for format::Json {
    const IS_TEXT: bool = false;

    fn add(line: &mut String, span: &LineSpan) -> fmt::Result {
        if line.ends_with('}') {
            line.pop();
        }
        if let Some(Description { name, attributes }) = &span.description {
            write!(line, r#","span_name":{}"#, json!(name))?;
            if !attributes.is_empty() {
                let attributes = attributes.iter();
                let members =
                    attributes.map(|attribute| (attribute.key.to_string(), json(&attribute.value)));
                let members = Json::Object(members.collect::<Map<_, _>>());
                write!(line, r#","span_attributes":{members}"#)?;
            }
        }
        let (trace, span) = (span.ids.trace_id(), span.ids.span_id());
        write!(line, r#","trace_id":"{trace}","span_id":"{span}"}}"#)
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::I64(value) => json!(value),
        Value::F64(value) => json!(value),
        Value::Array(Array::Bool(list)) => json!(list),
        Value::Array(Array::I64(list)) => json!(list),
        Value::Array(Array::F64(list)) => json!(list),
        Value::Array(Array::String(list)) => {
            let list = list.iter().map(opentelemetry::StringValue::as_str);
            json!(list.collect::<Vec<_>>())
        }
        other => json!(other.as_str()),
    }
}
