//! The part plan: whole, without gap or overlap, within S3's limits, for any size and wish.
#![no_main]

use filechute_engine::{MAX_PART, MAX_PARTS, MIN_PART, Plan};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};

#[derive(Arbitrary, Debug)]
struct Input {
    size: u64,
    /// Sizes by bits, so that small ones are tried as often as huge ones.
    shift: u8,
    wish: Option<u64>,
    speed: u64,
    at_once: u64,
    number: u32,
}

fuzz_target!(|input: Input| {
    let size = input.size >> (input.shift % 64);
    let by_speed = Plan::wish(input.speed, input.at_once);
    assert!(by_speed.is_none_or(|wish| (MIN_PART..=64 << 20).contains(&wish)));
    for wish in [input.wish, by_speed] {
        let Some(plan) = Plan::new(size, wish) else {
            assert!(size == 0 || size > MAX_PARTS * MAX_PART);
            continue;
        };
        assert!((MIN_PART..=MAX_PART).contains(&plan.part_size) && (1..=MAX_PARTS).contains(&u64::from(plan.count)));
        let mut end_before = 0;
        for number in 1..=plan.count {
            let (start, end) = plan.range(number);
            assert!(start == end_before && end > start);
            assert!(number == plan.count || end - start == plan.part_size);
            assert_eq!(plan.length(number), end - start);
            end_before = end;
        }
        assert_eq!(end_before, size);
        for outside in [0, plan.count + 1, input.number.max(plan.count + 1)] {
            assert_eq!(plan.length(outside), 0);
        }
        assert_eq!(Plan::new(size, Some(plan.part_size)), Some(plan), "a plan asked for again is the same");
    }
});
