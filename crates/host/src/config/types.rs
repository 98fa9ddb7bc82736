//! Content types: which are well formed, which are allowed, and which a browser would run.

/// Longest content type taken, in bytes.
const MAX_BYTES: usize = 255;

/// Allowed content types: `image/png`, `image/*`; an empty list allows everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedTypes(Vec<String>);

impl AllowedTypes {
    /// Reads a comma list. Refuses entries that no file's type could match, since a typo would lock everyone out, and a
    /// list without entries, which would let everything in.
    pub fn parse(list: &str) -> Option<Self> {
        let mut types = Vec::new();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (kind, subtype) = entry.split_once('/')?;
            let known = entry == "*/*" || (is_token(kind) && !kind.contains('*'));
            // The star stands for the rest, so nothing follows it.
            if !known || !is_token(subtype) || subtype.trim_end_matches('*').contains('*') || subtype.ends_with("**") {
                return None;
            }
            types.push(entry.to_ascii_lowercase());
        }
        (!types.is_empty()).then_some(Self(types))
    }

    /// Whether `content_type` is allowed; parameters after `;` do not count.
    pub fn allows(&self, content_type: Option<&str>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Some(essence) = content_type.map(essence) else { return false };
        self.0.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some("*/") => true,
            Some(family) => essence.starts_with(family),
            None => essence == *allowed,
        })
    }

    /// The list as it was written, for messages.
    pub fn describe(&self) -> String {
        self.0.join(", ")
    }
}

/// The type without parameters, in lower case.
pub(crate) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Exactly one content type as RFC 9110 writes it, without wildcards: `kind/subtype`, then parameters. Safe in a header
/// and in a form.
///
/// Browsers split the header at commas, and the last piece that is a type wins: `image/png; a=b,text/html` is HTML to
/// them. A piece without a slash is none, so `video/webm;codecs=vp8,opus`, which recorders write, may stay.
pub(crate) fn is_type(text: &str) -> bool {
    let (essence, parameters) = text.split_once(';').map_or((text, None), |(essence, rest)| (essence, Some(rest)));
    let plain = |part: &str| is_token(part) && !part.contains('*');
    text.len() <= MAX_BYTES
        && text.bytes().all(|b| matches!(b, b' '..=b'~'))
        && text.split_once(',').is_none_or(|(_, behind)| !behind.contains('/'))
        && essence.trim_end().split_once('/').is_some_and(|(kind, subtype)| plain(kind) && plain(subtype))
        && parameters.is_none_or(are_parameters)
}

/// `name=value; name="value"`, empty ones allowed.
fn are_parameters(mut rest: &str) -> bool {
    loop {
        rest = rest.trim_start();
        let name_end = rest.find(['=', ';']).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(name_end);
        let Some(value) = behind.strip_prefix('=') else {
            // A semicolon with nothing before it, or the end.
            if !name.trim().is_empty() {
                return false;
            }
            match behind.strip_prefix(';') {
                Some(next) => rest = next,
                None => return true,
            }
            continue;
        };
        let Some(behind) = is_token(name).then(|| behind_value(value)).flatten() else { return false };
        match behind.trim_start() {
            "" => return true,
            more => match more.strip_prefix(';') {
                Some(next) => rest = next,
                None => return false,
            },
        }
    }
}

/// What follows a parameter's value: a token, where a comma may stand as well, or a text in quotes.
fn behind_value(text: &str) -> Option<&str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ']).unwrap_or(text.len());
        let (value, behind) = text.split_at(end);
        return value.split(',').all(is_token).then_some(behind);
    };
    let mut escaped = false;
    for (at, byte) in quoted.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return quoted.get(at + 1..),
            _ => {}
        }
    }
    None
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Types in which a browser runs scripts when it shows them in place: HTML and XML, types that stand for "unknown", which
/// it looks into for HTML (<https://mimesniff.spec.whatwg.org/#interpreting-the-resource-metadata>, the third is Firefox's
/// own), and bundles of other types.
pub(crate) fn is_active(content_type: &str) -> bool {
    let essence = essence(content_type);
    matches!(
        essence.as_str(),
        "text/html"
            | "text/xml"
            | "application/xml"
            | "text/xsl"
            | "unknown/unknown"
            | "application/unknown"
            | "application/x-unknown-content-type"
    ) || essence.ends_with("+xml")
        || essence.starts_with("multipart/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_match_families_and_ignore_parameters() {
        let types = AllowedTypes::parse("image/*, Application/PDF").unwrap();
        assert!(types.allows(Some("image/svg+xml")) && types.allows(Some("application/pdf; a=b")));
        assert!(!types.allows(Some("imagex/png")) && !types.allows(Some("text/html")) && !types.allows(None));
        assert!(AllowedTypes::default().allows(None));
        let office = AllowedTypes::parse("application/vnd.oasis.opendocument.*").unwrap();
        assert!(
            office.allows(Some("application/vnd.oasis.opendocument.text")) && !office.allows(Some("application/x"))
        );
        assert!(AllowedTypes::parse("*/*").unwrap().allows(Some("a/b")));
    }

    #[test]
    fn a_list_that_would_lock_everyone_out_or_in_is_refused() {
        for bad in ["jpg", "*/png", "image/png; q=1", "image/", "/png", "image/*x", "image/**", "i*/*", "", ",", " , "]
        {
            assert_eq!(AllowedTypes::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn exactly_one_type_passes() {
        for good in [
            "image/png",
            "text/plain; charset=utf-8",
            "text/plain ;charset=\"utf-8\"",
            "text/plain;",
            "text/plain; ; a=b ; ",
            "video/webm;codecs=vp8,opus",
            "video/mp4; codecs=\"avc1.42E01E, mp4a.40.2\"",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "a/b; c=\"\\\"d\"",
        ] {
            assert!(is_type(good), "{good:?}");
        }
        for bad in [
            "",
            "png",
            "image/",
            " image/png",
            "a/b\r\nx: y",
            "тип/x",
            "a b/c",
            "image/png; a=b,text/html",
            "text/plain; x=x, text/html",
            "image/png;,text/html",
            "image/png,text/html",
            "image/png, text/html; a=b",
            "image/png; a=\"b,text/html\"",
            "image/png; a=\"b\\\",text/html",
            "image/png; a=\"b",
            "image/png; a=\"b\"c",
            "image/png; a",
            "image/png; =b",
            "image/png; a=",
            "image/png; a=b c",
            "*/*",
            "image/*",
            "image/png*",
        ] {
            assert!(!is_type(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_browsers_run_or_look_into_is_active() {
        for active in [
            "Text/HTML; charset=utf-8",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/xsl",
            "unknown/unknown",
            "application/unknown",
            "application/x-unknown-content-type",
            "multipart/x-mixed-replace; boundary=a",
        ] {
            assert!(is_active(active), "{active}");
        }
        for passive in ["text/plain", "application/octet-stream", "image/png", "application/pdf", "video/mp4"] {
            assert!(!is_active(passive), "{passive}");
        }
    }
}
