//! The WebAssembly face of filechute for JavaScript
