//! A hostile world per seed, thousands of them: late, lost, repeated and reordered answers, dead lines, sleeping machines,
//! and a person who presses everything. After each step the books (`books`) are compared with the engine.
//!
//! | variable | does |
//! |---|---|
//! | `FILECHUTE_SEED=7` | plays seed 7 alone and prints every step; `cargo xtask sim 7` is the same |
//! | `FILECHUTE_SEEDS=100000` | plays that many instead of 2,000 |
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

mod books;
mod faults;
mod person;
mod rng;
mod swarm;
mod world;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    books::Tally,
    swarm::{Act, Fault},
    world::{TRACE, World},
};

/// Steps of a failed run that are printed.
const SHOWN: usize = 60;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not `{text}`")))
}

/// Plays one seed and keeps every step.
fn traced(seed: u64) -> (bool, Vec<String>) {
    TRACE.set(Some(Vec::new()));
    let good = catch_unwind(AssertUnwindSafe(|| World::run(seed))).is_ok();
    (good, TRACE.take().unwrap())
}

/// Plays seeds on all cores; the first that fails, and what happened how often.
fn play(seeds: u64) -> (Option<u64>, BTreeMap<&'static str, u64>) {
    let (next, worst) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let worker = || {
        let mut all = Tally::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.min(worst.load(Ordering::Relaxed)) {
                return all;
            }
            match catch_unwind(AssertUnwindSafe(|| World::run(seed))) {
                Ok(tally) => tally.0.into_iter().for_each(|(what, n)| *all.0.entry(what).or_default() += n),
                Err(_) => {
                    worst.fetch_min(seed, Ordering::Relaxed);
                }
            }
        }
    };
    let mut sum = BTreeMap::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            worker.join().unwrap().0.into_iter().for_each(|(what, n)| *sum.entry(what).or_default() += n);
        }
    });
    (Some(worst.into_inner()).filter(|seed| *seed < u64::MAX), sum)
}

#[test]
fn hostile_worlds() {
    if let Some(seed) = number("FILECHUTE_SEED") {
        let (good, lines) = traced(seed);
        println!("{}", lines.join("\n"));
        assert!(good, "seed {seed} fails, see the last step above");
        return;
    }
    let seeds = number("FILECHUTE_SEEDS").unwrap_or(2_000);
    let (failed, tally) = play(seeds);
    if let Some(seed) = failed {
        let (_, lines) = traced(seed);
        println!("{}", lines[lines.len().saturating_sub(SHOWN)..].join("\n"));
        panic!("seed {seed} fails; replay it with: cargo xtask sim {seed}");
    }
    println!("{seeds} worlds: {tally:#?}");
    if seeds >= 1_000 {
        let outcomes = [
            "succeeded",
            "given up",
            "removed",
            "completed",
            "stalled",
            "retried",
            "signed again",
            "waited for the network",
            "diagnosed as CORS",
            "budget spent",
            "online",
            "offline",
        ];
        let faults = Fault::ALL.iter().map(|fault| fault.name());
        let acts = Act::ALL.iter().map(|act| act.name());
        for what in outcomes.into_iter().chain(faults).chain(acts) {
            assert!(tally.get(what).is_some_and(|n| *n >= 5), "{what} hardly ever happened: the worlds test nothing");
        }
    }
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in 0..20 {
        assert_eq!(traced(seed), traced(seed), "seed {seed}");
    }
}
