//! Against other implementations, and against themselves in pieces.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use filechute_checksum::{Algorithm, Digest, Hasher, combine};
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::Digest as _;

fn digest(algorithm: Algorithm, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

fn algorithms() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(&Algorithm::ALL[..])
}

fn crcs() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(&[Algorithm::Crc64Nvme, Algorithm::Crc32c][..])
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..600)
}

proptest! {
    #[test]
    fn others_agree(bytes in bytes()) {
        let mut other = crc64fast_nvme::Digest::new();
        other.write(&bytes);
        let [crc64, crc32] = [Algorithm::Crc64Nvme, Algorithm::Crc32c].map(|algorithm| digest(algorithm, &bytes));
        prop_assert_eq!(crc64.bytes(), &other.sum64().to_be_bytes());
        prop_assert_eq!(crc32.bytes(), &crc32c::crc32c(&bytes).to_be_bytes());
        let sha256 = Digest::from_bytes(Algorithm::Sha256, &sha2::Sha256::digest(&bytes));
        prop_assert_eq!(Some(digest(Algorithm::Sha256, &bytes)), sha256);
        let md5 = Digest::from_bytes(Algorithm::Md5, &md5::Md5::digest(&bytes));
        prop_assert_eq!(Some(digest(Algorithm::Md5, &bytes)), md5);
    }

    #[test]
    fn pieces_do_not_matter(algorithm in algorithms(), pieces in vec(vec(any::<u8>(), 0..90), 0..12)) {
        let mut hasher = Hasher::new(algorithm);
        pieces.iter().for_each(|piece| hasher.update(piece));
        prop_assert_eq!(hasher.finish(), digest(algorithm, &pieces.concat()));
    }

    #[test]
    fn combined_is_concatenated(algorithm in crcs(), first in bytes(), second in bytes(), third in bytes()) {
        let of = |bytes: &[u8]| digest(algorithm, bytes);
        let two = combine(&of(&first), &of(&second), second.len() as u64).unwrap();
        prop_assert_eq!(two, of(&[&first[..], &second].concat()));
        let three = combine(&two, &of(&third), third.len() as u64).unwrap();
        prop_assert_eq!(three, of(&[first, second, third].concat()));
    }

    /// Lengths no test could hash: it does not matter which two of three are combined first.
    #[test]
    fn combining_is_associative(
        algorithm in crcs(), a in bytes(), b in bytes(), c in bytes(),
        b_length in any::<u64>(), c_length in any::<u64>(),
    ) {
        let c_length = c_length.min(u64::MAX - b_length);
        let [a, b, c] = [a, b, c].map(|bytes| digest(algorithm, &bytes));
        let left = combine(&combine(&a, &b, b_length).unwrap(), &c, c_length);
        let right = combine(&a, &combine(&b, &c, c_length).unwrap(), b_length + c_length);
        prop_assert_eq!(left, right);
    }

    #[test]
    fn base64_as_others_write_it(algorithm in algorithms(), bytes in bytes()) {
        let digest = digest(algorithm, &bytes);
        let text = digest.base64();
        prop_assert_eq!(&text, &STANDARD.encode(digest.bytes()));
        prop_assert_eq!(Digest::from_base64(algorithm, &text), Some(digest));
        prop_assert_eq!(Digest::from_bytes(algorithm, digest.bytes()), Some(digest));
    }

    #[test]
    fn base64_as_others_read_it(algorithm in algorithms(), text in "[A-Ca-c/+=]{0,14}") {
        let other = STANDARD.decode(&text).ok().and_then(|bytes| Digest::from_bytes(algorithm, &bytes));
        prop_assert_eq!(Digest::from_base64(algorithm, &text), other);
    }

    #[test]
    fn any_text_is_read_without_a_panic(algorithm in algorithms(), text in any::<String>()) {
        let _ = Digest::from_base64(algorithm, &text);
    }
}

#[test]
fn nothing_to_combine() {
    let of = |algorithm| digest(algorithm, b"a");
    assert_eq!(combine(&of(Algorithm::Sha256), &of(Algorithm::Sha256), 1), None);
    assert_eq!(combine(&of(Algorithm::Crc32c), &of(Algorithm::Crc64Nvme), 1), None);
}

#[test]
fn not_a_digest() {
    let read = |text| Digest::from_base64(Algorithm::Crc32c, text);
    assert!(read("4waSgw==").is_some());
    // The value of an upload's parts; without padding; another filling; too short; too long; another alphabet.
    for text in ["4waSgw==-3", "4waSgw", "4waSgx==", "4waS", "4waSg4OD", "-waSgw==", "====", "", "4waS\u{e9}w=="] {
        assert_eq!(read(text), None, "{text}");
    }
}

/// Tables are shared: threads that start together fill them with the same numbers.
#[test]
fn threads_start_together() {
    let hash = || digest(Algorithm::Crc32c, b"123456789").base64();
    let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(hash)).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), "4waSgw==");
    }
}
