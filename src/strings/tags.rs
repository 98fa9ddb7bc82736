//! What a language tag says about the words its reader wants: a language and a script.

/// Languages that we have, or that a tag is likely to name, with the script they are usually written in.
const USUAL: &[(&str, &str)] =
    &[("ar", "Arab"), ("he", "Hebr"), ("ja", "Jpan"), ("ko", "Kore"), ("ru", "Cyrl"), ("uk", "Cyrl"), ("zh", "Hans")];

/// Language and script of a tag, such as `zh-Hans` for `zh_SG`; `None` for what is no tag.
pub(super) fn written(tag: &str) -> Option<String> {
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    let language = match language.as_str() {
        // What they were called once.
        "iw" => "he",
        "cmn" => "zh",
        known => known,
    };
    if !(2..=3).contains(&language.len())
        || !language.bytes().all(|byte| byte.is_ascii_lowercase())
        || language == "und"
    {
        return None;
    }
    let (mut script, mut region) = (None, None);
    for part in parts {
        let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        match part.len() {
            4 if letters && script.is_none() && region.is_none() => {
                script = Some([part[..1].to_ascii_uppercase(), part[1..].to_ascii_lowercase()].concat());
            }
            2 if letters && region.is_none() => region = Some(part.to_ascii_uppercase()),
            // Variants and extensions say nothing about words.
            _ => break,
        }
    }
    let usual = USUAL.iter().find(|(known, _)| *known == language).map_or("Latn", |(_, script)| script);
    let script = script.unwrap_or_else(|| {
        // Chinese is written in traditional characters in most places but the mainland and its neighbours.
        let traditional =
            language == "zh" && region.is_some_and(|region| !["CN", "SG", "MY", "CA"].contains(&&*region));
        if traditional { "Hant".to_owned() } else { usual.to_owned() }
    });
    Some([language, "-", &script].concat())
}

#[cfg(test)]
mod tests {
    use crate::strings::{Direction, Strings, locales};

    #[test]
    fn a_reader_gets_the_words_of_their_language_in_their_script() {
        let found = |tag: &str| locales::find(tag).map(|strings| strings.locale);
        for code in locales::CODES {
            assert_eq!(found(code), Some(code));
        }
        let readers = [
            ("en-GB", "en"),
            ("de_AT", "de"),
            ("PT-pt", "pt-BR"),
            ("iw", "he"),
            ("zh", "zh-CN"),
            ("zh-SG", "zh-CN"),
            ("zh-Hans-TW", "zh-CN"),
            ("ru-u-nu-latn", "ru"),
        ];
        for (tag, code) in readers {
            assert_eq!(found(tag), Some(code), "{tag}");
        }
        for tag in ["", "zh-TW", "zh-hant", "ru-Latn", "und-DE", "deutsch", "x-foo", "nb", "é", "-"] {
            assert_eq!(found(tag), None, "{tag}");
        }
        assert_eq!(locales::AR.direction, Direction::Rtl);
        assert_eq!(Strings::default(), Strings::EN);
    }
}
