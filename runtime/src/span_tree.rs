//! Arranges spans as trees.

use opentelemetry_sdk::trace::SpanData;

/// A span and the spans below it.
pub(crate) struct Tree<'a> {
    pub(crate) span: &'a SpanData,
    pub(crate) children: Vec<Tree<'a>>,
}

/// Arranges spans as trees. A span whose parent is not among them is a root. Siblings keep their
/// order.
pub(crate) fn forest(spans: &[SpanData]) -> Vec<Tree<'_>> {
    let mut known: Vec<_> = spans
        .iter()
        .map(|span| span.span_context.span_id())
        .collect();
    known.sort_unstable_by_key(|id| id.to_bytes());
    let is_root = |span: &&SpanData| {
        let parent = span.parent_span_id.to_bytes();
        known
            .binary_search_by_key(&parent, |id| id.to_bytes())
            .is_err()
    };
    let mut by_parent: Vec<&SpanData> = spans.iter().filter(|span| !is_root(span)).collect();
    by_parent.sort_by_key(|span| span.parent_span_id.to_bytes());
    spans
        .iter()
        .filter(is_root)
        .map(|root| grow(root, &by_parent))
        .collect()
}

fn grow<'a>(span: &'a SpanData, by_parent: &[&'a SpanData]) -> Tree<'a> {
    let id = span.span_context.span_id().to_bytes();
    let first = by_parent.partition_point(|child| child.parent_span_id.to_bytes() < id);
    let children = by_parent[first..]
        .iter()
        .take_while(|child| child.parent_span_id.to_bytes() == id)
        .map(|child| grow(child, by_parent))
        .collect();
    Tree { span, children }
}
