//! The heap, with one function for each of its services.
//!
//! The standard library's own entries are small enough to be copied to each place that takes or gives back
//! memory, more than a thousand: 10 KB of code, which one call each spares.

use std::alloc::{GlobalAlloc, Layout, System};

/// The standard library's heap, called and not copied.
struct Heap;

#[global_allocator]
static HEAP: Heap = Heap;

// SAFETY: every call is the system's own.
unsafe impl GlobalAlloc for Heap {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that the system asks for.
        unsafe { System.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline(never)]
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, new_size) }
    }
}
