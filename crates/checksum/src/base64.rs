//! Base64 of RFC 4648, section 4, with padding: as much of it as digests need.

use alloc::string::String;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bits on their way from groups of eight to groups of six, or back.
#[derive(Default)]
struct Bits {
    bits: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u8, width: u32) {
        self.bits = self.bits.wrapping_shl(width) | u32::from(value);
        self.count = self.count.saturating_add(width);
    }

    /// The oldest bits, once there are so many.
    fn pop(&mut self, width: u32) -> Option<u8> {
        self.count = self.count.checked_sub(width)?;
        let mask = u8::MAX.wrapping_shr(8_u32.saturating_sub(width));
        self.bits.wrapping_shr(self.count).to_le_bytes().first().map(|byte| byte & mask)
    }
}

/// The text for these bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(44);
    let mut bits = Bits::default();
    for byte in bytes {
        bits.push(*byte, 8);
        while let Some(six) = bits.pop(6) {
            text.push(letter(six));
        }
    }
    if bits.count > 0 {
        bits.push(0, 6);
        text.extend(bits.pop(6).map(letter));
    }
    while text.len() & 3 != 0 {
        text.push('=');
    }
    text
}

/// Decodes into `bytes` and says how many there were; none when the text is not what `encode` makes, or too long.
pub(crate) fn decode(text: &str, bytes: &mut [u8]) -> Option<usize> {
    let mut letters = text;
    while let Some(rest) = letters.strip_suffix('=') {
        letters = rest;
    }
    if text.len() & 3 != 0 || text.len().saturating_sub(letters.len()) > 2 {
        return None;
    }
    let mut room = bytes.iter_mut();
    let mut bits = Bits::default();
    for letter in letters.bytes() {
        let six = ALPHABET.iter().position(|other| *other == letter)?;
        bits.push(u8::try_from(six).ok()?, 6);
        if let Some(byte) = bits.pop(8) {
            *room.next()? = byte;
        }
    }
    let unused = room.len();
    // Bits that fill up the last letter are zeroes.
    let filling = u32::MAX.wrapping_shl(bits.count);
    (bits.bits & !filling == 0).then_some(bytes.len().saturating_sub(unused))
}

fn letter(six: u8) -> char {
    ALPHABET.get(usize::from(six)).map_or('=', |letter| char::from(*letter))
}
