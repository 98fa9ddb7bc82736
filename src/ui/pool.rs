//! The list as a pool of rows: only what is in view, and a little above and below, stands in the document. Scrolling
//! moves nodes and makes none, so ten thousand files cost what twenty do.
//!
//! The order of the nodes is always the order on the screen, so that Tab goes from file to file.

use std::{collections::VecDeque, rc::Rc};

use filechute_engine::{FileId, UploadFile};
use web_sys::HtmlElement;

use super::{
    arrows::LONG_LIST,
    dom::{is, put, style},
    model,
    row::Row,
    settings::{UiSettings, View},
    thumbs::Thumbs,
};
use crate::{Uploader, strings::Words};

/// Height of a row in pixels until one has been measured.
const USUAL_ROW: f64 = 64.0;

/// Least width of a file in a grid.
const CELL: i32 = 144;

/// The rows, and the files they are to show.
#[derive(Debug)]
pub(crate) struct Pool {
    view: HtmlElement,
    list: HtmlElement,
    thumbs: Rc<Thumbs>,
    ids: Vec<FileId>,
    rows: VecDeque<Row>,
    row_height: f64,
    /// How many stand side by side.
    columns: usize,
    /// Height the list was last given, in lines and pixels, and its columns.
    given: (usize, f64, usize),
    /// The file whose buttons Tab leads to, in a long list.
    stop: Option<FileId>,
}

impl Pool {
    /// An empty list. `view` is what scrolls, `list` the `<ul>` in it.
    pub(crate) fn new(view: HtmlElement, list: HtmlElement, thumbs: Rc<Thumbs>) -> Self {
        Self {
            view,
            list,
            thumbs,
            ids: Vec::new(),
            rows: VecDeque::new(),
            row_height: USUAL_ROW,
            columns: 1,
            given: (0, 0.0, 0),
            stop: None,
        }
    }

    /// Where rows beside these have their pictures from.
    pub(crate) fn thumbs(&self) -> Rc<Thumbs> {
        Rc::clone(&self.thumbs)
    }

    /// These are the files now. `layout` makes it visible.
    pub(crate) fn set_files(&mut self, ids: Vec<FileId>) {
        self.ids = ids;
    }

    /// Puts the rows where the view is and gives them their files. `moved` are files that need a new look anyway.
    pub(crate) fn layout(
        &mut self,
        uploader: &Uploader,
        settings: &UiSettings,
        equip: impl Fn(&UploadFile, &mut model::Row),
        moved: impl Fn(FileId) -> bool,
    ) {
        self.resize();
        self.slide();
        if self.measure(settings.view) {
            // Styles, or the width, gave rows another size.
            self.resize();
            self.slide();
            for row in &mut self.rows {
                row.place(row.index, self.row_height, self.columns);
            }
        }
        let (words, direction) = (Words::new(&settings.strings), settings.direction());
        let count = self.ids.len();
        for row in &mut self.rows {
            row.of(count);
            let Some(id) = self.ids.get(row.index).copied() else { continue };
            if row.id == Some(id) && !moved(id) {
                continue;
            }
            if let Some(file) = uploader.file(id) {
                let mut model = model::row(&file, words, settings.into(), row.pace(&file));
                equip(&file, &mut model);
                row.paint(&file, model, direction, || uploader.blob(id));
            }
        }
        let help = (self.ids.len() > LONG_LIST).then_some(settings.strings.list_help);
        put(&self.list, "aria-description", help);
        self.settle_stops();
    }

    /// From now on Tab leads to the buttons of that file.
    pub(crate) fn set_stop(&mut self, id: FileId) {
        self.stop = Some(id);
        self.settle_stops();
    }

    /// A long list has one stop for Tab.
    fn settle_stops(&mut self) {
        let is_long = self.ids.len() > LONG_LIST;
        // Out of sight: the first one of which something is seen. There may be no room for a whole one.
        if !self.rows.iter().any(|row| row.id.is_some() && row.id == self.stop) {
            #[allow(clippy::cast_precision_loss)]
            let end = |row: &&Row| (row.index / self.columns + 1) as f64 * self.row_height();
            let seen = f64::from(self.view.scroll_top());
            self.stop = self.rows.iter().find(|row| end(row) > seen).and_then(|row| row.id);
        }
        for row in &self.rows {
            row.set_stop(!is_long || row.id == self.stop);
        }
    }

    /// The list is as high as all its rows would be.
    fn resize(&mut self) {
        let wanted = (self.ids.len().div_ceil(self.columns), self.row_height, self.columns);
        if self.given != wanted {
            self.given = wanted;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let height = wanted.0 as u64 * wanted.1 as u64;
            style(&self.list, "height", &[&height.to_string(), "px"].concat());
            style(&self.list, "--columns", &self.columns.to_string());
        }
    }

    /// Takes rows from the end that went out of view to the one that came into it.
    fn slide(&mut self) {
        let height = f64::from(self.view.client_height());
        let lines = self.ids.len().div_ceil(self.columns);
        let lines = model::window(lines, f64::from(self.view.scroll_top()), height, self.row_height);
        let wanted = lines.start * self.columns..(lines.end * self.columns).min(self.ids.len());
        let mut spare = Vec::new();
        while self.rows.front().is_some_and(|row| row.index < wanted.start) {
            spare.extend(self.rows.pop_front());
        }
        while self.rows.back().is_some_and(|row| row.index >= wanted.end) {
            spare.extend(self.rows.pop_back());
        }
        // Scrolling away from the focused row must not drop the focus on the floor; the view can hold it.
        let focused = spare.iter().find(|row: &&Row| is(&row.node, ":focus-within"));
        if focused.is_some_and(|row| row.id.is_some_and(|id| self.ids.contains(&id))) {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            self.view.focus_with_options(&options).ok();
        }
        let (row_height, columns) = (self.row_height, self.columns);
        let mut take = |index: usize| {
            let mut row = spare.pop().unwrap_or_else(|| Row::new(&self.list, Rc::clone(&self.thumbs)));
            row.place(index, row_height, columns);
            row
        };
        let end = self.rows.back().map_or(wanted.start, |row| row.index + 1);
        let start = self.rows.front().map_or(wanted.start, |row| row.index);
        for index in (wanted.start..start).rev() {
            let row = take(index);
            self.list.prepend_with_node_1(&row.node).ok();
            self.rows.push_front(row);
        }
        for index in end..wanted.end {
            let row = take(index);
            self.list.append_child(&row.node).ok();
            self.rows.push_back(row);
        }
    }

    /// Reads the height that styles give a row, and how many stand side by side; true when it is news.
    fn measure(&mut self, view: View) -> bool {
        let Some(height) = self.rows.front().map(|row| f64::from(row.node.offset_height())) else { return false };
        let fitting = usize::try_from(self.list.client_width() / CELL).unwrap_or(1).max(1);
        let columns = if view == View::Grid { fitting } else { 1 };
        if height < 1.0 || ((height - self.row_height).abs() < 0.5 && columns == self.columns) {
            return false;
        }
        self.row_height = height;
        self.columns = columns;
        true
    }

    pub(crate) const fn view(&self) -> &HtmlElement {
        &self.view
    }

    pub(crate) const fn list(&self) -> &HtmlElement {
        &self.list
    }

    pub(crate) fn row_height(&self) -> f64 {
        self.row_height.floor()
    }

    /// The rows that stand in the document.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// How many files stand side by side.
    pub(crate) const fn columns(&self) -> usize {
        self.columns
    }

    /// Whether the list runs from left to right.
    pub(crate) fn runs_forward(&self) -> bool {
        let styles = web_sys::window().and_then(|window| window.get_computed_style(&self.list).ok().flatten());
        styles.and_then(|styles| styles.get_property_value("direction").ok()).is_none_or(|way| way != "rtl")
    }

    /// Scrolls so that this place is seen.
    pub(crate) fn scroll_to(&self, at: usize) {
        #[allow(clippy::cast_possible_truncation)]
        let height = self.row_height as i32;
        let top = i32::try_from(at / self.columns).unwrap_or(i32::MAX).saturating_mul(height);
        let most = top.saturating_add(height).saturating_sub(self.view.client_height());
        if self.view.scroll_top() > top {
            self.view.set_scroll_top(top);
        } else if self.view.scroll_top() < most {
            self.view.set_scroll_top(most);
        }
    }

    /// The row at that place, if it stands in the document.
    pub(crate) fn row(&self, at: usize) -> Option<&Row> {
        self.rows.iter().find(|row| row.index == at)
    }

    /// The row nearest to the end of the list.
    pub(crate) fn last(&self) -> Option<&HtmlElement> {
        self.rows.back().map(|row| &row.node)
    }
}
