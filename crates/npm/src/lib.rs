//! The WebAssembly face of filechute for JavaScript: the only `#[wasm_bindgen]` exports of the project.
//!
//! It is thin on purpose. The classes people use are hand-written JavaScript in `js/`; they call [`Core`] and hear from it
//! through one function that takes batches of `[event name, ...payload]`.

mod core;
mod events;
mod multipart;
mod objects;
mod options;

pub use core::Core;
