//! A limit on what the process holds, kept at every allocation: a peak that lasts a millisecond is one as well, and libFuzzer
//! looks once a second.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    process::abort,
    sync::atomic::{AtomicUsize, Ordering},
};

/// What the chart gives the operator.
pub const MOST: usize = 512 * 1024 * 1024;

static HELD: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, with the limit.
pub struct Bounded;

fn take(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
    if held > MOST {
        HELD.store(0, Ordering::Relaxed); // so that this can be said
        eprintln!("{held} bytes are held with one allocation of {bytes}: more than {MOST}");
        abort();
    }
}

fn give(bytes: usize) {
    let _ = HELD.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| Some(held.saturating_sub(bytes)));
}

// SAFETY: every call goes to the system's allocator as it is; the count beside it touches no memory that is handed out.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller's promises are the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        give(layout.size());
        // SAFETY: the caller's promises are the same.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        give(layout.size());
        // SAFETY: the caller's promises are the same.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
