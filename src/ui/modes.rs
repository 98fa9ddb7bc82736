//! The interface in other places than in the flow of the page: behind a button, in a dialog, over the whole page, as one
//! picture.
//!
//! What a server renders is the panel in the flow of the page, which works without scripts. What is made around it here is
//! taken away again, and the panel put back, when this is dropped.

mod behind;
mod image;
mod page;

use std::rc::{Rc, Weak};

use web_sys::HtmlElement;

use super::{frame::Frame, live::Work, settings::Mode};

/// Where the panel stands.
#[derive(Debug)]
pub(crate) struct Place {
    mode: Mode,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Behind(Box<behind::Behind>),
    Page(page::Page),
    Image(image::Image),
}

impl Place {
    /// Puts the panel there. `None` where it is right already.
    pub(crate) fn new(mode: Mode, work: &Rc<Work>) -> Option<Self> {
        let kind = match mode {
            Mode::Inline => return None,
            Mode::Button | Mode::Modal => Kind::Behind(Box::new(behind::Behind::new(mode == Mode::Modal, work))),
            Mode::Page => Kind::Page(page::Page::new(work)),
            Mode::Image => Kind::Image(image::Image::new(work)?),
        };
        Some(Self { mode, kind })
    }

    pub(crate) const fn mode(&self) -> Mode {
        self.mode
    }

    /// Shows what is true now.
    pub(crate) fn paint(&mut self, frame: &Frame) {
        match &mut self.kind {
            Kind::Behind(behind) => behind.paint(frame),
            Kind::Page(page) => page.paint(),
            Kind::Image(image) => image.paint(),
        }
    }

    /// Opens or closes what is not open all the time.
    pub(crate) fn open(&self, open: bool) {
        if let Kind::Behind(behind) = &self.kind {
            behind.open(open);
        }
    }
}

/// The panel as its surroundings need it.
type Owner = Weak<Work>;

/// An element of the same class as the panel, whose colours it needs, after the panel.
fn beside_panel(root: &HtmlElement, tag: &str, class: &str, part: &str) -> Option<HtmlElement> {
    let parent = root.parent_element()?;
    let made = super::dom::append(&parent, tag, class);
    super::dom::set(&made, "part", part);
    root.after_with_node_1(&made).ok();
    Some(made)
}
