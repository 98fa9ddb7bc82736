//! The engine as a bare WebAssembly module: what the npm package loads. Its driver is the JavaScript in `js/driver`.
//!
//! There is no `#[wasm_bindgen]` here: generated glue, handles and shims for every verb weighed more than all that crosses.
//! JavaScript writes a call where [`reserve`] says, makes it with [`call`], and reads the answer; see `wire`. The module
//! imports nothing, so it can do nothing but compute.

mod calls;
#[cfg(target_arch = "wasm32")]
mod heap;
mod rare;
mod show;
mod wire;

use std::cell::{Cell, RefCell};

use calls::Instance;
use filechute_engine::Time;
use wire::{Reader, Writer};

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: heap::Heap = heap::Heap::new();

/// Engines, by handle; a page has a few.
struct State {
    input: Vec<u8>,
    output: Writer,
    instances: Vec<Option<Box<Instance>>>,
    /// Origins that have answered one of them.
    answered: Vec<String>,
}

thread_local! {
    static STATE: RefCell<State> =
        const { RefCell::new(State { input: Vec::new(), output: Writer { bytes: Vec::new() }, instances: Vec::new(), answered: Vec::new() }) };
    /// The device's clock at this call.
    static UNIX_MS: Cell<u64> = const { Cell::new(0) };
}

pub(crate) fn unix_ms() -> u64 {
    UNIX_MS.get()
}

/// Makes room for a call of `length` bytes and says where to write it.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    STATE.with_borrow_mut(|state| {
        state.input.clear();
        state.input.resize(length, 0);
        state.input.as_mut_ptr()
    })
}

/// Makes the call written there: verb, handle, the driver's time and the device's clock in milliseconds, then what the verb
/// takes. Returns where the answer lies; [`answered`] says how long it is.
#[unsafe(no_mangle)]
pub extern "C" fn call() -> *const u8 {
    STATE.with_borrow_mut(|state| {
        let State { input, output, instances, answered } = state;
        output.bytes.clear();
        let mut read = Reader::new(input);
        let verb = read.small().unwrap_or(u32::MAX);
        let handle = read.small().unwrap_or(u32::MAX) as usize;
        let now = Time(read.size());
        UNIX_MS.set(read.size());
        match verb {
            0 => {
                let new = Some(Box::new(Instance::new(&mut read)));
                let free = instances.iter().position(Option::is_none);
                let handle = free.unwrap_or(instances.len());
                match instances.get_mut(handle) {
                    Some(place) => *place = new,
                    None => instances.push(new),
                }
                output.size(handle as u64);
            }
            1 => {
                if let Some(place) = instances.get_mut(handle) {
                    *place = None;
                }
            }
            _ => {
                if let Some(Some(instance)) = instances.get_mut(handle) {
                    instance.swap_answered(answered);
                    instance.call(verb, now, &mut read, output);
                    instance.swap_answered(answered);
                }
            }
        }
        output.bytes.as_ptr()
    })
}

/// Bytes of the last answer.
#[unsafe(no_mangle)]
pub extern "C" fn answered() -> usize {
    STATE.with_borrow(|state| state.output.bytes.len())
}
