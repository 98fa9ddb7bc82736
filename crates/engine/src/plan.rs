//! How a file is cut into parts: a pure function of its size (AWS, "Amazon S3 multipart upload limits",
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).

/// 1 MiB.
const MIB: u64 = 1 << 20;
/// Smallest part but the last.
pub const MIN_PART: u64 = 5 * MIB;
/// Largest part, and the most that one request may carry.
pub const MAX_PART: u64 = 5 << 30;
/// Highest part number.
pub const MAX_PARTS: u64 = 10_000;
/// Part size where nothing better is known.
const USUAL_PART: u64 = 8 * MIB;
/// Largest part that the speed of the line alone asks for: what a broken connection costs at most.
const LARGEST_WISH: u64 = 64 * MIB;
/// A part should keep its connection busy for about this long.
const PART_SECONDS: u64 = 6;
/// A part should be through within this long: it is what a broken connection costs.
const PATIENCE_SECONDS: u64 = 60;

/// Equal parts but the last, as R2 wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Size of the file.
    pub size: u64,
    /// Bytes of every part but the last, which has the rest.
    pub part_size: u64,
    /// How many parts; at least one.
    pub count: u32,
}

impl Plan {
    /// Cuts `size` bytes into parts of about `wish` bytes; the limits of S3 win. `None` for what no multipart upload can
    /// hold: nothing at all, or more than 10,000 parts of 5 GiB.
    #[must_use]
    pub fn new(size: u64, wish: Option<u64>) -> Option<Self> {
        if size == 0 {
            return None;
        }
        let least = size.div_ceil(MAX_PARTS).div_ceil(MIB).saturating_mul(MIB);
        if least > MAX_PART {
            return None;
        }
        let part_size = wish.unwrap_or(USUAL_PART).clamp(MIN_PART, MAX_PART).max(least);
        let count = u32::try_from(size.div_ceil(part_size)).ok()?;
        Some(Self { size, part_size, count })
    }

    /// The part size for a line of `speed` bytes a second shared by `at_once` requests: long enough that the pauses
    /// between parts do not matter, short enough that a broken connection costs little.
    #[must_use]
    pub fn wish(speed: u64, at_once: u64) -> Option<u64> {
        let share = speed.checked_div(at_once).filter(|share| *share > 0)?;
        let wish = share.saturating_mul(PART_SECONDS).div_ceil(MIB).saturating_mul(MIB);
        Some(wish.clamp(MIN_PART, LARGEST_WISH))
    }

    /// How many parts of that size a line of `speed` bytes a second is worth sharing among: more of them would only all be
    /// late together, and all be lost together. At least one; no bound while the speed is not known.
    #[must_use]
    pub fn at_once(speed: u64, part_size: u64) -> usize {
        if speed == 0 {
            return usize::MAX;
        }
        let parts = speed.saturating_mul(PATIENCE_SECONDS).checked_div(part_size).unwrap_or(1);
        usize::try_from(parts).unwrap_or(usize::MAX).max(1)
    }

    /// First byte and the byte after the last of a part; numbers start at 1. Empty for a number that is not in the plan.
    #[must_use]
    pub fn range(&self, number: u32) -> (u64, u64) {
        if number == 0 || number > self.count {
            return (0, 0);
        }
        let start = u64::from(number).saturating_sub(1).saturating_mul(self.part_size);
        (start.min(self.size), start.saturating_add(self.part_size).min(self.size))
    }

    /// Bytes of a part.
    #[must_use]
    pub fn length(&self, number: u32) -> u64 {
        let (start, end) = self.range(number);
        end.saturating_sub(start)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_and_counts_of_the_table() {
        for (size, part, count) in [
            (1 << 30, 5 * MIB, 205),
            (10_000 * 5 * MIB, 5 * MIB, 10_000),
            (100 << 30, 11 * MIB, 9_310),
            (1 << 40, 105 * MIB, 9_987),
            (5 << 40, 525 * MIB, 9_987),
            (10_000 * MAX_PART, MAX_PART, 10_000),
        ] {
            let plan = Plan::new(size, Some(1)).unwrap();
            assert_eq!((plan.part_size, plan.count), (part, count), "{size}");
        }
        assert_eq!(Plan::new(0, None), None);
        assert_eq!(Plan::new(10_000 * MAX_PART + 1, None), None);
        assert_eq!(Plan::new(u64::MAX, None), None);
        assert_eq!(Plan::wish(0, 6), None);
        assert_eq!(Plan::wish(12 * MIB, 6), Some(12 * MIB));
        assert_eq!(Plan::wish(u64::MAX, 1), Some(LARGEST_WISH));
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_part_and_every_part_is_allowed(
            size in prop_oneof![1..100 * MIB, 1..(48_u64 << 40)],
            wish in prop::option::of(any::<u64>()),
        ) {
            let plan = Plan::new(size, wish).unwrap();
            prop_assert!((1..=MAX_PARTS).contains(&u64::from(plan.count)));
            prop_assert!((MIN_PART..=MAX_PART).contains(&plan.part_size));
            let mut next = 0;
            for number in 1..=plan.count {
                let (start, end) = plan.range(number);
                prop_assert_eq!(start, next);
                prop_assert!(end > start);
                prop_assert!(number == plan.count || end - start == plan.part_size);
                next = end;
            }
            prop_assert_eq!(next, size);
            prop_assert_eq!(plan.range(0), (0, 0));
            prop_assert_eq!(plan.length(plan.count + 1), 0);
        }
    }
}
