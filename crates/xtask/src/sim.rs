//! `cargo xtask sim SEED`: replays one run of the engine's simulation, as a failed test names it.

use anyhow::Result;

use crate::place::Place;
use crate::run::run;
use crate::setup::rust;

/// Runs it with everything it prints.
pub(crate) fn sim(place: &Place, seed: &str) -> Result<()> {
    let rust = rust::toolchain(place)?;
    let mut cargo = rust.cargo(place);
    cargo.args(["test", "--package", "filechute-engine", "--test", "simulation", "--", "--nocapture"]);
    run(cargo.env("FILECHUTE_SEED", seed))
}
