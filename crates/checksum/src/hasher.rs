//! Bytes in, a digest out.

use crate::blocks::Blocks;
use crate::crc::Crc;
use crate::table::Table;
use crate::{Algorithm, Digest, md5, sha256};

/// A checksum under way. The bytes may come in pieces of any length.
#[derive(Debug, Clone)]
pub struct Hasher(State);

#[derive(Debug, Clone)]
enum State {
    Crc { algorithm: Algorithm, crc: &'static Crc, table: &'static Table, remainder: u64 },
    Blocks { algorithm: Algorithm, blocks: Blocks },
}

impl Hasher {
    /// A hasher that has seen no byte. The first one of a CRC computes that CRC's table, which takes some microseconds.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match Crc::of(algorithm) {
            Some(crc) => State::Crc { algorithm, crc, table: crc.table(), remainder: crc.ones() },
            None if algorithm == Algorithm::Md5 => State::Blocks { algorithm, blocks: md5::start() },
            None => State::Blocks { algorithm, blocks: sha256::start() },
        })
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc { table, remainder, .. } => *remainder = table.update(*remainder, bytes),
            State::Blocks { blocks, .. } => blocks.update(bytes),
        }
    }

    /// The checksum of all bytes so far.
    #[must_use]
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Crc { algorithm, crc, remainder, .. } => Digest::of_number(algorithm, remainder ^ crc.ones()),
            State::Blocks { algorithm: Algorithm::Md5, blocks } => Digest::of_hash(Algorithm::Md5, md5::finish(blocks)),
            State::Blocks { algorithm, blocks } => Digest::of_hash(algorithm, sha256::finish(blocks)),
        }
    }
}
