//! Writes the attributes of a span into its record.

use opentelemetry::KeyValue;

use super::at_limit::MAX_BYTES;
use super::layout::tag;
use super::limits::Limits;
use super::write_values::Indexed;
use super::writer::Record;
use crate::attributes::ValueRef;
use crate::site::CallSite;

impl Record {
    /// Sets an attribute, unless the value is `None`.
    #[inline]
    pub(crate) fn attribute(&mut self, limits: &Limits, key: &str, value: &ValueRef<'_>) {
        if matches!(value, ValueRef::None) {
            return;
        }
        self.attribute_with(
            limits,
            || key,
            |record| {
                record.item(tag::ATTRIBUTE, key);
                record.value(limits, value);
            },
        );
    }

    /// Sets an attribute of the OpenTelemetry API.
    #[inline(never)]
    pub(crate) fn api_attribute(&mut self, limits: &Limits, attribute: &KeyValue) {
        let key = attribute.key.as_str();
        self.attribute_with(
            limits,
            || key,
            |record| {
                record.item(tag::ATTRIBUTE, key);
                record.owned_value(limits, &attribute.value);
            },
        );
    }

    /// Sets the attribute whose key the call site has at this index.
    #[inline]
    pub(crate) fn attribute_at(
        &mut self,
        limits: &Limits,
        site: &'static CallSite,
        index: u8,
        value: impl Indexed,
    ) {
        if self.has_room_at_once(limits, value.size(limits)) {
            value.write(self, limits, index);
            self.attributes += 1;
        } else {
            self.attribute_at_a_bound(limits, site, index, value);
        }
    }

    /// Returns `true` if an attribute of this size fits into the allocated memory, and within the
    /// limits without a look at the other attributes.
    #[inline]
    fn has_room_at_once(&self, limits: &Limits, size: Option<usize>) -> bool {
        let Some(size) = size else {
            return false;
        };
        let length = self.bytes.len();
        self.attributes < limits.attributes
            && length + size <= MAX_BYTES
            && self.bytes.capacity() - length >= size
    }

    #[cold]
    #[inline(never)]
    fn attribute_at_a_bound(
        &mut self,
        limits: &Limits,
        site: &'static CallSite,
        index: u8,
        value: impl Indexed,
    ) {
        let write = |record: &mut Record| value.write(record, limits, index);
        self.attribute_with(limits, || site.key(index), write);
    }

    /// Adds the attribute that `write` writes if the limits allow it. Otherwise, counts an
    /// attribute as dropped.
    #[inline]
    pub(crate) fn attribute_with<'k>(
        &mut self,
        limits: &Limits,
        key: impl FnOnce() -> &'k str,
        write: impl FnOnce(&mut Record),
    ) {
        if self.attributes >= limits.attributes && !self.has_room_for(limits, key()) {
            return;
        }
        let before = self.bytes.len();
        write(self);
        if self.bytes.len() <= MAX_BYTES || self.fits_compacted(before) {
            self.attributes += 1;
        } else {
            self.dropped_attributes += 1;
        }
    }
}
