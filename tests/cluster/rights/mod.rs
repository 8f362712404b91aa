//! What the operator may do in a cluster, and what it does: the same. And what it cannot be used for by somebody who may
//! declare things in one namespace.

mod equal;
mod federation;
mod neighbours;
mod tokens;
