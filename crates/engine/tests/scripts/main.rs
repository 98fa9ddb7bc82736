//! One behaviour after the other, each as a script: what goes in, and exactly what must come out. `rig` has the grammar.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

mod bare;
mod completion;
mod deadlines;
mod doctor;
mod flow;
mod intake;
mod network;
mod owed;
mod parts;
mod queue;
mod resumed;
mod retries;
mod rig;
mod verbs;
mod waits;
