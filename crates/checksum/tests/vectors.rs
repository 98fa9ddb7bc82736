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

/// The "check" values of the catalogue of parametrised CRC algorithms, and of SHA-256 and MD5 for the same text.
#[test]
fn check_values() {
    let of = |algorithm| hex(&digest(algorithm, b"123456789"));
    assert_eq!(of(Algorithm::Crc64Nvme), "ae8b14860a799888");
    assert_eq!(of(Algorithm::Crc32c), "e3069283");
    assert_eq!(of(Algorithm::Sha256), "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
    assert_eq!(of(Algorithm::Md5), "25f9e794323b453885f5181f1b624d0b");
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

/// The test suite of RFC 1321, appendix A.5.
#[test]
fn rfc_1321() {
    let letters: String = ('A'..='Z').chain('a'..='z').chain('0'..='9').collect();
    let digits = "1234567890".repeat(8);
    for (text, value) in [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        (&letters, "d174ab98d277d9f5a5611c2c9f419d9f"),
        (&digits, "57edf4a22be3c955ac49da2e2107b67a"),
    ] {
        assert_eq!(hex(&digest(Algorithm::Md5, text.as_bytes())), value, "{text}");
    }
}

/// An `ETag` is an MD5 in hexadecimal digits, or it says nothing.
#[test]
fn etags() {
    let md5 = digest(Algorithm::Md5, b"abc");
    assert_eq!(md5.is_etag("900150983cd24fb0d6963f7d28e17f72"), Some(true));
    assert_eq!(md5.is_etag("900150983CD24FB0D6963F7D28E17F72"), Some(true));
    assert_eq!(md5.is_etag("900150983cd24fb0d6963f7d28e17f73"), Some(false));
    // Of parts; quoted; short; no digits; two bytes for a letter.
    for other in [
        "900150983cd24fb0d6963f7d28e17f72-3",
        "\"900150983cd24fb0d6963f7d28e17f72\"",
        "900150983cd24fb0d6963f7d28e17f7",
        "g00150983cd24fb0d6963f7d28e17f72",
        "\u{e9}0150983cd24fb0d6963f7d28e17f72",
        "",
    ] {
        assert_eq!(md5.is_etag(other), None, "{other}");
    }
    assert_eq!(digest(Algorithm::Crc32c, b"abc").is_etag("900150983cd24fb0d6963f7d28e17f72"), None);
}

/// S3 shows these for an empty object.
#[test]
fn of_nothing() {
    let of = |algorithm| digest(algorithm, b"").base64();
    assert_eq!(of(Algorithm::Crc64Nvme), "AAAAAAAAAAA=");
    assert_eq!(of(Algorithm::Crc32c), "AAAAAA==");
    assert_eq!(of(Algorithm::Sha256), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(of(Algorithm::Md5), "1B2M2Y8AsgTpgAmY7PhCfg==");
}

#[test]
fn names() {
    for algorithm in Algorithm::ALL {
        let header = format!("x-amz-checksum-{}", algorithm.name());
        assert_eq!(algorithm.header(), if algorithm == Algorithm::Md5 { "content-md5" } else { &header });
        assert_eq!(algorithm.member(), format!("Checksum{}", algorithm.name().to_ascii_uppercase()));
        assert_eq!(Algorithm::from_name(&algorithm.name().to_ascii_uppercase()), Some(algorithm));
        assert_eq!(digest(algorithm, b"").bytes().len(), algorithm.length());
    }
    assert_eq!(Algorithm::from_name("crc32"), None);
}
