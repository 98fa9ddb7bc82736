//! Values as they cross: nothing, numbers, texts and lists of values, one after the other. JavaScript packs and unpacks
//! the same in `wire.js`.
//!
//! Both sides are ours, so a value of another kind than expected is a bug and not an attack; even so it reads as absent
//! and never stops the module.

const NOTHING: u8 = 0;
/// 8 bytes of a float follow, little-endian. Flags are 0 and 1.
const NUMBER: u8 = 1;
/// 4 bytes of a length follow, then as many of UTF-8.
const TEXT: u8 = 2;
/// 4 bytes of a count follow, then as many values.
const LIST: u8 = 3;

/// What comes next.
enum Value {
    Nothing,
    Number(f64),
    Text(String),
    List(u32),
}

/// Reads values from the beginning on.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.bytes.split_at_checked(count).unwrap_or_default();
        self.bytes = rest;
        taken
    }

    fn count(&mut self) -> u32 {
        self.take(4).try_into().map_or(0, u32::from_le_bytes)
    }

    #[inline(never)]
    fn next(&mut self) -> Value {
        match self.take(1) {
            [NUMBER] => Value::Number(self.take(8).try_into().map_or(0.0, f64::from_le_bytes)),
            [TEXT] => {
                let length = self.count() as usize;
                Value::Text(String::from_utf8(self.take(length).to_vec()).unwrap_or_default())
            }
            [LIST] => Value::List(self.count()),
            _ => Value::Nothing,
        }
    }

    pub(crate) fn number(&mut self) -> Option<f64> {
        if let Value::Number(number) = self.next() { Some(number) } else { None }
    }

    /// A whole number; `as` saturates.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(crate) fn whole(&mut self) -> Option<u64> {
        self.number().map(|number| number as u64)
    }

    pub(crate) fn size(&mut self) -> u64 {
        self.whole().unwrap_or_default()
    }

    pub(crate) fn small(&mut self) -> Option<u32> {
        self.whole().map(|number| u32::try_from(number).unwrap_or(u32::MAX))
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        self.number().map(|number| number != 0.0)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        if let Value::Text(text) = self.next() { Some(text) } else { None }
    }

    pub(crate) fn said(&mut self) -> String {
        self.text().unwrap_or_default()
    }

    /// A list of anything: `read` is called as often as it has entries, `None` when there is no list.
    pub(crate) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Option<Vec<T>> {
        let Value::List(count) = self.next() else { return None };
        let mut out = Vec::new();
        for _ in 0..count {
            if self.bytes.is_empty() {
                break;
            }
            out.push(read(self));
        }
        Some(out)
    }

    /// Entries of a list that is known to be there.
    pub(crate) fn enter(&mut self) -> bool {
        matches!(self.next(), Value::List(_))
    }

    /// A flat list of names and values.
    pub(crate) fn pairs(&mut self) -> Option<Vec<(String, String)>> {
        let texts = self.list(Self::said)?;
        let mut texts = texts.into_iter();
        let mut out = Vec::new();
        while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
            out.push((name, value));
        }
        Some(out)
    }
}

/// Writes values.
#[derive(Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn nothing(&mut self) {
        self.bytes.push(NOTHING);
    }

    #[inline(never)]
    pub(crate) fn number(&mut self, number: f64) {
        self.bytes.push(NUMBER);
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(crate) fn small(&mut self, number: u32) {
        self.number(f64::from(number));
    }

    /// Exact up to 2^53, which no file reaches.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn size(&mut self, number: u64) {
        self.number(number as f64);
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.small(u32::from(flag));
    }

    fn counted(&mut self, kind: u8, count: usize) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    #[inline(never)]
    pub(crate) fn text(&mut self, text: &str) {
        self.counted(TEXT, text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// The head of a list: so many values follow.
    pub(crate) fn list(&mut self, count: usize) {
        self.counted(LIST, count);
    }

    pub(crate) fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.nothing(),
        }
    }

    pub(crate) fn pairs<'a>(&mut self, pairs: impl ExactSizeIterator<Item = (&'a str, &'a str)>) {
        self.list(pairs.len().saturating_mul(2));
        for (name, value) in pairs {
            self.text(name);
            self.text(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let mut out = Writer::default();
        out.text("ключ 🤑");
        out.nothing();
        out.size(1 << 40);
        out.flag(true);
        out.pairs([("a", "1"), ("b", "")].into_iter());
        let mut read = Reader::new(&out.bytes);
        assert_eq!(read.text().as_deref(), Some("ключ 🤑"));
        assert_eq!(read.text(), None);
        assert_eq!(read.size(), 1 << 40);
        assert_eq!(read.flag(), Some(true));
        let pairs = read.pairs().unwrap();
        assert_eq!(pairs, [("a".to_owned(), "1".to_owned()), ("b".to_owned(), String::new())]);
        assert_eq!(read.number(), None);
    }

    #[test]
    fn nonsense_reads_as_absent() {
        for bytes in [
            &[LIST, 255, 255, 255, 255][..],
            &[TEXT, 9, 0, 0, 0, 1],
            &[NUMBER, 1],
            &[77],
            &[TEXT, 1, 0, 0, 0, 0xFF],
            &[],
        ] {
            assert!(Reader::new(bytes).list(Reader::number).unwrap_or_default().is_empty());
            assert_eq!(Reader::new(bytes).said(), "");
            assert_eq!(Reader::new(bytes).size(), 0);
        }
    }
}
