//! A long list is one stop for Tab: it leads to the buttons of one file, and from there past the list. Arrow keys, Home and End
//! go from file to file.

use std::rc::Rc;

use web_sys::{Element, KeyboardEvent};

use super::{
    live::Work,
    reach::{id_at, is_plain, step},
};

/// Of more files than that nobody wants to pass each on the way to what comes after.
pub(crate) const LONG_LIST: usize = 20;

/// A key; false for those that mean something else.
pub(crate) fn key(work: &Rc<Work>, target: &Element, event: &KeyboardEvent) -> bool {
    let Some(id) = id_at(target) else { return false };
    let ids = work.shown();
    if ids.len() <= LONG_LIST || !is_plain(event) {
        return false;
    }
    let at = ids.iter().position(|known| *known == id);
    let Some(to) = at.and_then(|at| step(&event.key(), at, work)) else { return false };
    // The same button there, or where there is none the one that each file has.
    let part = target.get_attribute("part").unwrap_or_default();
    work.focus_in_row(to, &["[part=\"", &part, "\"]:not([hidden]), [data-do=remove]"].concat());
    true
}
