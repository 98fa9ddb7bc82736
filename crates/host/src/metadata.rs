//! User metadata: from the query's `metadata[name]=value` to `x-amz-meta-*`.

use axum::http::HeaderName;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::ApiError;

/// S3's limit for names and values together, in bytes.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MAX_TOTAL_BYTES: usize = 2048;

/// Most names. Each is a header or a field of a form, of which many servers take a hundred in all.
const MAX_NAMES: usize = 64;

/// Reads the metadata pairs out of a parsed query, `metadata[name]=value`.
pub(crate) fn from_query(pairs: &[(String, String)]) -> Result<Vec<(String, String)>, ApiError> {
    from_pairs(pairs.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix("metadata[").and_then(|name| name.strip_suffix(']'))?;
        Some((name, value.as_str()))
    }))
}

/// Reads the object of a JSON body. Numbers and flags become text, `null` is dropped.
pub(crate) fn from_json(object: &serde_json::Map<String, Value>) -> Result<Vec<(String, String)>, ApiError> {
    let mut texts = Vec::with_capacity(object.len().min(MAX_TOTAL_BYTES));
    for (name, value) in object {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(ApiError::bad_request(format!("s3: the metadata value of {name:?} must be a text")));
            }
        };
        texts.push((name, text));
    }
    from_pairs(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// Names checked and in lower case, in the order sent.
///
/// Uppy writes `metadata[relativePath]=null` for a file that came without a folder, so that pair is dropped; of a
/// name sent twice the last value counts.
fn from_pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Vec<(String, String)>, ApiError> {
    let mut metadata: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        if name.eq_ignore_ascii_case("relativePath") && matches!(value, "" | "null") {
            continue;
        }
        let name = HeaderName::from_bytes(format!("x-amz-meta-{name}").as_bytes())
            .ok()
            .filter(|_| !name.is_empty())
            .ok_or_else(|| {
                ApiError::bad_request(format!(
                    "s3: the metadata name {name:?} cannot be sent to S3: use letters, digits, `-` and `_`"
                ))
            })?
            .as_str()["x-amz-meta-".len()..]
            .to_owned();
        metadata.retain(|(known, _)| *known != name);
        metadata.push((name, value.to_owned()));
        if metadata.len() > MAX_NAMES {
            return Err(ApiError::bad_request(format!(
                "s3: more than {MAX_NAMES} metadata names; stores take no more"
            )));
        }
    }
    let total: usize = metadata.iter().map(|(name, value)| name.len() + encode(value).len()).sum();
    if total > MAX_TOTAL_BYTES {
        return Err(ApiError::bad_request(format!(
            "s3: the metadata takes {total} bytes; S3 allows {MAX_TOTAL_BYTES} for all names and values together"
        )));
    }
    Ok(metadata)
}

/// A value as it goes on the wire: plain ASCII stays, anything else becomes an RFC 2047 word, which S3 decodes.
pub(crate) fn encode(value: &str) -> String {
    let plain = value.bytes().all(|b| matches!(b, b' '..=b'~')) && value.trim() == value && !value.starts_with("=?");
    if plain { value.to_owned() } else { format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Vec<(String, String)>, ApiError> {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        from_query(&pairs)
    }

    #[test]
    fn uppys_null_path_is_dropped_and_names_are_folded() {
        let read = read(&[
            ("filename", "a"),
            ("metadata[relativePath]", "null"),
            ("metadata[Name]", "first"),
            ("metadata[name]", "null"),
        ]);
        assert_eq!(read.unwrap(), [("name".to_owned(), "null".to_owned())]);
    }

    #[test]
    fn names_must_be_header_tokens() {
        for bad in ["metadata[]", "metadata[имя]", "metadata[a b]", "metadata[a][b]", "metadata[a\n]"] {
            assert_eq!(read(&[(bad, "x")]).unwrap_err().status().as_u16(), 400, "{bad:?}");
        }
    }

    #[test]
    fn two_kilobytes_in_all() {
        assert!(read(&[("metadata[a]", &"x".repeat(2047))]).is_ok());
        assert!(read(&[("metadata[a]", &"x".repeat(2048))]).is_err());
    }

    #[test]
    fn sixty_four_names() {
        let names: Vec<String> = (0..65).map(|n| format!("metadata[n{n}]")).collect();
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert!(read(&pairs[..64]).is_ok());
        assert!(read(&pairs).unwrap_err().message().contains("64"));
    }

    #[test]
    fn other_scripts_and_line_breaks_are_wrapped() {
        assert_eq!(encode("plain"), "plain");
        assert_eq!(encode("тест"), "=?UTF-8?B?0YLQtdGB0YI=?=");
        assert_eq!(encode("a\r\nb"), "=?UTF-8?B?YQ0KYg==?=");
    }
}
