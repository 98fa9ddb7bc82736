//! Published values.

use filechute_checksum::{Algorithm, Digest, Hasher};

fn digest(algorithm: Algorithm, bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

fn hex(digest: &Digest) -> String {
    digest.bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The "check" values of the catalogue of parametrised CRC algorithms, and of SHA-256 for the same text.
#[test]
fn check_values() {
    let of = |algorithm| hex(&digest(algorithm, b"123456789"));
    assert_eq!(of(Algorithm::Crc64Nvme), "ae8b14860a799888");
    assert_eq!(of(Algorithm::Crc32c), "e3069283");
    assert_eq!(of(Algorithm::Sha256), "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
}

/// NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.5, figure 122: 4,096 bytes each.
#[test]
fn nvm_express() {
    let of = |bytes: &[u8]| hex(&digest(Algorithm::Crc64Nvme, bytes));
    assert_eq!(of(&[0; 4096]), "6482d367eb22b64e");
    assert_eq!(of(&[0xff; 4096]), "c0ddba7302eca3ac");
    let rising: Vec<u8> = (0..=u8::MAX).cycle().take(4096).collect();
    assert_eq!(of(&rising), "3e729f5f6750449c");
    let falling: Vec<u8> = rising.iter().rev().copied().collect();
    assert_eq!(of(&falling), "9a2df64b8e9e517e");
}

/// RFC 3720, B.4. The RFC prints the bytes from the lowest; S3 sends them from the highest.
#[test]
fn rfc_3720() {
    let of = |bytes: &[u8]| hex(&digest(Algorithm::Crc32c, bytes));
    assert_eq!(of(&[0; 32]), "8a9136aa");
    assert_eq!(of(&[0xff; 32]), "62a8ab43");
    let rising: Vec<u8> = (0..32).collect();
    assert_eq!(of(&rising), "46dd794e");
    let falling: Vec<u8> = rising.iter().rev().copied().collect();
    assert_eq!(of(&falling), "113fdb5c");
}

/// The examples of FIPS 180-2, appendix B, and the empty text.
#[test]
fn fips_180() {
    let of = |bytes: &[u8]| hex(&digest(Algorithm::Sha256, bytes));
    assert_eq!(of(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(of(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(
        of(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
    assert_eq!(of(&[b'a'; 1_000_000]), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/// S3 shows these for an empty object.
#[test]
fn of_nothing() {
    let of = |algorithm| digest(algorithm, b"").base64();
    assert_eq!(of(Algorithm::Crc64Nvme), "AAAAAAAAAAA=");
    assert_eq!(of(Algorithm::Crc32c), "AAAAAA==");
    assert_eq!(of(Algorithm::Sha256), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

#[test]
fn names() {
    for algorithm in Algorithm::ALL {
        assert_eq!(algorithm.header(), format!("x-amz-checksum-{}", algorithm.name()));
        assert_eq!(algorithm.member(), format!("Checksum{}", algorithm.name().to_ascii_uppercase()));
        assert_eq!(Algorithm::from_name(&algorithm.name().to_ascii_uppercase()), Some(algorithm));
        assert_eq!(digest(algorithm, b"").bytes().len(), algorithm.length());
    }
    assert_eq!(Algorithm::from_name("crc32"), None);
}
