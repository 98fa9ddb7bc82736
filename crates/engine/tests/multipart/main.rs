//! Files in parts in a hostile world per seed: lost, late and repeated answers, uploads that the store forgot, lists that
//! differ, dead lines, sleeping machines, and a person who presses everything. The store keeps which bytes each part truly
//! has, so that a success can be checked against the object.
//!
//! | | invariant |
//! |---|---|
//! | I1 | success means that the object has the file's bytes, every one once and in order |
//! | | one object for each file, but for one more after each failure that said "unconfirmed", and after each page that came
//! | | back in the middle of a completion |
//! | I2 | one end for each file of each upload, one `Complete` for each upload |
//! | I4 | jobs in the air ≤ limit |
//! | I5 | bytes shown never exceed the file, 100 % means done |
//! | I7 | no address is used after its end |
//! | I8 | after removal no upload is left at the store, but those whose id never arrived or whose abort failed three times |
//! | I9 | when the faults stop everything finishes |
//!
//! `FILECHUTE_SEED` and `FILECHUTE_SEEDS` as in the other simulation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

#[path = "../simulation/rng.rs"]
#[allow(dead_code)]
mod rng;
mod world;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::world::{TRACE, World};

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn hostile_worlds() {
    if let Some(seed) = number("FILECHUTE_SEED") {
        TRACE.set(Some(Vec::new()));
        let good = catch_unwind(AssertUnwindSafe(|| World::run(seed))).is_ok();
        println!("{}", TRACE.take().unwrap().join("\n"));
        assert!(good, "seed {seed} fails, see the last step above");
        return;
    }
    let seeds = number("FILECHUTE_SEEDS").unwrap_or(2_000);
    let mut sum: BTreeMap<&'static str, u64> = BTreeMap::new();
    for seed in 0..seeds {
        match catch_unwind(AssertUnwindSafe(|| World::run(seed))) {
            Ok(tally) => tally.into_iter().for_each(|(what, n)| *sum.entry(what).or_default() += n),
            Err(_) => {
                TRACE.set(Some(Vec::new()));
                let _ = catch_unwind(AssertUnwindSafe(|| World::run(seed)));
                let lines = TRACE.take().unwrap();
                println!("{}", lines[lines.len().saturating_sub(80)..].join("\n"));
                panic!("seed {seed} fails; replay it with: cargo xtask sim {seed}");
            }
        }
    }
    println!("{seeds} worlds: {sum:#?}");
    if seeds >= 1_000 {
        for what in [
            "succeeded",
            "given up",
            "unconfirmed",
            "restarted",
            "listed",
            "aborted at the store",
            "removed",
            "lost answer",
            "error",
            "slow",
            "expired",
            "no such upload",
            "invalid part",
            "silence",
            "resigned ahead",
            "damaged",
            "resumed",
            "reloaded",
            "verified",
        ] {
            assert!(sum.get(what).is_some_and(|n| *n >= 5), "{what} hardly ever happened: the worlds test nothing");
        }
    }
}
