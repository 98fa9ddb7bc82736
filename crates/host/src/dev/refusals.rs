//! S3's words for refusals that s3s words differently, so that clients meet here what they meet on AWS.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use s3s::xml::{Deserializer, Serializer};

/// An S3 error as XML.
pub(super) fn error(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let mut xml = Vec::new();
    let mut writer = Serializer::new(&mut xml);
    // Writing into memory fails only for want of memory; an empty body is then the least of it.
    let _ = writer.decl();
    let _ = writer.element("Error", |w| {
        w.content("Code", code)?;
        w.content("Message", message)
    });
    drop(writer);
    let mut response = Response::new(Body::from(xml));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// Code and message of an S3 error document.
pub(super) fn read(xml: &[u8]) -> Option<(String, String)> {
    let (mut code, mut message) = (None, None);
    let mut reader = Deserializer::new(xml);
    reader
        .named_element("Error", |reader| {
            reader.for_each_element(|reader, name| {
                let text = reader.text(|text| Ok(text.to_owned()))?;
                match name {
                    b"Code" => code = Some(text),
                    b"Message" => message = Some(text),
                    _ => {}
                }
                Ok(())
            })
        })
        .ok()?;
    Some((code?, message.unwrap_or_default()))
}

/// A refusal in S3's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// What S3 says to a signed URL where s3s says `code` and `message`; `None` where both agree.
pub(super) fn presigned_refusal(code: &str, message: &str) -> Option<Refusal> {
    let (_, expected) = message.split_once("the region is wrong; expecting ")?;
    (code == "AuthorizationHeaderMalformed").then(|| Refusal {
        status: StatusCode::BAD_REQUEST,
        code: "AuthorizationQueryParametersError",
        message: format!("Error parsing the X-Amz-Credential parameter; the region is wrong; expecting {expected}"),
    })
}

/// What S3 says to a form where s3s says `code` and `message`; `None` where both agree.
pub(super) fn form_refusal(code: &str, message: &str) -> Option<Refusal> {
    let why = match code {
        "AccessDenied" if message == "Request has expired" => "Policy expired.".to_owned(),
        "AccessDenied" => {
            let (_, field) = message.split_once("list of policy conditions. \"")?;
            format!("Extra input fields: {}", field.split('"').next()?)
        }
        "InvalidPolicyDocument" => match condition(message) {
            Some(condition) => format!("Policy Condition failed: {condition}"),
            None if message.contains("does not match") => format!("Policy Condition failed: {message}"),
            // A policy that cannot be read is 400 on S3 too.
            None => return None,
        },
        _ => return None,
    };
    let message = format!("Invalid according to Policy: {why}");
    Some(Refusal { status: StatusCode::FORBIDDEN, code: "AccessDenied", message })
}

/// `["eq", "$key", "a"]` out of `Policy condition 'eq' for field 'key' failed: expected 'a', got 'b'`.
fn condition(message: &str) -> Option<String> {
    let (operator, rest) = message.strip_prefix("Policy condition '")?.split_once("' for field '")?;
    let (field, rest) = rest.split_once("' failed: expected ")?;
    let (value, _) = rest.trim_start_matches("prefix ").strip_prefix('\'')?.rsplit_once("', got '")?;
    serde_json::to_string(&[operator, &format!("${field}"), value]).ok().map(|text| text.replace("\",\"", "\", \""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_errors_speak_as_s3_does() {
        let said = |code, message| form_refusal(code, message).map(|refusal| refusal.message).unwrap_or_default();
        assert_eq!(said("AccessDenied", "Request has expired"), "Invalid according to Policy: Policy expired.");
        assert_eq!(
            said("InvalidPolicyDocument", "Policy condition 'eq' for field 'key' failed: expected 'a', got 'b'"),
            r#"Invalid according to Policy: Policy Condition failed: ["eq", "$key", "a"]"#
        );
        assert_eq!(
            said(
                "InvalidPolicyDocument",
                "Policy condition 'starts-with' for field 'key' failed: expected prefix 'u/', got 'b'"
            ),
            r#"Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "u/"]"#
        );
        assert_eq!(form_refusal("InvalidPolicyDocument", "failed to parse POST policy"), None);
        assert_eq!(form_refusal("SignatureDoesNotMatch", ""), None);
    }

    #[test]
    fn errors_are_written_and_read_back() {
        let xml =
            b"<?xml version=\"1.0\"?><Error><Code>A</Code><Message>b &amp; c</Message><RequestId>1</RequestId></Error>";
        assert_eq!(read(xml), Some(("A".into(), "b & c".into())));
        assert_eq!(read(b"<html>"), None);
    }
}
