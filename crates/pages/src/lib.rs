//! The native programs' memory: the system's own, what is large of it in large pages.
//!
//! A file of 100,000 reviews is some 80 MB of lists; in pages of 4 KB their first use takes 26,000 faults, a twelfth of
//! the time. Linux gives pages of 2 MB where it is asked to. Elsewhere this is the system's memory as it is. Never
//! other bytes or addresses than the system gives.

use std::alloc::{GlobalAlloc, Layout, System};

/// Smaller pieces are not worth a call of the system.
const LEAST_BYTES: usize = 4 << 20;

/// The allocator; a program says `#[global_allocator] static MEMORY: LargePages = LargePages;`.
pub struct LargePages;

// SAFETY: every method does what the system's does, and advice on pages changes none of their bytes.
unsafe impl GlobalAlloc for LargePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as asked of the caller.
        advised(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as asked of the caller.
        advised(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as asked of the caller.
        advised(unsafe { System.realloc(start, layout, new_size) }, new_size)
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: as asked of the caller.
        unsafe { System.dealloc(start, layout) };
    }
}

#[inline(always)]
fn advised(start: *mut u8, n_bytes: usize) -> *mut u8 {
    if n_bytes >= LEAST_BYTES && !start.is_null() {
        ask_for_large_pages(start, n_bytes);
    }
    start
}

/// Asks that whole large pages within these bytes be given as such. A system that does not is as good as before.
#[cfg(target_os = "linux")]
#[cold]
fn ask_for_large_pages(start: *mut u8, n_bytes: usize) {
    use std::ffi::{c_int, c_void};

    const LARGE_PAGE: usize = 2 << 20;
    /// `MADV_HUGEPAGE` of `madvise(2)`.
    const ADVICE: c_int = 14;
    unsafe extern "C" {
        fn madvise(start: *mut c_void, n_bytes: usize, advice: c_int) -> c_int;
    }

    let n_skipped = start.addr().next_multiple_of(LARGE_PAGE) - start.addr();
    let n_whole = n_bytes.saturating_sub(n_skipped) / LARGE_PAGE * LARGE_PAGE;
    if n_whole > 0 {
        // SAFETY: these bytes are within what was just allocated.
        unsafe { madvise(start.wrapping_add(n_skipped).cast(), n_whole, ADVICE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: *mut u8, _: usize) {}

#[cfg(test)]
mod tests {
    use super::LargePages;

    #[global_allocator]
    static MEMORY: LargePages = LargePages;

    #[test]
    fn lists_of_any_size_hold_what_was_put_into_them() {
        for n in [0_usize, 1, 1 << 10, (4 << 20) / 8 - 1, (4 << 20) / 8, 1 << 20, 3_333_333] {
            let zeros = vec![0_u64; n];
            assert!(zeros.iter().all(|&zero| zero == 0));
            let mut grown = Vec::new();
            grown.extend((0..n).map(|place| place as u64));
            grown.shrink_to_fit();
            assert!(grown.iter().enumerate().all(|(place, &value)| place as u64 == value));
        }
    }
}
