//! What an application sets about the interface, apart from the uploader's own options.

use super::strings::Strings;

/// Which colours the widget has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the person's system prefers.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Reads the attribute `theme`; what it does not know is [`Theme::Auto`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// The attribute's value.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl From<&str> for Theme {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

/// Settings of the interface. They may change while it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UiSettings {
    /// The picker's `accept`. What may be *added* is the uploader's `restrictions`.
    pub accept: String,
    /// Whether the picker takes more than one file.
    pub multiple: bool,
    /// Whether the picker asks for a folder.
    pub directory: bool,
    /// Whether adding files is off.
    pub disabled: bool,
    /// Name of the plain input that the widget is before scripts run.
    pub name: String,
    /// Label of the whole field, put before the button's own name for assistive technology.
    pub label: String,
    /// Colours.
    pub theme: Theme,
    /// Words.
    pub strings: Strings,
}

impl Default for UiSettings {
    fn default() -> Self {
        Self {
            accept: String::new(),
            multiple: true,
            directory: false,
            disabled: false,
            name: String::new(),
            label: String::new(),
            theme: Theme::Auto,
            strings: Strings::EN,
        }
    }
}
