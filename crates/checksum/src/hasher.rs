//! Bytes in, a digest out.

use crate::crc::Crc;
use crate::sha256::Sha256;
use crate::table::Table;
use crate::{Algorithm, Digest};

/// A checksum under way. The bytes may come in pieces of any length.
#[derive(Debug, Clone)]
pub struct Hasher(State);

#[derive(Debug, Clone)]
enum State {
    Crc { algorithm: Algorithm, crc: &'static Crc, table: &'static Table, remainder: u64 },
    Sha256(Sha256),
}

impl Hasher {
    /// A hasher that has seen no byte. The first one of a CRC computes that CRC's table, which takes some microseconds.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match Crc::of(algorithm) {
            Some(crc) => State::Crc { algorithm, crc, table: crc.table(), remainder: crc.ones() },
            None => State::Sha256(Sha256::new()),
        })
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc { table, remainder, .. } => *remainder = table.update(*remainder, bytes),
            State::Sha256(sha256) => sha256.update(bytes),
        }
    }

    /// The checksum of all bytes so far.
    #[must_use]
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Crc { algorithm, crc, remainder, .. } => Digest::of_number(algorithm, remainder ^ crc.ones()),
            State::Sha256(sha256) => Digest::of_sha256(sha256.finish()),
        }
    }
}
