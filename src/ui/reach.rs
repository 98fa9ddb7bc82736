//! What ordering and choosing have in common: how they get at rows, of which only those in view stand in the document.

use filechute_engine::FileId;
use web_sys::{Element, KeyboardEvent};

use super::{live::Work, settings::View};

/// Where a key leads to from a place in a list or a grid; `None` for other keys.
pub(crate) fn step(key: &str, at: usize, work: &Work) -> Option<usize> {
    let last = work.shown().len().checked_sub(1)?;
    let columns = work.columns();
    let is_grid = work.look(|settings| settings.view) == Some(View::Grid);
    let back = |by: usize| at.saturating_sub(by);
    let to = match key {
        "ArrowUp" => back(columns),
        "ArrowDown" => at + columns,
        "ArrowLeft" | "ArrowRight" if is_grid => {
            if (key == "ArrowRight") == work.runs_forward() {
                at + 1
            } else {
                back(1)
            }
        }
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(to.min(last))
}

/// Without another key held down.
pub(crate) fn is_plain(event: &KeyboardEvent) -> bool {
    !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key())
}

/// The file of the row that something is in.
pub(crate) fn id_at(node: &Element) -> Option<FileId> {
    let row = node.closest(".fc-row").ok().flatten()?;
    row.get_attribute("data-id")?.parse().ok().map(FileId)
}
