//! The whole survey against a tenant that answers by what it is asked.

mod details;
mod directory;
mod exchange;
mod hostile;
mod missing;
mod names;
mod objects;
mod tenant;
mod traces;
