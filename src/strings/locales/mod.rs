// Made by `cargo xtask words` from the JavaScript side. Change it there.
//! The languages there are beside English, each a constant of its own: an application carries those it names.

use super::{Strings, tags::written};

mod de;
mod fr;
mod es;
mod it;
mod pt_br;
mod nl;
mod pl;
mod ru;
mod uk;
mod tr;
mod ar;
mod he;
mod zh_cn;
mod ja;
mod ko;

pub use de::DE;
pub use fr::FR;
pub use es::ES;
pub use it::IT;
pub use pt_br::PT_BR;
pub use nl::NL;
pub use pl::PL;
pub use ru::RU;
pub use uk::UK;
pub use tr::TR;
pub use ar::AR;
pub use he::HE;
pub use zh_cn::ZH_CN;
pub use ja::JA;
pub use ko::KO;

/// The codes of all languages.
pub const CODES: [&str; 16] = ["en", "de", "fr", "es", "it", "pt-BR", "nl", "pl", "ru", "uk", "tr", "ar", "he", "zh-CN", "ja", "ko"];

/// The words for a reader of that tag, as in the attribute `lang`: of the same language in the same script, whatever the
/// country. `pt-PT` gets `pt-BR`, but `zh-TW` nothing, for it is not written in simplified characters.
///
/// An application that calls this carries all languages.
#[must_use]
pub fn find(tag: &str) -> Option<Strings> {
    Some(match written(tag)?.as_str() {
        "en-Latn" => Strings::EN,
        "de-Latn" => DE,
        "fr-Latn" => FR,
        "es-Latn" => ES,
        "it-Latn" => IT,
        "pt-Latn" => PT_BR,
        "nl-Latn" => NL,
        "pl-Latn" => PL,
        "ru-Cyrl" => RU,
        "uk-Cyrl" => UK,
        "tr-Latn" => TR,
        "ar-Arab" => AR,
        "he-Hebr" => HE,
        "zh-Hans" => ZH_CN,
        "ja-Jpan" => JA,
        "ko-Kore" => KO,
        _ => return None,
    })
}
