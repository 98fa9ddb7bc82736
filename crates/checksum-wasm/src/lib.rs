//! The checksums as a WebAssembly module of its own, which `crates/npm/js/hashing.js` drives: small enough to load for one
//! file, and without wasm-bindgen, whose glue would be larger than the module.
//!
//! An instance hashes one file at a time: [`digest_start`], then bytes into the memory at [`digest_buffer`] and
//! [`digest_update`], as often as needed, then [`digest_finish`]. Whoever hashes several files at once makes several
//! instances; a new one costs some pages of memory and a few microseconds.
//!
//! The only crate of what ships with `unsafe` in it. It needs that for one thing, memory which JavaScript writes to
//! and Rust reads, `Slot`.

use std::cell::UnsafeCell;

use filechute_checksum::{Algorithm, Hasher};

/// How many bytes one call takes. A power of two that leaves the tables in the processor's first cache.
const CAPACITY: usize = 16 << 10;

/// The hasher under way, and the memory that bytes come in and digests go out by.
struct Slot {
    hasher: Option<Hasher>,
    buffer: [u8; CAPACITY],
}

/// A static that is changed in place.
struct Single<T>(UnsafeCell<T>);

// SAFETY: this module is built without threads, and an instance's memory is never shared with another one.
unsafe impl<T> Sync for Single<T> {}

static SLOT: Single<Slot> = Single(UnsafeCell::new(Slot { hasher: None, buffer: [0; CAPACITY] }));

/// Lends the slot to one export.
fn with_slot<R>(work: impl FnOnce(&mut Slot) -> R) -> R {
    // SAFETY: the reference ends with this call. No other exists meanwhile: `work` never calls an export, an export is
    // never called while another runs (there is one thread, and nothing is imported that could call back), and
    // `digest_buffer` makes a pointer without a reference.
    work(unsafe { &mut *SLOT.0.get() })
}

/// Where the bytes for [`digest_update`] go, and where [`digest_finish`] puts the digest.
// SAFETY (of the name): no other symbol in this module has it. The same goes for the other exports.
#[unsafe(no_mangle)]
pub extern "C" fn digest_buffer() -> *mut u8 {
    // SAFETY: only the address of a field of a static is computed.
    unsafe { (&raw mut (*SLOT.0.get()).buffer).cast() }
}

/// How many bytes fit there.
#[unsafe(no_mangle)]
pub extern "C" fn digest_capacity() -> usize {
    CAPACITY
}

/// Begins anew with the algorithm at this place of [`Algorithm::ALL`]; returns how long its digests are, or 0 when there
/// is no such algorithm.
#[unsafe(no_mangle)]
pub extern "C" fn digest_start(algorithm: usize) -> usize {
    let algorithm = Algorithm::ALL.get(algorithm).copied();
    with_slot(|slot| slot.hasher = algorithm.map(Hasher::new));
    algorithm.map_or(0, Algorithm::length)
}

/// Takes so many bytes from the buffer, at most all of it. Before [`digest_start`] nothing happens.
#[unsafe(no_mangle)]
pub extern "C" fn digest_update(length: usize) {
    with_slot(|slot| {
        if let Some(hasher) = &mut slot.hasher {
            hasher.update(slot.buffer.get(..length).unwrap_or(&slot.buffer));
        }
    });
}

/// Puts the digest into the buffer and returns its length; 0 before [`digest_start`].
#[unsafe(no_mangle)]
pub extern "C" fn digest_finish() -> usize {
    with_slot(|slot| {
        let Some(digest) = slot.hasher.take().map(Hasher::finish) else { return 0 };
        for (to, from) in slot.buffer.iter_mut().zip(digest.bytes()) {
            *to = *from;
        }
        digest.bytes().len()
    })
}
