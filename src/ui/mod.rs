//! The interface: Leptos components around an [`Uploader`](crate::Uploader). Feature `ui`.
//!
//! - [`FileChute`] is the whole widget, [`Panel`] the same around an uploader that exists already, [`use_uploader`] an
//!   uploader with signals for an interface of one's own.
//! - [`Chute`] with [`DropZone`], [`Notes`], [`FileList`] or [`FileRow`]s and [`StatusBar`] in it is the same, put together by the
//!   application.
//! - The engine is the store. What stands around the list is one signal of plain data (`frame`), set from the
//!   engine's state by pure functions (`model`); the rows are a `pool` of nodes painted from snapshots.
//! - On a server the components make plain values only; an effect starts the work in the browser (`live`).

#[macro_use]
mod settings;

mod arrows;
mod component;
mod dom;
mod editor;
mod files;
mod form;
mod frame;
mod hook;
mod icons;
mod live;
mod model;
mod modes;
mod panel;
mod parts;
mod pool;
mod presence;
mod reach;
mod row;
mod select;
mod sort;
mod thumbs;
mod unfinished;

pub use component::{Completion, FileChute, STYLE};
pub use form::ValueAs;
pub use hook::{UploaderRef, UseUploaderReturn, use_uploader};
pub use panel::{Panel, PanelProps};
pub use parts::{Chute, DropZone, FileList, FileRow, Notes, StatusBar};
pub use settings::{Capture, MetaField, Mode, Theme, UiSettings, View};
