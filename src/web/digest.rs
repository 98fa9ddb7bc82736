//! Checksums of files, read in pieces so that neither memory nor the page's frame rate suffers. The only place that reads
//! a file's bytes.

use std::rc::Rc;

use filechute_engine::{Algorithm, Digest, Failure};
use futures::future::LocalBoxFuture;
use wasm_bindgen::JsCast;
use web_sys::{AbortSignal, Blob, DomException};

use super::jobs::unreadable;

/// A digest by somebody else: blob, first byte, byte after the last, algorithm; Base64.
pub type DigestWith = Rc<
    dyn Fn(Blob, f64, f64, Algorithm, AbortSignal) -> LocalBoxFuture<'static, Result<String, wasm_bindgen::JsValue>>,
>;

/// Digests files, by itself or through somebody who can do it elsewhere (a worker).
#[derive(Clone, Default)]
pub(crate) struct Digester {
    elsewhere: Option<DigestWith>,
    /// Called after each piece, so that nobody takes a long read for a dead host.
    pub(crate) busy: Option<Rc<dyn Fn()>>,
}

impl std::fmt::Debug for Digester {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digester { … }")
    }
}

impl Digester {
    pub(crate) fn with(elsewhere: DigestWith) -> Self {
        Self { elsewhere: Some(elsewhere), busy: None }
    }

    /// `None` where checksums cannot be had at all: uploads go on without. `untouched`: as for `probe`.
    pub(crate) async fn digest(
        &self,
        blob: &Blob,
        start: u64,
        end: u64,
        algorithm: Algorithm,
        signal: &AbortSignal,
        untouched: bool,
    ) -> Result<Option<Digest>, Failure> {
        if let Some(elsewhere) = &self.elsewhere {
            let text = elsewhere(blob.clone(), to_f64(start), to_f64(end), algorithm, signal.clone());
            return match text.await {
                Ok(text) => Ok(Digest::from_base64(algorithm, &text)),
                // Its files could not be loaded, or it broke: no reason to give an upload up.
                Err(error) if !error.is_instance_of::<DomException>() => Ok(None),
                Err(error) => Err(unreadable(&error, untouched)),
            };
        }
        self.here(blob, start, end, algorithm, untouched).await
    }

    #[cfg(not(feature = "digest"))]
    async fn here(&self, _: &Blob, _: u64, _: u64, _: Algorithm, _: bool) -> Result<Option<Digest>, Failure> {
        Ok(None)
    }

    /// In pieces whose digest takes a few milliseconds; reading them yields to the page in between.
    #[cfg(feature = "digest")]
    async fn here(
        &self,
        blob: &Blob,
        start: u64,
        end: u64,
        algorithm: Algorithm,
        untouched: bool,
    ) -> Result<Option<Digest>, Failure> {
        /// The longest that the page is kept waiting, in milliseconds.
        const AT_ONCE_MS: f64 = 4.0;
        /// Largest piece asked for at once, in bytes.
        const PIECE: u64 = 4 << 20;
        use super::page;
        let mut hasher = filechute_checksum::Hasher::new(algorithm);
        let mut bytes = Vec::new();
        let mut piece = 256 << 10;
        let mut from = start;
        while from < end {
            let to = end.min(from + piece);
            let slice =
                blob.slice_with_f64_and_f64(to_f64(from), to_f64(to)).map_err(|error| unreadable(&error, untouched))?;
            let buffer = wasm_bindgen_futures::JsFuture::from(slice.array_buffer())
                .await
                .map_err(|error| unreadable(&error, untouched))?;
            let array = js_sys::Uint8Array::new(&buffer);
            let began = page::now_ms();
            bytes.resize(array.length() as usize, 0);
            array.copy_to(&mut bytes);
            hasher.update(&bytes);
            let took = page::now_ms() - began;
            if took > AT_ONCE_MS {
                piece = (piece / 2).max(64 << 10);
            } else if took < AT_ONCE_MS / 3.0 {
                piece = (piece * 2).min(PIECE);
            }
            from = to;
            if let Some(busy) = &self.busy {
                busy();
            }
        }
        Ok(Some(hasher.finish()))
    }
}

/// Exact up to 2^53, which no file reaches.
#[allow(clippy::cast_precision_loss)]
pub(crate) const fn to_f64(bytes: u64) -> f64 {
    bytes as f64
}
