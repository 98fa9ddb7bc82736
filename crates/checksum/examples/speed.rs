//! How fast the hashers are on this machine: `cargo run --release -p filechute-checksum --example speed`.
//!
//! To see what they do when compiled for size, set `CARGO_PROFILE_RELEASE_OPT_LEVEL=z`. The last column compares with
//! CRC64NVME one byte at a time, so that figures from different machines can be set side by side.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "it runs on the desk of whoever changes this"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use filechute_checksum::{Algorithm, Hasher};
use sha2::Digest;

const LENGTH: usize = 1 << 20;
const FOR_AT_LEAST: Duration = Duration::from_millis(600);

fn main() {
    let data: Vec<u8> = (0..LENGTH).map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let base = speed(&data, bytewise);
    println!("{:<22}{base:>7.0} MB/s   1.0", "bytewise");
    for algorithm in Algorithm::ALL {
        line(algorithm.name(), base, &data, |data| {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(data);
            black_box(hasher.finish());
        });
    }
    line("crate crc64fast-nvme", base, &data, |data| {
        let mut digest = crc64fast_nvme::Digest::new();
        digest.write(data);
        black_box(digest.sum64());
    });
    line("crate sha2", base, &data, |data| {
        black_box(sha2::Sha256::digest(data));
    });
    line("crate crc32c", base, &data, |data| {
        black_box(crc32c::crc32c(data));
    });
}

fn line(name: &str, base: f64, data: &[u8], hash: impl Fn(&[u8])) {
    let speed = speed(data, hash);
    println!("{name:<22}{speed:>7.0} MB/s{:>6.1}", speed / base);
}

/// The best of several runs: what disturbs a run only ever makes it slower.
fn speed(data: &[u8], hash: impl Fn(&[u8])) -> f64 {
    let start = Instant::now();
    let mut best = Duration::MAX;
    while start.elapsed() < FOR_AT_LEAST {
        let run = Instant::now();
        hash(black_box(data));
        best = best.min(run.elapsed());
    }
    data.len() as f64 / best.as_secs_f64() / 1e6
}

/// The textbook's table of 256 entries.
fn bytewise(data: &[u8]) {
    let table: Vec<u64> = (0..256_u64)
        .map(|byte| (0..8).fold(byte, |entry, _| (entry >> 1) ^ (0x9a6c_9329_ac4b_c9b5 * (entry & 1))))
        .collect();
    let crc = data.iter().fold(u64::MAX, |crc, byte| (crc >> 8) ^ table[usize::from(crc as u8 ^ byte)]);
    black_box(!crc);
}
