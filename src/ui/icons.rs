//! Icons as SVG paths in a 24-unit square, drawn by stroke, and the families of file types.

/// An arrow out of a tray.
pub(crate) const UPLOAD: &str = "M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M5 16v2a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-2";
/// A cross.
pub(crate) const REMOVE: &str = "M6 6l12 12M18 6L6 18";
/// An arrow in a circle.
pub(crate) const RETRY: &str = "M20 11A8 8 0 1 0 18 17M20 5v6h-6";
/// A triangle.
pub(crate) const RESUME: &str = "M8 5l11 7-11 7z";
/// Two bars.
pub(crate) const PAUSE: &str = "M9 6v12M15 6v12";
/// A pencil.
pub(crate) const EDIT: &str = "M4 20l1-4L16.5 4.5l3 3L8 19z";
/// Two sheets.
pub(crate) const COPY: &str = "M9 9h10v11H9zM15 9V4H5v11h4";
/// Two links of a chain.
pub(crate) const LINK: &str =
    "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 6 6l1-1";
/// A tick in a shield.
pub(crate) const SEAL: &str = "M12 3l7 3v6c0 4-3 7-7 9-4-2-7-5-7-9V6zM9 12l2 2 4-4";
/// A bin.
pub(crate) const BIN: &str = "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5";
/// Six dots.
pub(crate) const GRIP: &str = "M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01";
/// A triangle with an exclamation mark.
pub(crate) const WARNING: &str = "M12 9v5m0 3v.01M12 3.5l9 16.5H3z";
/// A crossed-out wave.
pub(crate) const OFFLINE: &str = "M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M2 9a15 15 0 0 1 4.2-2.7M19 12.5a10 10 0 0 0-4-2.5\
M22 9a15 15 0 0 0-11-3.9M8.5 16a5 5 0 0 1 7 0M12 20h.01";

const FILE: &str = "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5";
const TEXT: &str = "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5M9 13h6M9 16.5h6";
const IMAGE: &str = "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM4 16l4.5-4.5 4 4 3-3L20 17\
M15 8.5v.01";
const VIDEO: &str = "M4 6h11v12H4zM15 10.5l5-3v9l-5-3";
const AUDIO: &str =
    "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0M19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0";
const TABLE: &str = "M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9";
const ARCHIVE: &str = "M4 5h16v4H4zM5 9v10h14V9M10 13h4";

/// A family of file types: its name in `data-kind` and its icon.
pub(crate) type Family = (&'static str, &'static str);

/// The family a file belongs to, by its type and, where that says little, its extension.
pub(crate) fn family(mime: &str, extension: &str) -> Family {
    let extension = extension.to_ascii_lowercase();
    match (mime.split('/').next().unwrap_or_default(), extension.as_str()) {
        (_, "csv" | "tsv" | "xls" | "xlsx" | "ods" | "numbers") => ("table", TABLE),
        (_, "zip" | "gz" | "tgz" | "tar" | "rar" | "7z" | "xz" | "bz2" | "zst" | "dmg" | "iso") => ("archive", ARCHIVE),
        (_, "pdf" | "doc" | "docx" | "odt" | "rtf" | "md" | "pages" | "epub" | "ppt" | "pptx" | "odp" | "key") => {
            ("text", TEXT)
        }
        ("image", _) => ("image", IMAGE),
        ("video", _) => ("video", VIDEO),
        ("audio", _) => ("audio", AUDIO),
        ("text", _) => ("text", TEXT),
        _ => ("file", FILE),
    }
}

/// Whether a browser shows this type as a picture or a film without running anything in it. SVG is not among them.
pub(crate) fn has_thumb(mime: &str) -> bool {
    matches!(mime, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif")
        || matches!(mime, "video/mp4" | "video/webm" | "video/quicktime" | "video/ogg" | "video/x-m4v")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_by_type_and_extension() {
        assert_eq!(family("image/png", "png").0, "image");
        assert_eq!(family("text/csv", "csv").0, "table");
        assert_eq!(family("", "ZIP").0, "archive");
        assert_eq!(family("", "").0, "file");
        assert!(has_thumb("image/png") && has_thumb("video/mp4") && !has_thumb("image/svg+xml"));
    }
}
