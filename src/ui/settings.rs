//! What an application sets about the interface, apart from the uploader's own options.

use crate::strings::{Direction, Strings};

/// A choice of which the first is the usual one, with the words that an attribute of the element has for them.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            $($(#[$what])* $variant,)*
        }

        impl $name {
            /// Reads the attribute; what it does not know is the usual.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                match text {
                    $($word => Self::$variant,)*
                    _ => Self::default(),
                }
            }

            /// The attribute's value.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::parse(text)
            }
        }
    };
}

choice! {
    /// Which colours the widget has.
    Theme {
        /// As the page says by its `color-scheme`, so light where it says nothing.
        #[default]
        Page = "",
        /// As the person's system prefers.
        Auto = "auto",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
}

choice! {
    /// Where the interface stands.
    Mode {
        /// In the flow of the page.
        #[default]
        Inline = "inline",
        /// Behind a button, in a popover.
        Button = "button",
        /// Behind a button, in a dialog.
        Modal = "modal",
        /// In the flow of the page; files may be dropped anywhere, or on what `target` finds.
        Page = "page",
        /// One picture, shown where it was dropped.
        Image = "image",
    }
}

choice! {
    /// How the files stand.
    View {
        /// Below each other.
        #[default]
        List = "list",
        /// Side by side.
        Grid = "grid",
    }
}

choice! {
    /// Whether a phone opens its camera instead of its picker, as in `<input capture>`.
    Capture {
        /// The picker, which offers the camera beside what is there.
        #[default]
        Off = "",
        /// The camera at the front.
        User = "user",
        /// The camera at the back.
        Environment = "environment",
    }
}

/// What a person may fill in about a file, as in Uppy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetaField {
    /// The name in `file.meta`.
    pub id: String,
    /// What stands above the field; empty for `id`.
    pub name: String,
    /// What stands in the field while it is empty.
    pub placeholder: String,
    /// Whether it has to be filled in.
    pub required: bool,
}

/// Settings of the interface. They may change while it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UiSettings {
    /// The picker's `accept`. What may be *added* is the uploader's `restrictions`.
    pub accept: String,
    /// Whether a phone opens its camera instead of its picker.
    pub capture: Capture,
    /// Whether the picker takes more than one file.
    pub multiple: bool,
    /// Whether the picker asks for a folder.
    pub directory: bool,
    /// Whether it is off: nothing is added, and nothing of the list is changed by a person.
    pub disabled: bool,
    /// Name of the plain input that the widget is before scripts run.
    pub name: String,
    /// Label of the whole field, put before the button's own name for assistive technology.
    pub label: String,
    /// Colours.
    pub theme: Theme,
    /// Where it stands.
    pub mode: Mode,
    /// How the files stand.
    pub view: View,
    /// Selector of what [`Mode::Page`] lets files be dropped on; empty for the whole page.
    pub target: String,
    /// Address of the picture that [`Mode::Image`] shows until another is chosen; empty for none.
    pub src: String,
    /// Whether a file that is there has a button that copies its key.
    pub show_key: bool,
    /// Whether a file that is there has a button that copies its address.
    pub show_link: bool,
    /// Whether the page may be left without a question while uploads run.
    pub quiet_leave: bool,
    /// Whether the screen is kept on while uploads run.
    pub keep_awake: bool,
    /// Whether the page's title says how far they are.
    pub page_title: bool,
    /// Whether the icon of an installed page says how many files are under way, where the browser can.
    pub page_badge: bool,
    /// Whether a form needs a file. Told to the plain input that the widget is before scripts run.
    pub required: bool,
    /// Whether a person may put the files in an order.
    pub sortable: bool,
    /// Whether a person may choose several files and do something with all of them.
    pub selectable: bool,
    /// What may be filled in about a file, its name included; `None` where that is not offered.
    pub meta_fields: Option<Vec<MetaField>>,
    /// Words.
    pub strings: Strings,
}

impl UiSettings {
    /// What the picker is told, which in [`Mode::Image`] means pictures unless something else was said.
    #[must_use]
    pub fn accepted(&self) -> &str {
        if self.accept.is_empty() && self.mode == Mode::Image { "image/*" } else { &self.accept }
    }

    /// Whether there is a picture until another is chosen.
    pub(crate) fn has_picture(&self) -> bool {
        self.mode == Mode::Image && !self.src.is_empty()
    }

    /// Whether more than one file is taken.
    #[must_use]
    pub fn takes_many(&self) -> bool {
        self.multiple && self.mode != Mode::Image
    }

    /// Whether the picker asks for a folder.
    #[must_use]
    pub fn takes_folders(&self) -> bool {
        self.directory && self.mode != Mode::Image
    }

    /// `data-theme` of what has its colours. None where they are those of the page.
    pub(crate) fn colours(&self) -> Option<&'static str> {
        (self.theme != Theme::Page).then(|| self.theme.name())
    }

    /// The direction that comes with the language. None for English, which is what nobody chose: the page's own holds then.
    #[must_use]
    pub fn direction(&self) -> Option<&'static str> {
        (self.strings.locale != Strings::EN.locale).then(|| Direction::name(self.strings.direction))
    }
}

impl Default for UiSettings {
    fn default() -> Self {
        Self {
            accept: String::new(),
            capture: Capture::Off,
            multiple: true,
            directory: false,
            disabled: false,
            name: String::new(),
            label: String::new(),
            theme: Theme::Page,
            mode: Mode::Inline,
            view: View::List,
            target: String::new(),
            src: String::new(),
            show_key: false,
            show_link: false,
            quiet_leave: false,
            keep_awake: false,
            page_title: false,
            page_badge: false,
            required: false,
            sortable: false,
            selectable: false,
            meta_fields: None,
            strings: Strings::EN,
        }
    }
}
