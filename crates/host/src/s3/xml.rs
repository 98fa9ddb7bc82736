//! What S3 says in XML, read tolerantly: any root, any namespace, no document types, bounded.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

/// Deepest nesting taken; S3's answers have four levels.
const MAX_DEPTH: usize = 16;

/// Names and texts of an element's children, in order.
pub(super) type Fields = Vec<(String, String)>;

/// An answer: the root's name and children, and its `Part` elements.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) root: String,
    pub(super) fields: Fields,
    pub(super) parts: Vec<Fields>,
}

impl Document {
    /// The text of a child of the root, without white space around it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        get(&self.fields, name)
    }
}

/// The text of a field that is there and not empty.
pub(super) fn get<'f>(fields: &'f Fields, name: &str) -> Option<&'f str> {
    fields.iter().find(|(n, _)| n == name).map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
}

/// Reads a document, or `None` when it is not well-formed XML that S3 could have written.
pub(super) fn read(xml: &[u8]) -> Option<Document> {
    let text = std::str::from_utf8(xml).ok()?.trim_start_matches('\u{feff}').trim();
    let mut reader = Reader::from_str(text);
    let mut document = Document::default();
    // Names of the open elements, and the text of the innermost one.
    let (mut open, mut text) = (Vec::<String>::new(), String::new());
    let mut ended = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if !ended && open.len() < MAX_DEPTH => {
                open.push(start.local_name().as_ref().to_owned());
                start_element(&mut document, &open);
                text.clear();
            }
            Event::Empty(empty) if !ended && open.len() < MAX_DEPTH => {
                open.push(empty.local_name().as_ref().to_owned());
                start_element(&mut document, &open);
                end_element(&mut document, &open, String::new());
                open.pop();
                ended = open.is_empty();
            }
            Event::End(_) => {
                end_element(&mut document, &open, std::mem::take(&mut text));
                open.pop()?;
                ended = open.is_empty();
            }
            Event::Text(piece) => text.push_str(piece.as_ref()),
            Event::CData(piece) => text.push_str(piece.as_ref()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(c) => text.push(c),
                None => text.push_str(resolve_xml_entity(reference.as_ref())?),
            },
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return ended.then_some(document),
            // A document type, a second root, or an abyss.
            _ => return None,
        }
    }
}

fn start_element(document: &mut Document, open: &[String]) {
    match open {
        [root] => document.root.clone_from(root),
        [_, part] if part == "Part" => document.parts.push(Fields::new()),
        _ => {}
    }
}

fn end_element(document: &mut Document, open: &[String], text: String) {
    match open {
        [_, part] if part == "Part" => {}
        [_, name] => document.fields.push((name.clone(), text)),
        [_, part, name] if part == "Part" => {
            if let Some(fields) = document.parts.last_mut() {
                fields.push((name.clone(), text));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_namespace_and_white_space_in_front() {
        let xml = b"  \n<?xml version=\"1.0\"?><a:R xmlns:a=\"x\"><UploadId> i&amp;&#100; </UploadId><Key/><Part><ETag>&quot;e&quot;\
                    </ETag><PartNumber>2</PartNumber></Part><Owner><ID>no</ID></Owner></a:R>";
        let document = read(xml).unwrap();
        assert_eq!(document.root, "R");
        assert_eq!((document.get("UploadId"), document.get("Key"), document.get("ID")), (Some("i&d"), None, None));
        assert_eq!(get(&document.parts[0], "ETag"), Some("\"e\""));
        assert_eq!(document.parts.len(), 1);
    }

    #[test]
    fn nothing_but_whole_documents() {
        let deep = "<a>".repeat(20) + &"</a>".repeat(20);
        for bad in [
            "",
            "   ",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            "<a>&b;</a>",
            &deep,
        ] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(read(b"\xff"), None);
    }
}
