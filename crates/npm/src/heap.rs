//! The module's heap: free lists of blocks whose sizes are powers of two ("segregated fits" in P. R. Wilson et al., *Dynamic
//! Storage Allocation*, 1995). Rust's own weighs 4.5 kB after brotli, a twelfth of the module.
//!
//! Both verbs take constant time. A block is never split nor joined with another, so what was freed serves the same size
//! again: memory stays below twice the most that was ever held of each size, which is what an engine needs, whose files come
//! and go in the same shapes.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ptr::null_mut;

/// Bytes of the smallest block: room for the link to the next free one. All are a multiple of it long, one begins where
/// another ends, and so its address is a multiple of it too.
const SMALLEST: usize = 16;
/// Bytes of a page of WebAssembly.
const PAGE: usize = 1 << 16;
/// One list for each power of two.
const LISTS: usize = usize::BITS as usize;

pub(crate) struct Heap {
    /// Addresses of the first free block of each size, 0 where there is none. A free block begins with the next one's.
    free: [Cell<usize>; LISTS],
    /// What is left of the last pages asked for.
    from: Cell<usize>,
    to: Cell<usize>,
}

// SAFETY: the module has one thread; it is built without threads, for which `memory` would have to be shared.
unsafe impl Sync for Heap {}

impl Heap {
    pub(crate) const fn new() -> Self {
        Self { free: [const { Cell::new(0) }; LISTS], from: Cell::new(0), to: Cell::new(0) }
    }

    /// A new block of so many bytes, a power of two; 0 when there is no memory.
    fn carve(&self, size: usize) -> usize {
        let mut at = self.from.get();
        if self.to.get() - at < size {
            // What was left goes unused: less than the block asked for, and blocks of a page or more leave nothing.
            let pages = size.div_ceil(PAGE);
            let old = core::arch::wasm32::memory_grow(0, pages);
            if old == usize::MAX {
                return 0;
            }
            at = old * PAGE;
            self.to.set(at + pages * PAGE);
        }
        self.from.set(at + size);
        at
    }
}

/// Bytes of the block for a layout.
fn block(layout: Layout) -> usize {
    layout.size().max(SMALLEST).next_power_of_two()
}

// SAFETY: a block is either in one list or handed out, never both, and `carve` hands out no byte twice.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Nothing here wants more alignment than every block has.
        if layout.size() > usize::MAX / 4 || layout.align() > SMALLEST {
            return null_mut();
        }
        let size = block(layout);
        let list = &self.free[size.trailing_zeros() as usize];
        let first = list.get();
        if first == 0 {
            return self.carve(size) as *mut u8;
        }
        // SAFETY: it is a free block, so its first bytes are ours.
        list.set(unsafe { *(first as *const usize) });
        first as *mut u8
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let list = &self.free[block(layout).trailing_zeros() as usize];
        // SAFETY: the caller gives back a block of this layout, at least as large as an address.
        unsafe { *pointer.cast::<usize>() = list.get() };
        list.set(pointer as usize);
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return null_mut() };
        if size <= usize::MAX / 4 && block(wanted) == block(layout) {
            return pointer;
        }
        // SAFETY: both blocks are at least as large as what is copied, and they are not the same.
        unsafe {
            let new = self.alloc(wanted);
            if !new.is_null() {
                new.copy_from_nonoverlapping(pointer, layout.size().min(size));
                self.dealloc(pointer, layout);
            }
            new
        }
    }
}
