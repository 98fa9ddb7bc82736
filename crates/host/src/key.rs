//! Object keys: the host makes them, whatever the browser says.
//!
//! A file name is a hint that ends up, cleaned, after the prefix and a random id. The cleaning keeps what people
//! recognise (letters of any script, emoji, the extension) and drops what has a meaning to paths, terminals and
//! readers of the key.

use std::fmt;
use std::sync::Arc;

use axum::http::Extensions;
use uuid::Uuid;

use crate::ApiError;

/// Longest key S3 accepts, in bytes of UTF-8.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
pub const MAX_KEY_BYTES: usize = 1024;

/// Longest part between two slashes that stores on file systems (MinIO, Garage) accept, in bytes.
pub const MAX_SEGMENT_BYTES: usize = 255;

/// What a key may be made from.
#[derive(Debug)]
#[non_exhaustive]
pub struct KeyRequest<'a> {
    /// The file's name as the browser sent it: untrusted text.
    pub file_name: &'a str,
    /// The claimed type, already checked against the allowed types.
    pub content_type: Option<&'a str>,
    /// Metadata as sent, names in lower case, `null` values dropped.
    pub metadata: &'a [(String, String)],
    /// What layers around the router learned about the caller, for example a user id.
    pub extensions: &'a Extensions,
}

/// Why a key function made no key.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// This caller may not upload this file: 403 with the text.
    #[error("{0}")]
    Refused(String),
    /// The function could not do its work: 500 with the text.
    #[error("{0}")]
    Failed(String),
}

type KeyFn = dyn Fn(&KeyRequest<'_>) -> Result<String, KeyError> + Send + Sync;

/// Makes the part of the key that follows the prefix.
#[derive(Clone, Default)]
pub struct KeyMaker(Option<Arc<KeyFn>>);

impl KeyMaker {
    /// Uses the application's own function; the prefix is still put in front and the result is checked.
    pub fn new(make: impl Fn(&KeyRequest<'_>) -> Result<String, KeyError> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(make)))
    }

    /// The whole key: `prefix` + (own function, or `uuid-name`), no longer than `limit` bytes with `spare` more in its last
    /// segment.
    pub(crate) fn make(
        &self,
        prefix: &str,
        limit: usize,
        spare: usize,
        request: &KeyRequest<'_>,
    ) -> Result<String, ApiError> {
        let limit = limit.saturating_sub(spare);
        let rest = match &self.0 {
            Some(make) => make(request).map_err(|error| match error {
                KeyError::Refused(text) => ApiError::denied(text),
                KeyError::Failed(text) => ApiError::misconfigured(text),
            })?,
            None => default_key(prefix, limit, MAX_SEGMENT_BYTES.saturating_sub(spare), request.file_name),
        };
        let key = format!("{prefix}{rest}");
        check_key(&key, limit).map_err(|problem| {
            ApiError::misconfigured(format!("S3 uploads are misconfigured: the key made for this file {problem}"))
        })?;
        Ok(key)
    }
}

impl fmt::Debug for KeyMaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "KeyMaker(own function)" } else { "KeyMaker(uuid-name)" })
    }
}

/// `uuid-name`, the name cut so that the whole fits, and its segment.
fn default_key(prefix: &str, limit: usize, segment_limit: usize, file_name: &str) -> String {
    let id = Uuid::new_v4();
    let segment = prefix.rsplit('/').next().unwrap_or_default().len();
    let used = id.hyphenated().to_string().len() + 1;
    let room = limit.saturating_sub(prefix.len() + used).min(segment_limit.saturating_sub(segment + used));
    format!("{id}-{}", clean_name(file_name, room))
}

/// What S3 replaces in the key of a form.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html>
const PLACEHOLDER: &str = "${filename}";

/// What a file is called of whose name nothing is left.
const NAMELESS: &str = "file";

/// A file name made safe to be the last part of a key: at most `room` bytes, never empty unless `room` is tiny.
pub fn clean_name(name: &str, room: usize) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean = String::with_capacity(last.len());
    for c in last.chars().filter(|c| !is_hidden(*c)) {
        // A double dot means something to too many programs that meet the key later.
        if !(c == '.' && clean.ends_with('.')) {
            clean.push(c);
        }
    }
    // S3 would put the name of the form's file there, and `check_key` refuses it for that.
    let clean = clean.replace(PLACEHOLDER, "$filename");
    let clean = clean.trim();
    // Joiners are seen by what they join.
    let visible = |c: char| !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}') && !c.is_whitespace();
    let clean = if clean == "." || !clean.contains(visible) { NAMELESS } else { clean };
    cut(clean, room)
}

/// Control characters, and marks that reorder or hide text (`a\u{202e}gpj.exe` reads `aexe.jpg`). The joiners stay, which
/// Persian and families of emoji are written with.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Shortens the stem, so that the extension survives.
fn cut(name: &str, room: usize) -> String {
    if name.len() <= room {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 20 && name.len() - dot < room => name.split_at(dot),
        _ => (name, ""),
    };
    let mut end = room.saturating_sub(extension.len()).min(stem.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = stem[..end].trim_end_matches(['.', ' ']);
    let stem = if stem.is_empty() && room >= extension.len() + NAMELESS.len() { NAMELESS } else { stem };
    format!("{stem}{extension}")
}

/// Says what is wrong with a key, in words that follow "the key …".
pub fn check_key(key: &str, limit: usize) -> Result<(), String> {
    if key.is_empty() {
        return Err("is empty".into());
    }
    if key.len() > limit {
        return Err(format!("is longer than {limit} bytes"));
    }
    if key.starts_with('/') {
        return Err("starts with a slash".into());
    }
    if key.chars().any(char::is_control) {
        return Err("holds a control character".into());
    }
    // `a//b` and `a/` are legal on S3, but file-backed stores read them as other keys.
    if key.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Err("holds an empty, `.` or `..` segment".into());
    }
    if key.contains(PLACEHOLDER) {
        return Err("holds ${filename}, which S3 would replace".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(prefix: &str, limit: usize, name: &str) -> Result<String, ApiError> {
        let extensions = Extensions::new();
        let request = KeyRequest { file_name: name, content_type: None, metadata: &[], extensions: &extensions };
        KeyMaker::default().make(prefix, limit, 0, &request)
    }

    /// A dot, then more spaces than there was room for: cutting took the rest of the name away, and trimming all of it.
    #[test]
    fn a_name_of_which_cutting_leaves_nothing_is_still_a_name() {
        let spaces = " ".repeat(60);
        for (name, clean) in [
            (format!(".{spaces}x"), "file"),
            (format!(".{spaces}x.txt"), "file.txt"),
            (format!("a{spaces}x.txt"), "a.txt"),
        ] {
            assert_eq!(clean_name(&name, 46), clean, "{name:?}");
        }
        assert_eq!(clean_name(&format!(".{spaces}x.txt"), 7), ".txt");
    }

    #[test]
    fn names_stay_recognisable() {
        for (name, clean) in [
            ("photo.jpg", "photo.jpg"),
            ("١٠ كم мест для Нью-Йорке.pdf", "١٠ كم мест для Нью-Йорке.pdf"),
            ("DALL·E IMG_9078 - 学中文 🤑.png", "DALL·E IMG_9078 - 学中文 🤑.png"),
            ("quo\"te's\r\n.txt", "quo\"te's.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\a..b.txt", "a.b.txt"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("a\u{200b}\u{2060}\u{ad}\u{e0001}.txt", "a.txt"),
            ("\u{200b}", "file"),
            ("\u{200d}", "file"),
            ("می\u{200c}خواهم 👨\u{200d}👩.txt", "می\u{200c}خواهم 👨\u{200d}👩.txt"),
            ("..", "file"),
            ("a${filename}.txt", "a$filename.txt"),
            ("$\u{202e}{file\nname}${${filename}filename}", "$filename${$filenamefilename}"),
            ("${file}", "${file}"),
            ("dir/", "file"),
            ("", "file"),
        ] {
            assert_eq!(clean_name(name, 200), clean, "{name:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let cut = clean_name(&format!("{}.jpeg", "я".repeat(400)), 101);
        assert!(cut.len() <= 101 && cut.ends_with("я.jpeg"), "{cut}");
        // What is no extension, or leaves no room for a name, is cut like any text.
        for (name, clean) in [
            ("abc.123456789012345678901", "abc.12345"),
            ("a.1234567890", "a.1234567"),
            ("abcdef.12345678", "abcdef.12"),
        ] {
            assert_eq!(super::cut(name, 9), clean);
        }
    }

    #[test]
    fn a_name_has_the_room_that_prefix_and_id_leave() {
        let prefix = "users/ann/";
        let key = default_key(prefix, 80, MAX_SEGMENT_BYTES, &"x".repeat(200));
        assert_eq!(default_key("", 60, MAX_SEGMENT_BYTES, &"x".repeat(200)).len(), 60);
        assert!(key.len() <= 80 - prefix.len(), "{key}");
        // File systems under a store allow 255 bytes for what stands between two slashes.
        let long = default_key("users/ann-", 1024, MAX_SEGMENT_BYTES, &"x".repeat(400));
        assert_eq!(long.len(), MAX_SEGMENT_BYTES - "ann-".len());
    }

    #[test]
    fn an_own_function_cannot_leave_the_prefix() {
        let extensions = Extensions::new();
        let request = KeyRequest { file_name: "a", content_type: None, metadata: &[], extensions: &extensions };
        for bad in ["../x", "a/../../x", "", "a\nb", "a//b", "${filename}"] {
            let maker = KeyMaker::new(move |_| Ok(bad.to_owned()));
            let error = maker.make("users/", MAX_KEY_BYTES, 0, &request).unwrap_err();
            assert_eq!(error.status().as_u16(), 500, "{bad:?}");
        }
        let maker = KeyMaker::new(|_| Ok("/etc/passwd".to_owned()));
        assert!(maker.make("", MAX_KEY_BYTES, 0, &request).is_err());
        let maker = KeyMaker::new(|_| Err(KeyError::Refused("log in first".into())));
        assert_eq!(maker.make("", MAX_KEY_BYTES, 0, &request).unwrap_err().status().as_u16(), 403);
    }

    proptest! {
        #[test]
        fn every_key_stays_under_its_prefix(
            prefix in "([a-z0-9._-]{1,20}/){0,3}[a-z0-9]{0,8}",
            name in any::<String>(),
            limit in 128usize..=MAX_KEY_BYTES,
        ) {
            prop_assume!(!prefix.split('/').any(|s| matches!(s, "." | "..")));
            let key = key(&prefix, limit, &name).unwrap();
            prop_assert!(key.starts_with(&prefix));
            prop_assert!(key.len() <= limit);
            // One more segment than the prefix opened, never a way out of it.
            prop_assert_eq!(key.matches('/').count(), prefix.matches('/').count());
            prop_assert!(key.split('/').all(|s| !matches!(s, "" | "." | "..") && s.len() <= MAX_SEGMENT_BYTES));
            prop_assert!(!key.chars().any(char::is_control));
        }

        #[test]
        fn no_name_makes_a_key_that_is_refused(name in "([${}]|filename|name|[./ \u{202e}]|[a-z]){0,30}", room in 5usize..100) {
            prop_assert!(key("", 128, &name).is_ok());
            prop_assert!(check_key(&clean_name(&name, room), room).is_ok());
        }

        #[test]
        fn path_like_names_never_add_a_segment(name in "[./\\\\a-z\u{202e}\\n]{0,40}") {
            let clean = clean_name(&name, 100);
            prop_assert!(!clean.is_empty() && !clean.contains(['/', '\\']) && !clean.contains(".."));
        }
    }
}
