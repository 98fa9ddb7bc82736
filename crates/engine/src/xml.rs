//! What S3 says in XML: `PostResponse`, `Error` and their cousins, read by a real parser (roxmltree, DTDs refused).

use alloc::{borrow::ToOwned, string::String};

use roxmltree::{Document, ParsingOptions};

use crate::text::clip;

/// Nodes an answer may have before it is refused; a page of 1000 parts has about 10,000.
const MAX_NODES: u32 = 50_000;

/// The values of an S3 answer that matter, empty where absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct XmlAnswer {
    /// Whether the root element is `Error`.
    pub is_error: bool,
    /// `Code` of an error.
    pub code: String,
    /// `Message` of an error, shortened. The rest of an error body can hold credentials and is dropped.
    pub message: String,
    /// `Location` as S3 wrote it: absolute, relative or empty.
    pub location: String,
    /// `Key`.
    pub key: String,
    /// `Bucket`.
    pub bucket: String,
    /// `ETag` without quotes.
    pub etag: String,
}

/// Reads an S3 answer whatever its root is called (stores disagree), or `None` when it is no XML.
#[must_use]
pub fn parse_answer(body: &str) -> Option<XmlAnswer> {
    let body = body.trim_start_matches('\u{FEFF}').trim();
    if !body.starts_with('<') {
        return None;
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(body, options).ok()?;
    let root = document.root_element();
    let mut answer = XmlAnswer { is_error: root.tag_name().name() == "Error", ..XmlAnswer::default() };
    for child in root.children().filter(|node| node.is_element()) {
        let text = child.text().unwrap_or_default().trim();
        match child.tag_name().name() {
            "Code" => answer.code = token(text),
            "Message" => answer.message = clip(text),
            "Location" => answer.location = text.to_owned(),
            "Key" => answer.key = text.to_owned(),
            "Bucket" => answer.bucket = text.to_owned(),
            "ETag" => answer.etag = text.trim_matches('"').to_owned(),
            _ => {}
        }
    }
    Some(answer)
}

/// S3's codes are words; anything else in that place is cut down to one.
fn token(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_error_and_nothing_secret() {
        let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SignatureDoesNotMatch</Code>\
            <Message>The request signature we calculated does not match &amp; more</Message>\
            <AWSAccessKeyId>AKIA</AWSAccessKeyId><StringToSign>secret</StringToSign></Error>";
        let answer = parse_answer(body).unwrap();
        assert!(answer.is_error);
        assert_eq!(answer.code, "SignatureDoesNotMatch");
        assert_eq!(answer.message, "The request signature we calculated does not match & more");
        assert!(!alloc::format!("{answer:?}").contains("AKIA"));
    }

    #[test]
    fn reads_a_post_response_under_any_root_and_namespace() {
        let body = "<PostObject xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Location></Location><Bucket>b</Bucket>\
            <Key>a&#x20;b &quot;c&quot;.png</Key><ETag>&quot;abc&quot;</ETag></PostObject>";
        let answer = parse_answer(body).unwrap();
        assert_eq!((answer.key.as_str(), answer.etag.as_str(), answer.is_error), ("a b \"c\".png", "abc", false));
    }

    #[test]
    fn refuses_doctypes_and_rubbish() {
        assert_eq!(parse_answer("<!DOCTYPE a [<!ENTITY x \"y\">]><Error><Code>&x;</Code></Error>"), None);
        for body in ["", "{}", "<html><body>unclosed", "<a>&undefined;</a>", "<"] {
            assert_eq!(parse_answer(body), None, "{body}");
        }
    }
}
