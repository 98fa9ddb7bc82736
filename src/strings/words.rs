//! How words, numbers, sizes and durations are put together in the language of a set of strings.
//!
//! In a browser all that depends on the language and is no word comes from `Intl`. Where there is none, on a server, numbers
//! are written plainly, and plural forms are chosen by the rules for the languages that come along.

use filechute_engine::display_name;

use super::{Forms, Strings};

const UNITS: [(&str, &str); 6] =
    [("B", ""), ("kB", "kilobyte"), ("MB", "megabyte"), ("GB", "gigabyte"), ("TB", "terabyte"), ("PB", "petabyte")];

/// A set of strings and what puts values into them.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The words themselves.
    pub strings: &'a Strings,
    /// Without what only browsers know.
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "there is no Intl here"))]
    plain: bool,
}

impl<'a> Words<'a> {
    /// As well as it can be done here.
    #[must_use]
    pub const fn new(strings: &'a Strings) -> Self {
        Self { strings, plain: false }
    }

    /// The same on a server and in any browser: for what a server renders and a browser takes over.
    #[must_use]
    pub const fn plain(strings: &'a Strings) -> Self {
        Self { strings, plain: true }
    }

    /// A whole number.
    #[must_use]
    pub fn number(self, value: u64) -> String {
        self.intl(&Format::NUMBER, value, 0).unwrap_or_else(|| value.to_string())
    }

    /// Whole percents.
    #[must_use]
    pub fn percent(self, value: u8) -> String {
        // In tenths of a percent of one, since that is what is said in the end.
        self.intl(&Format::PERCENT, u64::from(value), 2).unwrap_or_else(|| format!("{value}%"))
    }

    /// The form for that many, filled with the number as `{0}` and what else there is.
    #[must_use]
    pub fn count(self, forms: &Forms, n: u32, more: &[&str]) -> String {
        let number = self.number(n.into());
        let mut values = vec![number.as_str()];
        values.extend(more);
        fill(forms.of(&self.category(n)), &values)
    }

    /// Several things beside each other.
    #[must_use]
    pub fn list(self, entries: &[String]) -> String {
        self.intl_list(entries).unwrap_or_else(|| entries.join(", "))
    }

    /// A size as people read it, in powers of 1000 as file managers and S3's price list have it: `999 B`, `1.2 MB`, `17 GB`.
    /// Never rounded up: a file of 10 MB is not told to be larger than 10 MB.
    #[must_use]
    pub fn bytes(self, size: u64) -> String {
        let (mut whole, mut rest, mut unit) = (size, 0, 0);
        while whole >= 1000 && unit + 1 < UNITS.len() {
            (rest, whole) = (whole % 1000, whole / 1000);
            unit += 1;
        }
        let tenths = if whole < 10 { rest / 100 } else { 0 };
        let (short, name) = UNITS.get(unit).copied().unwrap_or_default();
        if unit == 0 {
            return fill(self.strings.bytes, &[&self.number(whole)]);
        }
        let format = Format { unit: name, display: "short", ..Format::NUMBER };
        self.intl(&format, whole * 10 + tenths, 1).unwrap_or_else(|| match tenths {
            0 => format!("{whole} {short}"),
            _ => format!("{whole}.{tenths} {short}"),
        })
    }

    /// A duration as people read it: `5s`, `1m 05s`, `2h 03m`.
    #[must_use]
    pub fn duration(self, ms: u64) -> String {
        let seconds = ms.div_ceil(1000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let part = |value: u64, unit: &'static str, digits: u8| {
            let format = Format { unit, display: "narrow", digits, ..Format::NUMBER };
            self.intl(&format, value, 0).unwrap_or_else(|| {
                let zero = if digits > 1 && value < 10 { "0" } else { "" };
                format!("{zero}{value}{}", &unit[..1])
            })
        };
        match (hours, minutes) {
            (0, 0) => part(seconds, "second", 1),
            (0, _) => [part(minutes, "minute", 1), part(seconds, "second", 2)].join(" "),
            _ => [part(hours, "hour", 1), part(minutes, "minute", 2)].join(" "),
        }
    }

    /// A template about a file, filled with its name as it is shown, and what else there is.
    pub(crate) fn told(self, template: &str, name: &str, more: &[&str]) -> String {
        let name = display_name(name);
        let mut values = vec![name.as_str()];
        values.extend(more);
        fill(template, &values)
    }

    #[cfg(target_arch = "wasm32")]
    fn category(self, n: u32) -> String {
        let said = if self.plain { None } else { intl::category(self.strings.locale, n) };
        said.unwrap_or_else(|| plural(self.strings.locale, n).to_owned())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn category(self, n: u32) -> String {
        plural(self.strings.locale, n).to_owned()
    }

    /// `value` with so many of its digits after the point, by `Intl`.
    #[cfg(target_arch = "wasm32")]
    fn intl(self, format: &Format, value: u64, decimals: i32) -> Option<String> {
        // Sizes and times are far below what a float holds exactly.
        #[allow(clippy::cast_precision_loss)]
        let value = value as f64 / 10_f64.powi(decimals);
        if self.plain { None } else { intl::number(self.strings.locale, format, value) }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[allow(clippy::unused_self, reason = "there is no Intl here")]
    fn intl(self, _format: &Format, _value: u64, _decimals: i32) -> Option<String> {
        None
    }

    #[cfg(target_arch = "wasm32")]
    fn intl_list(self, entries: &[String]) -> Option<String> {
        if self.plain { None } else { intl::list(self.strings.locale, entries) }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[allow(clippy::unused_self, reason = "there is no Intl here")]
    fn intl_list(self, _entries: &[String]) -> Option<String> {
        None
    }
}

/// How a number is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "there is no Intl here"))]
struct Format {
    style: &'static str,
    unit: &'static str,
    display: &'static str,
    /// At least so many digits before the point.
    digits: u8,
}

impl Format {
    const NUMBER: Self = Self { style: "", unit: "", display: "", digits: 1 };
    const PERCENT: Self = Self { style: "percent", ..Self::NUMBER };
}

/// The template with `{0}`, `{1}` … replaced.
pub(crate) fn fill(template: &str, values: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let place = after.as_bytes().first().map(|digit| usize::from(digit.wrapping_sub(b'0')));
        let value = place.and_then(|at| values.get(at));
        match (value, after.split_once('}')) {
            (Some(value), Some((digit, tail))) if digit.len() == 1 => {
                out.push_str(value);
                rest = tail;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The plural category of a whole number, by Unicode's rules for the languages that come along; any other language is taken
/// to count like English.
fn plural(locale: &str, n: u32) -> &'static str {
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    let (ones, tens) = (n % 10, n % 100);
    let million = n > 0 && n.is_multiple_of(1_000_000);
    match (language, n) {
        ("ja" | "ko" | "zh", _) => "other",
        ("ar", 0) => "zero",
        ("ar" | "he", 2) => "two",
        ("ar", _) if (3..=10).contains(&tens) => "few",
        ("ar", _) if tens >= 11 => "many",
        ("ru" | "uk", _) if ones == 1 && tens != 11 => "one",
        ("ru" | "uk" | "pl", _) if (2..=4).contains(&ones) && !(12..=14).contains(&tens) => "few",
        ("ru" | "uk", _) => "many",
        ("fr" | "pt", 0) | (_, 1) => "one",
        ("pl", _) => "many",
        ("fr" | "pt" | "es" | "it", _) if million => "many",
        _ => "other",
    }
}

/// What browsers know of languages. Everything is asked for by name and may be missing; nothing of it throws into here.
#[cfg(target_arch = "wasm32")]
mod intl {
    use std::cell::RefCell;

    use js_sys::{Array, Function, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    use super::Format;

    type Made = (&'static str, &'static str, Format, Option<JsValue>);

    thread_local! {
        /// Formatters cost much to make and nothing to keep.
        static MADE: RefCell<Vec<Made>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn number(locale: &'static str, format: &Format, value: f64) -> Option<String> {
        call("NumberFormat", locale, *format, "format", &value.into())
    }

    pub(super) fn category(locale: &'static str, n: u32) -> Option<String> {
        call("PluralRules", locale, Format::NUMBER, "select", &n.into())
    }

    pub(super) fn list(locale: &'static str, entries: &[String]) -> Option<String> {
        let entries: Array = entries.iter().map(|entry| JsValue::from_str(entry)).collect();
        call("ListFormat", locale, Format::NUMBER, "format", &entries)
    }

    fn call(kind: &'static str, locale: &'static str, format: Format, verb: &str, value: &JsValue) -> Option<String> {
        let formatter = MADE.with_borrow_mut(|made| {
            let known = made.iter().find(|(a, b, c, _)| (*a, *b, *c) == (kind, locale, format));
            if let Some((.., formatter)) = known {
                return formatter.clone();
            }
            // A language that is no language tag is written as English.
            let formatter = make(kind, locale, format).or_else(|| make(kind, "en", format));
            made.push((kind, locale, format, formatter.clone()));
            formatter
        })?;
        let method: Function = Reflect::get(&formatter, &verb.into()).ok()?.dyn_into().ok()?;
        method.call1(&formatter, value).ok()?.as_string()
    }

    fn make(kind: &str, locale: &str, format: Format) -> Option<JsValue> {
        let options = Object::new();
        let set = |name: &str, value: JsValue| Reflect::set(&options, &name.into(), &value).ok();
        if kind == "ListFormat" {
            set("type", "unit".into());
            set("style", "short".into());
        } else if !format.unit.is_empty() {
            set("style", "unit".into());
            set("unit", format.unit.into());
            set("unitDisplay", format.display.into());
            set("minimumIntegerDigits", format.digits.into());
            set("maximumFractionDigits", 1.into());
        } else if !format.style.is_empty() {
            set("style", format.style.into());
        }
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let class: Function = Reflect::get(&intl, &kind.into()).ok()?.dyn_into().ok()?;
        Reflect::construct(&class, &Array::of2(&locale.into(), &options)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strings::locales;

    #[test]
    fn numbers_read_well() {
        let words = Words::plain(&Strings::EN);
        for (size, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1250, "1.2 kB"),
            (10_900, "10 kB"),
            (2_097_152, "2 MB"),
            (1_500_000_000, "1.5 GB"),
        ] {
            assert_eq!(words.bytes(size), text);
        }
        for (ms, text) in [(0, "0s"), (4_100, "5s"), (65_000, "1m 05s"), (3_900_000, "1h 05m")] {
            assert_eq!(words.duration(ms), text);
        }
        assert_eq!(words.percent(42), "42%");
    }

    #[test]
    fn places_are_filled_and_braces_in_values_are_left_alone() {
        assert_eq!(fill("{0} of {1}", &["{1}", "b"]), "{1} of b");
        assert_eq!(fill("a {x} {7} {0x} {", &["v"]), "a {x} {7} {0x} {");
        let words = Words::new(&Strings::EN);
        assert_eq!(words.count(&Strings::EN.upload, 1, &[]), "Upload 1 file");
        assert_eq!(words.count(&Strings::EN.of_files, 3, &["2"]), "2 of 3 files");
    }

    #[test]
    fn plural_forms_are_chosen_without_a_browser_too() {
        let text = |strings: &Strings, n| Words::new(strings).count(&strings.all_ready, n, &[]);
        assert_eq!(text(&locales::PL, 3), Words::new(&locales::PL).told(locales::PL.all_ready.few.unwrap(), "3", &[]));
        assert_eq!(text(&locales::AR, 2), locales::AR.all_ready.two.unwrap());
        assert_eq!(plural("ru", 21), "one");
        assert_eq!(plural("ru", 112), "many");
        assert_eq!(plural("pt-BR", 0), "one");
        assert_eq!(plural("nobody", 1), "one");
    }
}
