//! Reads the numbers and texts of a record.

/// A text in a record. It was written as UTF-8, which is only checked where a `str` is needed.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    #[cfg(feature = "otlp")]
    pub(crate) fn of(text: &'a str) -> Text<'a> {
        Text(text.as_bytes())
    }

    #[inline]
    pub(super) fn from_record(bytes: &'a [u8]) -> Text<'a> {
        Text(bytes)
    }

    #[inline]
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    #[inline]
    pub(crate) fn as_str(self) -> &'a str {
        std::str::from_utf8(self.0).unwrap_or_default()
    }
}

/// Reads a record from front to back, without allocating. Returns `None` at its end.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    /// The keys of the call site, which indexed attributes refer to.
    pub(super) keys: &'static [&'static str],
}

impl<'a> Reader<'a> {
    /// Creates a reader of bytes without indexed attributes.
    pub(crate) fn of(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, keys: &[] }
    }

    #[inline]
    pub(super) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*byte)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*array)
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.array()?))
    }

    #[inline]
    pub(super) fn text(&mut self) -> Option<Text<'a>> {
        let length = self.number()?;
        Some(Text::from_record(self.take(length as usize)?))
    }
}
