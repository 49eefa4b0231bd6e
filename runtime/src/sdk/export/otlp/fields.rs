//! The fields of a span, as OTLP numbers them.

use super::wire::{bytes, fixed32, fixed64, number};

/// The field of a scope that holds a span.
pub(super) const SPAN: u8 = bytes(2);

// The fields of a span.
pub(super) const TRACE_ID: u8 = bytes(1);
pub(super) const SPAN_ID: u8 = bytes(2);
pub(super) const TRACE_STATE: u8 = bytes(3);
pub(super) const PARENT_ID: u8 = bytes(4);
pub(super) const NAME: u8 = bytes(5);
pub(super) const KIND: u8 = number(6);
pub(super) const START: u8 = fixed64(7);
pub(super) const END: u8 = fixed64(8);
pub(super) const ATTRIBUTE: u8 = bytes(9);
pub(super) const DROPPED_ATTRIBUTES: u8 = number(10);
pub(super) const EVENT: u8 = bytes(11);
pub(super) const DROPPED_EVENTS: u8 = number(12);
pub(super) const LINK: u8 = bytes(13);
pub(super) const DROPPED_LINKS: u8 = number(14);
pub(super) const STATUS: u8 = bytes(15);
/// The flags are field 16, whose tag takes two bytes.
pub(super) const FLAGS: [u8; 2] = [0x80 | fixed32(0), 1];

/// Returns the flags of a span or a link. The second byte says that it is known whether the parent,
/// or the target of the link, is in another process, and whether it is.
pub(super) fn remote_flags(flags: u8, is_remote: bool) -> [u8; 4] {
    const HAS_IS_REMOTE: u8 = 1;
    const IS_REMOTE: u8 = 2;
    let remote = if is_remote { IS_REMOTE } else { 0 };
    [flags, HAS_IS_REMOTE | remote, 0, 0]
}
