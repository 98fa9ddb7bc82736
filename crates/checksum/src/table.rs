//! The lookup tables of a CRC, computed when first asked for.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Tables for "slicing by 8" (Kounavis and Berry, 2005): `rows[k][b]` is what the byte `b` does to the remainder once `k`
/// more bytes have followed it.
///
/// A static one lies in memory that starts as zeroes and so weighs nothing in a download. The entries are atomics because
/// that is how a static is filled without `unsafe` and without std; relaxed loads are plain loads on x86, Arm, and
/// WebAssembly without threads. Two threads may both fill it, with the same numbers.
#[derive(Debug)]
pub(crate) struct Table {
    polynomial: u64,
    filled: AtomicBool,
    rows: [Row; 8],
}

type Row = [AtomicU64; 256];

impl Table {
    /// An empty table for a polynomial with its bits reversed: the lowest bit is the highest power but one.
    pub(crate) const fn new(polynomial: u64) -> Self {
        let rows = [const { [const { AtomicU64::new(0) }; 256] }; 8];
        Self { polynomial, filled: AtomicBool::new(false), rows }
    }

    /// The table with its entries.
    pub(crate) fn filled(&'static self) -> &'static Self {
        if !self.filled.load(Ordering::Acquire) {
            self.fill();
            self.filled.store(true, Ordering::Release);
        }
        self
    }

    #[cold]
    fn fill(&self) {
        for byte in 0..=u8::MAX {
            let mut entry = u64::from(byte);
            for _ in 0..8 {
                entry = times_x(entry, self.polynomial);
            }
            store(&self.rows[0], byte, entry);
        }
        for byte in 0..=u8::MAX {
            let mut entry = load(&self.rows[0], byte);
            for row in &self.rows[1..] {
                entry = self.after_zero(entry);
                store(row, byte, entry);
            }
        }
    }

    fn after_zero(&self, remainder: u64) -> u64 {
        (remainder >> 8) ^ load(&self.rows[0], low(remainder))
    }

    /// The remainder after some more bytes.
    pub(crate) fn update(&self, mut remainder: u64, bytes: &[u8]) -> u64 {
        let [r0, r1, r2, r3, r4, r5, r6, r7] = &self.rows;
        let (words, rest) = bytes.as_chunks();
        for word in words {
            let x = remainder ^ u64::from_le_bytes(*word);
            remainder = load(r7, low(x))
                ^ load(r6, low(x >> 8))
                ^ load(r5, low(x >> 16))
                ^ load(r4, low(x >> 24))
                ^ load(r3, low(x >> 32))
                ^ load(r2, low(x >> 40))
                ^ load(r1, low(x >> 48))
                ^ load(r0, low(x >> 56));
        }
        for byte in rest {
            remainder = self.after_zero(remainder ^ u64::from(*byte));
        }
        remainder
    }
}

/// A remainder times x, modulo the polynomial.
#[inline(always)]
pub(crate) const fn times_x(remainder: u64, polynomial: u64) -> u64 {
    (remainder >> 1) ^ (polynomial & (remainder & 1).wrapping_neg())
}

/// The lowest byte. Inlined even where everything is optimised for size, like the two below: they are the inner loop.
#[inline(always)]
const fn low(word: u64) -> u8 {
    word.to_le_bytes()[0]
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "a byte cannot be beyond 256 entries, and the compiler knows it")]
fn load(row: &Row, byte: u8) -> u64 {
    row[usize::from(byte)].load(Ordering::Relaxed)
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "a byte cannot be beyond 256 entries, and the compiler knows it")]
fn store(row: &Row, byte: u8, entry: u64) {
    row[usize::from(byte)].store(entry, Ordering::Relaxed);
}
