//! A row that follows the pointer, and the others that make room for it.

use std::rc::Rc;

use filechute_engine::FileId;
use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::Press;
use crate::{
    strings::Words,
    ui::{
        dom::{Listeners, append, put, set, style},
        live::{Work, with},
        model,
        pool::Pool,
        row::Row,
    },
};

/// So near to an end of what is seen, in pixels, the list begins to scroll.
const EDGE: f64 = 40.0;
/// Most pixels it scrolls at a time.
const FASTEST: f64 = 400.0;
/// As often as a screen shows something, in milliseconds.
const FRAME_MS: u32 = 16;

/// What is dragged.
#[derive(Debug)]
pub(super) struct Drag {
    /// The place it would go to.
    to: usize,
    ghost: HtmlElement,
    _row: Row,
    /// Where in it it is held.
    held: (f64, f64),
    _scrolling: Interval,
    /// Escape, wherever the focus is: a button that was pressed need not have it (Safari).
    _escape: Option<Listeners>,
}

impl Drag {
    /// Takes a row up. `None` when its file is gone.
    pub(super) fn lift(work: &Rc<Work>, press: Press) -> Option<Self> {
        let pool = work.pool.as_ref()?.try_borrow().ok()?;
        let at = work.shown().iter().position(|id| *id == press.id)?;
        let file = work.uploader.file(press.id)?;
        let place = pool.row(at)?.node.get_bounding_client_rect();
        let ghost = append(pool.view(), "ul", "fc-list fc-lifted");
        set(&ghost, "aria-hidden", "true");
        set(&ghost, "inert", "");
        style(&ghost, "width", &pixels(place.width()));
        style(&ghost, "height", &pixels(place.height()));
        let mut row = Row::new(&ghost, pool.thumbs());
        work.look(|settings| {
            set(&ghost, "data-view", settings.view.name());
            let mut model = model::row(&file, Words::new(&settings.strings), settings.into(), 0);
            work.equip_row(settings, &file, &mut model);
            row.paint(&file, model, settings.direction(), || work.uploader.blob(press.id));
        });
        work.root.class_list().add_1("fc-sorting").ok();
        pool.view().set_pointer_capture(press.pointer).ok();
        let weak = Rc::downgrade(work);
        let scrolling = Interval::new(FRAME_MS, move || with(&weak, scroll));
        let weak = Rc::downgrade(work);
        let escape = work.root.owner_document().map(|document| {
            Listeners::new(&document, &["keydown"], move |event| {
                let Some(work) = weak.upgrade() else { return };
                let Some(sorter) = work.sorter().filter(|_| event.unchecked_ref::<KeyboardEvent>().key() == "Escape")
                else {
                    return;
                };
                event.prevent_default();
                event.stop_propagation();
                sorter.give_up(&work);
            })
        });
        let held = (f64::from(press.from.0) - place.left(), f64::from(press.from.1) - place.top());
        Some(Self { to: at, ghost, _row: row, held, _scrolling: scrolling, _escape: escape })
    }

    /// The place it would go to.
    pub(super) const fn to(&self) -> usize {
        self.to
    }

    /// What is dragged is where the pointer is, and the others make room.
    pub(super) fn follow(&mut self, work: &Work, id: FileId, now: (i32, i32)) {
        let Some(pool) = work.pool.as_ref().and_then(|pool| pool.try_borrow().ok()) else { return };
        let (x, y) = (f64::from(now.0), f64::from(now.1));
        let [around, seen, all] =
            [&work.root, pool.view(), pool.list()].map(|node: &HtmlElement| node.get_bounding_client_rect());
        let left = x - self.held.0 - around.left() - f64::from(work.root.client_left());
        let top = y - self.held.1 - around.top() - f64::from(work.root.client_top());
        style(&self.ghost, "translate", &[&*pixels(left), " ", &*pixels(top)].concat());
        let columns = pool.columns();
        let down = y.min(seen.bottom() - 1.0).max(seen.top() + 1.0) - all.top();
        let across = if pool.runs_forward() { x - all.left() } else { all.right() - x };
        // Saturating casts: left of the list is its first column.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let [line, column] = [down / pool.row_height(), across / (all.width() / columns as f64)].map(|at| at as usize);
        let ids = work.shown();
        self.to = (line * columns + column.min(columns - 1)).min(ids.len().saturating_sub(1));
        let Some(from) = ids.iter().position(|known| *known == id) else { return };
        for row in pool.rows() {
            shift(&pool, row, Some((from, self.to)));
        }
    }

    /// All rows look as they are again.
    pub(super) fn put_back(self, work: &Work) {
        self.ghost.remove();
        work.root.class_list().remove_1("fc-sorting").ok();
        if let Some(pool) = work.pool.as_ref().and_then(|pool| pool.try_borrow().ok()) {
            for row in pool.rows() {
                shift(&pool, row, None);
            }
        }
    }
}

/// Makes a row look as if what is dragged from one place to another were let go.
fn shift(pool: &Pool, row: &Row, moving: Option<(usize, usize)>) {
    let at = row.index;
    let to = match moving {
        Some((from, to)) if at == from => to,
        Some((from, to)) if at > from && at <= to => at - 1,
        Some((from, to)) if at < from && at >= to => at + 1,
        _ => at,
    };
    put(&row.node, "data-lifted", moving.is_some_and(|(from, _)| at == from).then_some(""));
    if to == at {
        row.node.style().remove_property("translate").ok();
        return;
    }
    let columns = pool.columns();
    // Rows on a screen are few.
    #[allow(clippy::cast_possible_wrap, clippy::cast_precision_loss)]
    let by = |to: usize, at: usize| (to as isize - at as isize) as f64;
    #[allow(clippy::cast_precision_loss)]
    let wide = f64::from(pool.list().client_width()) / columns as f64;
    let forward = if pool.runs_forward() { 1.0 } else { -1.0 };
    let aside = by(to % columns, at % columns) * wide * forward;
    let down = by(to / columns, at / columns) * pool.row_height();
    style(&row.node, "translate", &[&*pixels(aside), " ", &*pixels(down)].concat());
}

/// While something is held near an end of the list, or beyond, the list goes on there, and then the page: the faster the farther.
fn scroll(work: &Rc<Work>) {
    let (Some(sorter), Some(pool)) = (work.sorter(), &work.pool) else { return };
    let Some(press) = sorter.press.get() else { return };
    let Ok(view) = pool.try_borrow().map(|pool| pool.view().clone()) else { return };
    let place = Element::get_bounding_client_rect(&view);
    let y = f64::from(press.now.1);
    let edge = EDGE.min((place.bottom() - place.top()) / 4.0);
    let Some(window) = web_sys::window() else { return };
    let height = window.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    let (first, last) = (place.top().max(0.0) + edge, place.bottom().min(height) - edge);
    let far = if y < first { y - first } else { (y - last).max(0.0) };
    let by = far.signum() * (far / 8.0).powi(2).ceil().min(FASTEST);
    #[allow(clippy::cast_possible_truncation)]
    if far != 0.0 {
        let before = view.scroll_top();
        view.set_scroll_top(before + by as i32);
        // The page, where the list is longer than that or stands at its end.
        if view.scroll_top() == before && (if by < 0.0 { place.top() < 0.0 } else { place.bottom() > height }) {
            window.scroll_by_with_x_and_y(0.0, by.clamp(-EDGE, EDGE));
        }
        sorter.follow(work);
    }
}

/// Whole pixels: no float formatting.
#[allow(clippy::cast_possible_truncation)]
fn pixels(value: f64) -> String {
    [&(value.round() as i32).to_string(), "px"].concat()
}
