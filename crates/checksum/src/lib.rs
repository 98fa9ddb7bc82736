//! The checksums that S3 takes from browsers: CRC64NVME, CRC32C, SHA-256 and MD5.
//!
//! [`Hasher`] takes bytes as they come, [`Digest`] is the result in the form S3 sends and receives, and [`combine`] makes
//! the checksum of a whole object out of those of its parts without reading a byte again. There is no I/O in here and,
//! apart from the text of a digest, no allocation.
//!
//! Everything is made to be small in WebAssembly, and fast only after that: the tables of the CRCs, 16 kB each, are not
//! part of the program but computed when first used, in microseconds. They are statics of atomics, so the target needs
//! those of 64 bits. Natively a crate that uses the processor's own instructions would be several times faster.
//!
//! ```
//! use filechute_checksum::{Algorithm, Hasher, combine};
//!
//! let hash = |bytes: &[u8]| {
//!     let mut hasher = Hasher::new(Algorithm::Crc64Nvme);
//!     hasher.update(bytes);
//!     hasher.finish()
//! };
//! assert_eq!(hash(b"123456789").base64(), "rosUhgp5mIg=");
//! assert_eq!(combine(&hash(b"12345"), &hash(b"6789"), 4), Some(hash(b"123456789")));
//! ```
#![no_std]

extern crate alloc;

mod algorithm;
mod base64;
mod blocks;
mod crc;
mod digest;
mod hasher;
mod md5;
mod sha256;
mod table;

pub use algorithm::Algorithm;
pub use digest::{Digest, combine};
pub use hasher::Hasher;
