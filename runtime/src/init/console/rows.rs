//! Draws the spans of a trace as a tree with branches.

use opentelemetry_sdk::trace::SpanData;

use crate::escape::Escaped;
use crate::span_tree::{Tree, forest};

/// A span, with the branches of the tree in front of its name and in front of the lines below it.
pub(super) struct Row<'a> {
    pub(super) label: String,
    pub(super) below: String,
    pub(super) span: &'a SpanData,
}

/// Returns a row for each span of a trace. The spans below a span follow it directly.
pub(super) fn rows(spans: &[SpanData]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for tree in forest(spans) {
        collect(&tree, "", "", &mut rows);
    }
    rows
}

fn collect<'a>(tree: &Tree<'a>, branches: &str, below: &str, rows: &mut Vec<Row<'a>>) {
    let stem = if tree.children.is_empty() {
        "  "
    } else {
        "│ "
    };
    rows.push(Row {
        label: format!("{branches}{}", Escaped(&tree.span.name)),
        below: format!("{below}{stem}"),
        span: tree.span,
    });
    for (index, child) in tree.children.iter().enumerate() {
        let last = index + 1 == tree.children.len();
        let (branch, stem) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        collect(
            child,
            &format!("{below}{branch}"),
            &format!("{below}{stem}"),
            rows,
        );
    }
}
