//! One application per surface: each request leaves as the application whose surface it is about, what stops one stops no
//! other, and status says of each what it holds, lacks and has in excess.

mod binary;
mod failing;
mod permissions;
mod requests;
mod scene;
