//! What S3 says in XML: `PostResponse`, `Error` and their cousins.
//!
//! A small strict parser of our own: elements must nest and close, only the five named entities and numeric ones are
//! known, document types are refused (so nothing can expand), depth and size are bounded. A general XML crate does the
//! same for 20 kB of WebAssembly, which was a tenth of the module.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    PartReceipt,
    text::{cut, cut_at, cut_last, digits, has, quote, unquoted},
};

/// Deepest nesting taken; S3's answers have three levels.
const MAX_DEPTH: usize = 32;

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
    /// The object's checksum, of whatever algorithm.
    pub checksum: String,
    /// `UploadId`.
    pub upload_id: String,
    /// `Part` elements of a list, as they came.
    pub parts: Vec<PartReceipt>,
    /// `NextPartNumberMarker` where `IsTruncated` says that there is more.
    pub next_part: Option<u32>,
}

/// Reads an S3 answer whatever its root is called (stores disagree), or `None` when it is no well-formed XML.
#[must_use]
pub fn parse_answer(body: &str) -> Option<XmlAnswer> {
    let mut reader = Reader::default();
    read(body.strip_prefix('\u{FEFF}').unwrap_or(body).trim_ascii(), &mut reader)?;
    let mut answer = reader.answer;
    answer.next_part = reader.marker.filter(|_| reader.truncated);
    Some(answer)
}

/// What is read so far.
#[derive(Default)]
struct Reader {
    answer: XmlAnswer,
    part: PartReceipt,
    marker: Option<u32>,
    truncated: bool,
}

impl Reader {
    /// Takes the text of a child of the root. The last one of a name counts.
    fn take(&mut self, name: &str, text: &str) {
        let text = text.trim_ascii();
        match name {
            "Code" => self.answer.code = token(text),
            "Message" => self.answer.message = quote(text),
            "Location" => text.clone_into(&mut self.answer.location),
            "Key" => text.clone_into(&mut self.answer.key),
            "Bucket" => text.clone_into(&mut self.answer.bucket),
            "ETag" => unquoted(text).clone_into(&mut self.answer.etag),
            "UploadId" => text.clone_into(&mut self.answer.upload_id),
            name if is_known(name) => text.clone_into(&mut self.answer.checksum),
            // Written before and after one another by different stores; a list that is not cut off has no next page.
            "NextPartNumberMarker" => self.marker = small(text),
            "IsTruncated" => self.truncated = text == "true",
            _ => {}
        }
    }

    /// Takes the text of a child of a `Part`.
    fn take_in_part(&mut self, name: &str, text: &str) {
        let (text, part) = (text.trim_ascii(), &mut self.part);
        match name {
            "PartNumber" => part.number = small(text).unwrap_or(0),
            "Size" => part.size = digits(text, 10).unwrap_or(0),
            "ETag" => unquoted(text).clone_into(&mut part.etag),
            name if is_known(name) => text.clone_into(&mut part.checksum),
            _ => {}
        }
    }
}

/// Whether an element holds a checksum of those that are computed here. Their lengths tell them apart.
fn is_known(name: &str) -> bool {
    matches!(name, "ChecksumCRC64NVME" | "ChecksumCRC32C" | "ChecksumSHA256")
}

/// Walks the document. `None` at the first thing that is not well-formed.
fn read(mut rest: &str, reader: &mut Reader) -> Option<()> {
    let mut open: Vec<&str> = Vec::new();
    let mut text = String::new();
    let mut closed = false;
    loop {
        let (before, tag) = match cut_at(rest, b'<') {
            Some(parts) => parts,
            None if open.is_empty() && closed && rest.trim_ascii().is_empty() => return Some(()),
            None => return None,
        };
        if open.is_empty() {
            if !before.trim_ascii().is_empty() {
                return None;
            }
        } else {
            decode(before, &mut text)?;
        }
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = cut(comment, "-->")?.1;
        } else if let Some(instruction) = tag.strip_prefix('?') {
            rest = cut(instruction, "?>")?.1;
        } else if let Some(data) = tag.strip_prefix("![CDATA[").filter(|_| !open.is_empty()) {
            let (data, after) = cut(data, "]]>")?;
            text.push_str(data);
            rest = after;
        } else if let Some(end) = tag.strip_prefix('/') {
            let (name, after) = cut_at(end, b'>')?;
            if open.pop()? != name.trim_ascii_end() {
                return None;
            }
            let name = local(name.trim_ascii_end());
            match open.as_slice() {
                [_] if name == "Part" => {
                    let part = core::mem::take(&mut reader.part);
                    if (1..=crate::MAX_PARTS).contains(&u64::from(part.number)) {
                        reader.answer.parts.push(part);
                    }
                }
                [_] => reader.take(name, &text),
                [_, parent] if local(parent) == "Part" => reader.take_in_part(name, &text),
                _ => {}
            }
            closed = open.is_empty();
            text.clear();
            rest = after;
        } else {
            let (name, empty, after) = start_tag(tag)?;
            if (closed && open.is_empty()) || open.len() >= MAX_DEPTH {
                return None;
            }
            if open.is_empty() {
                reader.answer.is_error = local(name) == "Error";
            }
            if empty {
                closed = open.is_empty();
            } else {
                open.push(name);
            }
            text.clear();
            rest = after;
        }
    }
}

/// Name, whether it closes itself, and what follows. Attributes are checked for their quotes and dropped.
fn start_tag(tag: &str) -> Option<(&str, bool, &str)> {
    let length = tag.bytes().position(|c| c.is_ascii_whitespace() || matches!(c, b'/' | b'>' | b'<'))?;
    let (name, mut rest) = tag.split_at_checked(length)?;
    let first = name.chars().next()?;
    if !(first.is_ascii_alphabetic() || !first.is_ascii() || first == '_') || has_any(name, "\"'=&") {
        return None;
    }
    loop {
        let trimmed = rest.trim_ascii_start();
        if let Some(after) = trimmed.strip_prefix("/>") {
            return Some((name, true, after));
        }
        if let Some(after) = trimmed.strip_prefix('>') {
            return Some((name, false, after));
        }
        let (attribute, value) = cut_at(trimmed, b'=')?;
        let value = value.trim_ascii_start();
        let quote = value.bytes().next().filter(|c| matches!(c, b'"' | b'\''))?;
        if attribute.is_empty() || has_any(attribute, "<>/\"'") {
            return None;
        }
        let (inside, after) = cut_at(value.get(1..)?, quote)?;
        if has_any(inside, "<") {
            return None;
        }
        rest = after;
    }
}

fn small(text: &str) -> Option<u32> {
    digits(text, 10).and_then(|number| u32::try_from(number).ok())
}

fn has_any(text: &str, marks: &str) -> bool {
    text.bytes().any(|byte| has(marks, byte))
}

/// The name without its namespace prefix.
fn local(name: &str) -> &str {
    cut_last(name, b':').map_or(name, |(_, local)| local)
}

/// Adds text with its references replaced.
fn decode(mut text: &str, out: &mut String) -> Option<()> {
    while let Some((plain, reference)) = cut_at(text, b'&') {
        out.push_str(plain);
        let (name, after) = cut_at(reference, b';')?;
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => digits(hex, 16),
                    None => digits(number, 10),
                };
                char::from_u32(u32::try_from(code?).ok()?)?
            }
        });
        text = after;
    }
    out.push_str(text);
    Some(())
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
            <Message>The request signature we calculated\n does not match &amp; more: https://b/k?X-Amz-Signature=5ec2e7</Message>\
            <AWSAccessKeyId>AKIA</AWSAccessKeyId><StringToSign>secret</StringToSign></Error>";
        let answer = parse_answer(body).unwrap();
        assert!(answer.is_error);
        assert_eq!(answer.code, "SignatureDoesNotMatch");
        assert_eq!(answer.message, "The request signature we calculated does not match & more: https://b/k");
        assert!(!alloc::format!("{answer:?}").contains("AKIA"));
    }

    #[test]
    fn reads_a_post_response_under_any_root_and_namespace() {
        let body = "<PostObject xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Location></Location><Bucket>b</Bucket>\
            <Key>a&#x20;b &quot;c&quot;.png</Key><!-- < --><ETag><![CDATA[\"abc\"]]></ETag><Owner><Key>no</Key></Owner></PostObject>\n";
        let answer = parse_answer(body).unwrap();
        assert_eq!((answer.key.as_str(), answer.etag.as_str(), answer.is_error), ("a b \"c\".png", "abc", false));
        assert_eq!(answer.bucket, "b");
        let prefixed = "<s3:Error xmlns:s3='x' a = \"b>c\" ><s3:Code>SlowDown</s3:Code ><s3:Message/></s3:Error>";
        assert_eq!(parse_answer(prefixed).unwrap().code, "SlowDown");
    }

    #[test]
    fn reads_a_list_of_parts_and_where_it_goes_on() {
        let body = "<ListPartsResult xmlns='x'><Bucket>b</Bucket><Key>k</Key><UploadId>u&amp;1</UploadId>\
            <PartNumberMarker>0</PartNumberMarker><IsTruncated>true</IsTruncated>\
            <Part><PartNumber>1</PartNumber><ETag>&quot;e1&quot;</ETag><Size>5242880</Size></Part>\
            <Part><ETag>\"e2\"</ETag><PartNumber>2</PartNumber><Size>7</Size><Other><Size>9</Size></Other></Part>\
            <Part><PartNumber>10001</PartNumber></Part><Part/>\
            <NextPartNumberMarker>2</NextPartNumberMarker></ListPartsResult>";
        let answer = parse_answer(body).unwrap();
        let part = |number, size, etag: &str| PartReceipt { number, size, etag: etag.into(), checksum: "".into() };
        assert_eq!(answer.parts, [part(1, 5_242_880, "e1"), part(2, 7, "e2")]);
        assert_eq!((answer.upload_id.as_str(), answer.next_part), ("u&1", Some(2)));
        assert_eq!(parse_answer(&body.replace(">true<", ">false<")).unwrap().next_part, None);
    }

    #[test]
    fn checksums_are_the_values_and_not_their_kind() {
        for body in [
            "<R><ChecksumCRC64NVME>v=</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType></R>",
            "<R><ChecksumType>FULL_OBJECT</ChecksumType><ChecksumCRC64NVME> v= </ChecksumCRC64NVME></R>",
        ] {
            assert_eq!(parse_answer(body).unwrap().checksum, "v=");
        }
        let list = "<L><Owner><Size>9</Size></Owner><Part><PartNumber>3</PartNumber><ChecksumCRC32C>c=</ChecksumCRC32C>\
            <LastModified>t</LastModified></Part><Part><PartNumber>4</PartNumber><Size>2</Size></Part></L>";
        let part =
            |number, size, checksum: &str| PartReceipt { number, size, etag: "".into(), checksum: checksum.into() };
        assert_eq!(parse_answer(list).unwrap().parts, [part(3, 0, "c="), part(4, 2, "")]);
    }

    #[test]
    fn names_and_entities_as_xml_has_them() {
        assert!(parse_answer("<_a/>").is_some() && parse_answer("<é/>").is_some());
        let answer = parse_answer("<R><Key>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</Key></R>").unwrap();
        assert_eq!(answer.key, "<>&\"'AB");
    }

    #[test]
    fn refuses_doctypes_and_rubbish() {
        assert_eq!(parse_answer("<!DOCTYPE a [<!ENTITY x \"y\">]><Error><Code>&x;</Code></Error>"), None);
        for body in [
            "",
            "{}",
            "text",
            "<html><body>unclosed",
            "<a>&undefined;</a>",
            "<",
            "<a",
            "<a></b>",
            "<a></a><b></b>",
            "<a></a>x",
            "<a b></a>",
            "<a b=c></a>",
            "<a b='<'></a>",
            "<a ='c'></a>",
            "<a b<c='d'></a>",
            "<a\"b></a\"b>",
            "<1></1>",
            "</a>",
            "<a>&#xD800;</a>",
            "<a>&#x110000;</a>",
            "<![CDATA[x]]>",
        ] {
            assert_eq!(parse_answer(body), None, "{body}");
        }
        let deep = ["<a>".repeat(100), "</a>".repeat(100)].concat();
        assert_eq!(parse_answer(&deep), None);
    }
}
