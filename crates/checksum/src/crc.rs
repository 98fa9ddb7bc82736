//! The two CRCs: reflected, with all bits set before the first byte and inverted after the last.

use crate::Algorithm;
use crate::table::{Table, times_x};

/// One of the CRCs. Both are computed in 64 bits; the upper half of the shorter one stays zero.
#[derive(Debug)]
pub(crate) struct Crc {
    width: u32,
    /// With its bits reversed.
    polynomial: u64,
    table: Table,
}

/// Polynomial 0xad93d23594c93659, from the NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4.
static CRC64_NVME: Crc = Crc::new(64, 0xad93_d235_94c9_3659_u64.reverse_bits());
/// Polynomial 0x1edc6f41, from RFC 3720, section 12.1.
static CRC32C: Crc = Crc::new(32, 0x1edc_6f41_u32.reverse_bits() as u64);

impl Crc {
    const fn new(width: u32, polynomial: u64) -> Self {
        Self { width, polynomial, table: Table::new(polynomial) }
    }

    /// The CRC of that name; none for SHA-256.
    pub(crate) fn of(algorithm: Algorithm) -> Option<&'static Self> {
        match algorithm {
            Algorithm::Crc64Nvme => Some(&CRC64_NVME),
            Algorithm::Crc32c => Some(&CRC32C),
            Algorithm::Sha256 | Algorithm::Md5 => None,
        }
    }

    /// Its table, ready for use.
    pub(crate) fn table(&'static self) -> &'static Table {
        self.table.filled()
    }

    /// All bits set: the remainder before the first byte, and what inverts it after the last.
    pub(crate) fn ones(&self) -> u64 {
        u64::MAX.wrapping_shr(64_u32.wrapping_sub(self.width))
    }

    /// The value of two texts in a row, from the value of each and the length of the second.
    ///
    /// As in zlib's `crc32_combine`: the bytes of the second text are so many multiplications by x of what came before, and
    /// the bits set at the start and inverted at the end cancel each other.
    pub(crate) fn combine(&self, first: u64, second: u64, length: u64) -> u64 {
        self.multiply(first, self.power(length)) ^ second
    }

    /// x to the power of 8 times `bytes`, modulo the polynomial, by repeated squaring.
    fn power(&self, mut bytes: u64) -> u64 {
        let one = self.one();
        // A reflected x is one shifted right, so x^8 is this.
        let mut square = one.wrapping_shr(8);
        let mut result = one;
        while bytes != 0 {
            if bytes & 1 != 0 {
                result = self.multiply(result, square);
            }
            square = self.multiply(square, square);
            bytes >>= 1;
        }
        result
    }

    /// The product of two polynomials, modulo this CRC's.
    fn multiply(&self, a: u64, mut b: u64) -> u64 {
        let mut product = 0;
        let mut bit = self.one();
        while bit != 0 {
            if a & bit != 0 {
                product ^= b;
            }
            b = times_x(b, self.polynomial);
            bit >>= 1;
        }
        product
    }

    /// The polynomial 1: reflected, the highest bit.
    fn one(&self) -> u64 {
        self.ones() ^ self.ones().wrapping_shr(1)
    }
}
