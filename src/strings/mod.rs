//! Every word that a person reads or hears, and how numbers, sizes and durations are written around them.
//!
//! The words are [`Strings`]; those of other languages are constants in [`locales`]. They are kept in JavaScript, where the
//! element has them, and `cargo xtask words` writes them here.

#[rustfmt::skip]
pub mod locales;
#[rustfmt::skip]
mod table;
mod tags;
mod words;

pub use table::Strings;
pub use words::Words;
#[cfg(feature = "ui")]
pub(crate) use words::fill;

/// A text that counts: one form per plural category of its language. `{0}` is the number that chooses the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the categories, as Unicode has them")]
pub struct Forms {
    pub zero: Option<&'static str>,
    pub one: Option<&'static str>,
    pub two: Option<&'static str>,
    pub few: Option<&'static str>,
    pub many: Option<&'static str>,
    /// For all numbers that have no form of their own.
    pub other: &'static str,
}

impl Forms {
    /// Nothing, to be filled by an update: `Forms { one: Some("{0} photo"), other: "{0} photos", ..Forms::NONE }`.
    pub const NONE: Self = Self { zero: None, one: None, two: None, few: None, many: None, other: "" };

    /// The form of that category.
    pub(crate) fn of(&self, category: &str) -> &'static str {
        let form = match category {
            "zero" => self.zero,
            "one" => self.one,
            "two" => self.two,
            "few" => self.few,
            "many" => self.many,
            _ => None,
        };
        form.unwrap_or(self.other)
    }
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    #[default]
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// The attribute `dir`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl Default for Strings {
    fn default() -> Self {
        Self::EN
    }
}
