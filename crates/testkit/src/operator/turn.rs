//! How many tests have operators at the same time.
//!
//! Tests wait more than they compute, so that more of them run side by side than there are cores; but what an operator must do
//! in time, such as renewing its lease, it must be given the time for.

use std::{
    cell::Cell,
    sync::{Condvar, Mutex},
    thread,
};

/// Sites for each core. With as many at work on a machine that is busy with other things besides, what is awaited comes in time.
const FOR_EACH_CORE: usize = 2;

static TAKEN: Mutex<usize> = Mutex::new(0);
static RETURNED: Condvar = Condvar::new();

thread_local! {
    /// Turns of this thread: who has one takes more at once, since nobody may wait for what they hold themselves.
    static MINE: Cell<usize> = const { Cell::new(0) };
}

/// A test's turn to have operators; the next one's when dropped.
pub struct Turn(());

impl Turn {
    /// Waits for it.
    pub fn wait() -> Self {
        let most = FOR_EACH_CORE * thread::available_parallelism().map_or(1, usize::from);
        let taken = TAKEN.lock().unwrap();
        let mut taken = RETURNED.wait_while(taken, |taken| *taken >= most && MINE.get() == 0).unwrap();
        *taken += 1;
        MINE.set(MINE.get() + 1);
        Self(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Of another thread than the one that took it, it is given back all the same.
        MINE.set(MINE.get().saturating_sub(1));
        *TAKEN.lock().unwrap() -= 1;
        RETURNED.notify_one();
    }
}
