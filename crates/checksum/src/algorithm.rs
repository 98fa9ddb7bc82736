//! The algorithms by the names they have at S3.

/// An algorithm that S3 verifies a body with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// CRC-64/NVME: S3's own default, and the only one here whose value for a whole multipart object every store gives.
    Crc64Nvme,
    /// CRC-32C (Castagnoli, iSCSI).
    Crc32c,
    /// SHA-256 (FIPS 180-4). Values of parts cannot be combined.
    Sha256,
    /// MD5 (RFC 1321): what the `ETag` of an object or part is, unless the store encrypts by KMS or with a customer's key. For
    /// stores and addresses without checksums of their own. Values of parts cannot be combined.
    Md5,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Crc64Nvme, Self::Crc32c, Self::Sha256, Self::Md5];

    /// The name in headers and options, such as `crc64nvme`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "crc64nvme",
            Self::Crc32c => "crc32c",
            Self::Sha256 => "sha256",
            Self::Md5 => "md5",
        }
    }

    /// The algorithm of that [name](Self::name), in any case: S3 writes `CRC64NVME` in XML.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// The request and response header with the value, such as `x-amz-checksum-crc64nvme`. That of MD5 is `content-md5`, of
    /// requests only.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Sha256 => "x-amz-checksum-sha256",
            Self::Md5 => "content-md5",
        }
    }

    /// The XML element and JSON member with the value, such as `ChecksumCRC64NVME`.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Sha256 => "ChecksumSHA256",
            Self::Md5 => "ChecksumMD5",
        }
    }

    /// The length of a digest in bytes: 8, 4, 32 or 16.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Crc64Nvme => 8,
            Self::Crc32c => 4,
            Self::Sha256 => 32,
            Self::Md5 => 16,
        }
    }
}
