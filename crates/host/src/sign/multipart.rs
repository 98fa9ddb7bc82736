//! Signed URLs for the steps of a multipart upload that the browser sends itself.

use jiff::Timestamp;
use rusty_s3::S3Action;

use super::Pairs;
use crate::config::Config;

/// One step, with what S3 needs to know in its address.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation<'a> {
    Create,
    UploadPart { upload_id: &'a str, number: u16 },
    ListParts { upload_id: &'a str },
    Complete { upload_id: &'a str },
    Abort { upload_id: &'a str },
}

/// A URL and the headers that must be sent with it.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) url: String,
    pub(crate) headers: Pairs,
}

/// Signs one step for `key`. The headers are signed as headers: in the query stores would not check them.
pub(crate) fn sign_operation(
    config: &Config,
    key: &str,
    operation: Operation<'_>,
    headers: Pairs,
    now: Timestamp,
) -> Signed {
    let (bucket, credentials) = (&config.bucket, Some(&config.credentials));
    let url = match operation {
        Operation::Create => url(config, bucket.create_multipart_upload(credentials, key), &headers, now),
        Operation::UploadPart { upload_id, number } => {
            url(config, bucket.upload_part(credentials, key, number, upload_id), &headers, now)
        }
        Operation::ListParts { upload_id } => {
            url(config, bucket.list_parts(credentials, key, upload_id), &headers, now)
        }
        Operation::Complete { upload_id } => {
            let action = bucket.complete_multipart_upload(credentials, key, upload_id, std::iter::empty());
            url(config, action, &headers, now)
        }
        Operation::Abort { upload_id } => {
            url(config, bucket.abort_multipart_upload(credentials, key, upload_id), &headers, now)
        }
    };
    Signed { url, headers }
}

fn url<'a>(config: &Config, mut action: impl S3Action<'a>, headers: &Pairs, now: Timestamp) -> String {
    for (name, value) in headers.as_slice() {
        action.headers_mut().insert(name.clone(), value.clone());
    }
    action.sign_with_time(config.expires, &now).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusty_s3::{Bucket, Credentials, UrlStyle};

    #[test]
    fn checksums_are_signed_headers_and_never_in_the_query() {
        let bucket = Bucket::new("https://s3.example".parse().unwrap(), UrlStyle::Path, "b", "r").unwrap();
        let config = Config::new(bucket, Credentials::new("id", "secret"));
        let mut headers = Pairs::default();
        headers.push("x-amz-checksum-crc32c", "AAAAAA==");
        let operation = Operation::UploadPart { upload_id: "a/b=", number: 10_000 };
        let signed = sign_operation(&config, "k", operation, headers, Timestamp::UNIX_EPOCH);
        assert!(signed.url.contains("SignedHeaders=host%3Bx-amz-checksum-crc32c"), "{}", signed.url);
        assert!(signed.url.contains("partNumber=10000") && signed.url.contains("uploadId=a%2Fb%3D"), "{}", signed.url);
        assert!(!signed.url.contains("AAAAAA"));
    }
}
