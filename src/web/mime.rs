//! A type for files whose browser knows none: Windows leaves it empty for many. The browser's own word comes first;
//! content is never sniffed.

use filechute_engine::extension_of;

const TYPES: &str = "3gp video/3gpp|7z application/x-7z-compressed|aac audio/aac|avi video/x-msvideo|avif image/avif|\
bmp image/bmp|csv text/csv|doc application/msword|docx application/vnd.openxmlformats-officedocument.wordprocessingml.document|\
flac audio/flac|gif image/gif|glb model/gltf-binary|gz application/gzip|heic image/heic|heif image/heif|html text/html|\
jpeg image/jpeg|jpg image/jpeg|json application/json|jxl image/jxl|m4a audio/mp4|m4v video/mp4|md text/markdown|\
mkv video/x-matroska|mov video/quicktime|mp3 audio/mpeg|mp4 video/mp4|mpeg video/mpeg|ogg audio/ogg|ogv video/ogg|\
otf font/otf|pdf application/pdf|png image/png|ppt application/vnd.ms-powerpoint|\
pptx application/vnd.openxmlformats-officedocument.presentationml.presentation|psd image/vnd.adobe.photoshop|\
rar application/vnd.rar|rtf application/rtf|svg image/svg+xml|tar application/x-tar|tif image/tiff|tiff image/tiff|\
ttf font/ttf|txt text/plain|wav audio/wav|webm video/webm|webp image/webp|woff2 font/woff2|xls application/vnd.ms-excel|\
xlsx application/vnd.openxmlformats-officedocument.spreadsheetml.sheet|xml application/xml|yaml application/yaml|zip application/zip";

/// `mime` when there is one, else what the extension stands for, else `application/octet-stream`.
pub(crate) fn or_guess(mime: String, name: &str) -> String {
    if !mime.is_empty() {
        return mime;
    }
    let extension = extension_of(name);
    let found =
        TYPES.split('|').filter_map(|pair| pair.split_once(' ')).find(|(e, _)| e.eq_ignore_ascii_case(extension));
    found.map_or("application/octet-stream", |(_, mime)| mime).to_owned()
}

#[cfg(test)]
mod tests {
    use super::or_guess;

    #[test]
    fn the_browsers_word_comes_first() {
        assert_eq!(or_guess("text/x".into(), "a.png"), "text/x");
        assert_eq!(or_guess(String::new(), "A.PNG"), "image/png");
        assert_eq!(or_guess(String::new(), "zip"), "application/octet-stream");
        assert_eq!(or_guess(String::new(), "a.zip"), "application/zip");
    }
}
