//! A finished checksum, and two of them made one.

use alloc::string::String;

use crate::crc::Crc;
use crate::{Algorithm, base64};

/// The value of a checksum.
///
/// Its bytes are in the order S3 has them: those of a CRC from the highest to the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: Algorithm,
    /// As many as the algorithm has, then zeroes.
    bytes: [u8; 32],
}

impl Digest {
    /// The value of a CRC.
    pub(crate) fn of_number(algorithm: Algorithm, number: u64) -> Self {
        // The bytes of a shorter number come first.
        let unused = 64_u32.saturating_sub(u32::try_from(algorithm.length()).unwrap_or(8).saturating_mul(8));
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(number.wrapping_shl(unused).to_be_bytes()) {
            *to = from;
        }
        Self { algorithm, bytes }
    }

    /// The value of a hash, filled up with zeroes.
    pub(crate) fn of_hash(algorithm: Algorithm, mut bytes: [u8; 32]) -> Self {
        for unused in bytes.iter_mut().skip(algorithm.length()) {
            *unused = 0;
        }
        Self { algorithm, bytes }
    }

    /// A digest from its bytes; none when there are too many or too few.
    #[must_use]
    pub fn from_bytes(algorithm: Algorithm, given: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        if given.len() != algorithm.length() {
            return None;
        }
        for (to, from) in bytes.iter_mut().zip(given) {
            *to = *from;
        }
        Some(Self { algorithm, bytes })
    }

    /// The algorithm it was made with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its bytes: 8, 4, 32 or 16.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.algorithm.length()).unwrap_or_default()
    }

    /// Whether an object's or a part's `ETag` says the same: without quotes, in hexadecimal digits. Only of an MD5, and `None`
    /// when it is no MD5 that the store says, or the digest is none.
    ///
    /// An `ETag` looks like an MD5 and is none where the store encrypts by KMS or with a customer's key
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>).
    #[must_use]
    pub fn is_etag(&self, etag: &str) -> Option<bool> {
        let digits = etag.as_bytes().as_chunks::<2>();
        if self.algorithm != Algorithm::Md5 || etag.len() != 32 {
            return None;
        }
        let mut same = true;
        for ([high, low], byte) in digits.0.iter().zip(self.bytes()) {
            let digit = |letter: u8| char::from(letter).to_digit(16);
            same &= digit(*high)? == u32::from(byte >> 4) && digit(*low)? == u32::from(byte & 15);
        }
        Some(same)
    }

    /// The text S3 sends and receives: base64 with padding.
    #[must_use]
    pub fn base64(&self) -> String {
        base64::encode(self.bytes())
    }

    /// Reads what S3 or [`Self::base64`] wrote.
    ///
    /// None for anything else, the value of parts among it: that has the number of parts at its end, as in `…==-3`.
    #[must_use]
    pub fn from_base64(algorithm: Algorithm, text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let length = base64::decode(text, &mut bytes)?;
        (length == algorithm.length()).then_some(Self { algorithm, bytes })
    }

    /// The value of a CRC as a number.
    fn number(&self) -> u64 {
        self.bytes().iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }
}

/// The checksum of two texts in a row, from the checksum of each and the length of the second in bytes.
///
/// Takes some microseconds, however long the texts. None for SHA-256 and MD5, where there is no such way, and for two digests of
/// different algorithms.
#[must_use]
pub fn combine(first: &Digest, second: &Digest, second_length: u64) -> Option<Digest> {
    if first.algorithm != second.algorithm {
        return None;
    }
    let crc = Crc::of(first.algorithm)?;
    let number = crc.combine(first.number(), second.number(), second_length);
    Some(Digest::of_number(first.algorithm, number))
}
