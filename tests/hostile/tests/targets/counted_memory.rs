//! How much memory a thread has in use.
//! In: every allocation of this program. Out: the most that was in use on this thread since a moment.
//! Never: counts what other threads do.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static IN_USE: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

struct Counted;

fn add(n_bytes: isize) {
    let in_use = IN_USE.get() + n_bytes;
    IN_USE.set(in_use);
    MOST.set(MOST.get().max(in_use));
}

// SAFETY: every call is handed to the system's allocator as it is; the counting allocates nothing.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTED: Counted = Counted;

/// Begins to measure: bytes in use now.
pub(crate) fn begin() -> isize {
    MOST.set(IN_USE.get());
    IN_USE.get()
}

/// Most bytes in use beyond `before` since it was taken.
pub(crate) fn most_since(before: isize) -> usize {
    MOST.get().saturating_sub(before).max(0) as usize
}
