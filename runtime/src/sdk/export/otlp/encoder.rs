//! Collects the spans of a request, by their scopes.

use std::mem;

use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::Resource;

use super::request::Request;
use super::span;
use super::template::Template;
use super::values;
use super::wire::{self, bytes};
use crate::sdk::export::writer::LARGEST_BATCH;
use crate::sdk::record::Ended;
use crate::sdk::sampling::Kept;
use crate::sdk::scopes::Scopes;
use crate::site;

// The fields of a request, of its `ResourceSpans`, and of its `ScopeSpans`.
const RESOURCE_SPANS: u8 = bytes(1);
const RESOURCE: u8 = bytes(1);
const SCOPE_SPANS: u8 = bytes(2);
const SCOPE: u8 = bytes(1);
const SCHEMA_URL: u8 = bytes(3);

/// The maximum size of a message's tag and length.
const HEAD: usize = 1 + 10;
/// The maximum factor by which encoding enlarges a record, which a list of booleans reaches.
const GROWTH: usize = 4;
/// The maximum number of buffers that are kept for later spans.
const SPARE: usize = 4;
/// The maximum total size of these buffers, in bytes.
const SPARE_BYTES: usize = 1024 * 1024;
/// The size in bytes above which the buffer `behind` is freed after a request.
const BEHIND_BYTES: usize = 64 * 1024;

/// Encodes spans, until they are taken as a request.
#[derive(Default)]
pub(super) struct Encoder {
    /// The resource, encoded as a field.
    resource: Vec<u8>,
    /// The URL of the resource's schema, encoded as a field.
    schema: Vec<u8>,
    /// The scopes, by their numbers.
    scopes: Vec<Scope>,
    /// The numbers of the scopes that have spans.
    used: Vec<usize>,
    /// The templates, by the numbers of their call sites.
    templates: Vec<Template>,
    /// The fields that follow the attributes of the span that is being encoded.
    behind: Vec<u8>,
    spare: Vec<Vec<u8>>,
    spans: usize,
    /// The maximum size of the request so far, in bytes, without the resource's schema.
    bytes: usize,
}

/// A scope, and its spans.
struct Scope {
    /// The scope itself, encoded as a field.
    head: Box<[u8]>,
    /// The URL of the scope's schema, encoded as a field.
    schema: Box<[u8]>,
    /// The spans, preceded by free room for what a request has before the spans of its first scope.
    spans: Vec<u8>,
    /// The size of this free room, in bytes.
    room: usize,
}

impl Encoder {
    pub(super) fn set_resource(&mut self, resource: &Resource) {
        self.resource.clear();
        wire::message(&mut self.resource, RESOURCE, |out| {
            for (key, value) in resource {
                let attribute = KeyValue::new(key.clone(), value.clone());
                values::api_attribute(out, bytes(1), &attribute);
            }
        });
        self.schema = schema(resource.schema_url());
    }

    /// Returns `true` if the request has room for this span, and for its scope if that is not used
    /// yet. A request without spans has room for any span.
    pub(super) fn has_room_for(&mut self, span: Ended<'_>, scopes: &Scopes) -> bool {
        self.know_scope(span, scopes);
        let scope = self.scopes.get(span.scope() as usize);
        let new = scope.filter(|scope| scope.spans.is_empty());
        let more = new.map_or(0, Scope::size_around) + GROWTH * span.bytes().len();
        self.spans == 0 || self.bytes + self.schema.len() + more <= LARGEST_BATCH
    }

    pub(super) fn add(&mut self, span: Ended<'_>, kept: Option<Kept>, scopes: &Scopes) {
        let number = span.scope() as usize;
        self.know_scope(span, scopes);
        if span.site() as usize >= self.templates.len() {
            self.learn_sites();
        }
        let Some(scope) = self.scopes.get_mut(number) else {
            return;
        };
        let Some(template) = self.templates.get_mut(span.site() as usize) else {
            return;
        };
        if scope.spans.is_empty() {
            scope.spans = self.spare.pop().unwrap_or_default();
            scope.spans.resize(scope.room, 0);
            self.used.push(number);
            self.bytes += scope.size_around();
        }
        let before = scope.spans.len();
        span::put(&mut scope.spans, &mut self.behind, span, template, kept);
        self.bytes += scope.spans.len() - before;
        self.spans += 1;
    }

    #[inline]
    fn know_scope(&mut self, span: Ended<'_>, scopes: &Scopes) {
        if span.scope() as usize >= self.scopes.len() {
            self.learn_scopes(scopes);
        }
    }

    #[cold]
    fn learn_scopes(&mut self, scopes: &Scopes) {
        for scope in scopes.since(self.scopes.len()) {
            self.scopes.push(Scope::new(&scope, self.resource.len()));
        }
    }

    #[cold]
    fn learn_sites(&mut self) {
        if self.templates.is_empty() {
            self.templates.push(Template::default());
        }
        let sites = site::call_sites();
        let new = &sites[self.templates.len() - 1..];
        self.templates
            .extend(new.iter().map(|site| Template::of(site)));
    }

    /// Takes all spans as one request, if there are any. The request is built in the buffer of the
    /// first scope, whose free room takes what comes before its spans.
    pub(super) fn take(&mut self) -> Option<Request> {
        let used = mem::take(&mut self.used);
        let (first, others) = used.split_first()?;
        let front = self.front(*first, &used);
        let mut request = self.scopes[*first].take();
        let start = self.scopes[*first].room - front.len();
        request[start..start + front.len()].copy_from_slice(&front);
        request.extend_from_slice(&self.scopes[*first].schema);
        for other in others {
            let scope = &mut self.scopes[*other];
            scope.put_head(&mut request);
            let spans = scope.take();
            request.extend_from_slice(&spans[scope.room..]);
            request.extend_from_slice(&scope.schema);
            self.give_back(spans);
        }
        request.extend_from_slice(&self.schema);
        self.bytes = 0;
        if self.behind.capacity() > BEHIND_BYTES {
            self.behind = Vec::new();
        }
        Some(Request {
            bytes: request,
            start,
            spans: mem::take(&mut self.spans),
        })
    }

    /// Returns what comes before the spans of the first scope that is used.
    fn front(&self, first: usize, used: &[usize]) -> Vec<u8> {
        let sizes = used.iter().map(|scope| self.scopes[*scope].size());
        let scopes: usize = sizes.map(wire::size_of_field).sum();
        let mut front = Vec::with_capacity(self.scopes[first].room);
        front.push(RESOURCE_SPANS);
        wire::put_length(&mut front, self.resource.len() + scopes + self.schema.len());
        front.extend_from_slice(&self.resource);
        self.scopes[first].put_head(&mut front);
        front
    }

    /// Keeps the memory of a request that was sent, unless it is too large or enough is kept
    /// already.
    pub(super) fn give_back(&mut self, mut memory: Vec<u8>) {
        let kept: usize = self.spare.iter().map(Vec::capacity).sum();
        if self.spare.len() < SPARE && kept + memory.capacity() <= SPARE_BYTES {
            memory.clear();
            self.spare.push(memory);
        }
    }
}

impl Scope {
    fn new(scope: &InstrumentationScope, resource: usize) -> Scope {
        let mut head = Vec::new();
        wire::message(&mut head, SCOPE, |out| {
            wire::field(out, bytes(1), scope.name().as_bytes());
            if let Some(version) = scope.version() {
                wire::field(out, bytes(2), version.as_bytes());
            }
            for attribute in scope.attributes() {
                values::api_attribute(out, bytes(3), attribute);
            }
        });
        Scope {
            room: resource + head.len() + 2 * HEAD,
            schema: schema(scope.schema_url()).into(),
            head: head.into(),
            spans: Vec::new(),
        }
    }

    /// Returns the maximum size of what is around the scope's spans. Each scope counts the
    /// resource, since each takes the memory for it.
    fn size_around(&self) -> usize {
        self.room + self.schema.len()
    }

    /// Returns the size of the scope's message.
    fn size(&self) -> usize {
        self.head.len() + self.spans.len() - self.room + self.schema.len()
    }

    /// Appends what comes before the scope's spans.
    fn put_head(&self, out: &mut Vec<u8>) {
        out.push(SCOPE_SPANS);
        wire::put_length(out, self.size());
        out.extend_from_slice(&self.head);
    }

    fn take(&mut self) -> Vec<u8> {
        mem::take(&mut self.spans)
    }
}

fn schema(url: Option<&str>) -> Vec<u8> {
    let mut field = Vec::new();
    if let Some(url) = url {
        wire::field(&mut field, SCHEMA_URL, url.as_bytes());
    }
    field
}
