//! `--simulate`: an embedded simulated tenant in place of Microsoft's services.
//!
//! Invariant: everything of the command line that depends on whether the simulator is compiled in (feature `simulator`) is
//! here, but for the verbs `demo` and `simulate`, which are compiled in or not as a whole.

#[cfg(feature = "simulator")]
mod reader;
#[cfg(feature = "simulator")]
mod with;
#[cfg(not(feature = "simulator"))]
mod without;

#[cfg(feature = "simulator")]
pub use with::{Embedded, Server};
#[cfg(not(feature = "simulator"))]
pub use without::{Embedded, Server};

/// A part of a text that speaks of the embedded tenant; nothing where there is none.
#[cfg(feature = "simulator")]
macro_rules! if_embedded {
    ($text:literal) => {
        $text
    };
}

/// A part of a text that speaks of the embedded tenant; nothing where there is none.
#[cfg(not(feature = "simulator"))]
macro_rules! if_embedded {
    ($text:literal) => {
        ""
    };
}
