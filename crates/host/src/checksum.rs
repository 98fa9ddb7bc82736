//! Checksums a browser announces and S3 verifies: names, shapes, and nothing that computes one.
//!
//! The host only passes a value on as a signed header, so that the store compares it with the bytes. It is never put
//! into a URL's query, where stores ignore it (or, with the AWS SDK's empty CRC32, refuse every file).
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html>

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::ApiError;

const PREFIX: &str = "x-amz-checksum-";

/// The algorithms filechute's browsers compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Crc64Nvme,
    Crc32c,
    Sha256,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 3] = [Self::Crc64Nvme, Self::Crc32c, Self::Sha256];

    /// Reads `crc64nvme`, `crc32c` or `sha256`, in any case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// As in the header's name and on filechute's wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "crc64nvme",
            Self::Crc32c => "crc32c",
            Self::Sha256 => "sha256",
        }
    }

    /// As in `x-amz-checksum-algorithm`.
    pub(crate) fn upper(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "CRC64NVME",
            Self::Crc32c => "CRC32C",
            Self::Sha256 => "SHA256",
        }
    }

    /// The request and response header.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// The XML element, and the JSON key of a part.
    pub(crate) fn element(self) -> &'static str {
        match self {
            Self::Crc64Nvme => "ChecksumCRC64NVME",
            Self::Crc32c => "ChecksumCRC32C",
            Self::Sha256 => "ChecksumSHA256",
        }
    }

    /// Whether a multipart upload is created with a checksum of the whole object. CRC64NVME has no other kind; the
    /// others are composite, which is all that R2 takes and what AWS assumes.
    pub(crate) fn is_full_object(self) -> bool {
        self == Self::Crc64Nvme
    }

    fn bytes(self) -> usize {
        match self {
            Self::Crc64Nvme => 8,
            Self::Crc32c => 4,
            Self::Sha256 => 32,
        }
    }
}

/// A value in Base64, of the length its algorithm has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checksum {
    pub(crate) algorithm: Algorithm,
    pub(crate) value: String,
}

impl Checksum {
    /// Checks the shape. A `+` that a client forgot to percent-encode arrives as a space and is taken back.
    pub(crate) fn parse(algorithm: Algorithm, text: &str) -> Result<Self, ApiError> {
        let value = text.trim_end().replace(' ', "+");
        let fits = BASE64_STANDARD.decode(&value).is_ok_and(|bytes| bytes.len() == algorithm.bytes());
        if !fits {
            return Err(ApiError::bad_request(format!(
                "s3: {} must be the Base64 of {} bytes",
                algorithm.header(),
                algorithm.bytes()
            )));
        }
        Ok(Self { algorithm, value })
    }

    /// The one `x-amz-checksum-…` among some pairs, if there is one.
    pub(crate) fn find<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Option<Self>, ApiError> {
        let mut found = None;
        for (algorithm, value) in named(pairs) {
            if found.is_some() {
                return Err(ApiError::bad_request("s3: one checksum is enough; S3 refuses several"));
            }
            found = Some(Self::parse(algorithm?, value)?);
        }
        Ok(found)
    }

    /// A comma list of `count` values, one for each part of a batch; an empty value leaves its part without one.
    pub(crate) fn find_list<'a>(
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
        count: usize,
    ) -> Result<Vec<Option<Self>>, ApiError> {
        let mut named = named(pairs);
        let Some((algorithm, list)) = named.next() else { return Ok(vec![None; count]) };
        let algorithm = algorithm?;
        let values = list.split(',').map(|value| match value.trim() {
            "" => Ok(None),
            _ => Self::parse(algorithm, value).map(Some),
        });
        let values = values.collect::<Result<Vec<_>, _>>()?;
        if values.len() != count || named.next().is_some() {
            return Err(ApiError::bad_request(format!(
                "s3: send one list of checksums, with a value for each of the {count} part numbers"
            )));
        }
        Ok(values)
    }

    /// Header name and value.
    pub(crate) fn pair(&self) -> (&'static str, &str) {
        (self.algorithm.header(), &self.value)
    }
}

/// The pairs that name a checksum. `x-amz-checksum-algorithm`, `-type` and `-mode` are none.
fn named<'a>(
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> impl Iterator<Item = (Result<Algorithm, ApiError>, &'a str)> {
    pairs.filter_map(|(name, value)| {
        let name = name
            .get(..PREFIX.len())
            .filter(|start| start.eq_ignore_ascii_case(PREFIX))
            .map(|_| &name[PREFIX.len()..])?;
        if ["algorithm", "type", "mode"].iter().any(|other| name.eq_ignore_ascii_case(other)) {
            return None;
        }
        let algorithm = Algorithm::parse(name)
            .ok_or_else(|| ApiError::bad_request("s3: this host signs the checksums crc64nvme, crc32c and sha256"));
        Some((algorithm, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_checked() {
        assert!(Checksum::parse(Algorithm::Crc64Nvme, "rosUhgp5mIg=").is_ok());
        assert_eq!(
            Checksum::parse(Algorithm::Crc32c, "4+ab/g==").unwrap(),
            Checksum::parse(Algorithm::Crc32c, "4 ab/g==").unwrap()
        );
        for (algorithm, bad) in [
            (Algorithm::Crc64Nvme, ""),
            (Algorithm::Crc64Nvme, "AAAAAA=="),
            (Algorithm::Sha256, "rosUhgp5mIg="),
            (Algorithm::Crc32c, "AAAAAA==\r\nx: y"),
            (Algorithm::Crc32c, "AAAAAA==-2"),
        ] {
            assert!(Checksum::parse(algorithm, bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn one_known_algorithm_at_a_time() {
        let find = |pairs: &[(&'static str, &'static str)]| Checksum::find(pairs.iter().copied());
        assert_eq!(find(&[("filename", "a"), ("x-amz-checksum-algorithm", "CRC32")]).unwrap(), None);
        assert_eq!(find(&[("X-Amz-Checksum-CRC32C", "AAAAAA==")]).unwrap().unwrap().pair().0, "x-amz-checksum-crc32c");
        assert!(find(&[("x-amz-checksum-crc32", "AAAAAA==")]).is_err());
        assert!(find(&[("x-amz-checksum-crc32c", "AAAAAA=="), ("x-amz-checksum-sha256", "")]).is_err());
    }

    #[test]
    fn lists_have_a_value_for_each_part() {
        let list = |text| Checksum::find_list([("x-amz-checksum-crc32c", text)].into_iter(), 2);
        assert_eq!(list("AAAAAA==,").unwrap().iter().filter(|c| c.is_some()).count(), 1);
        assert!(list("AAAAAA==").is_err() && list("AAAAAA==,x").is_err());
        assert_eq!(Checksum::find_list(std::iter::empty(), 3).unwrap().len(), 3);
    }
}
