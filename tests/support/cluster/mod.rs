//! A real Kubernetes control plane for tests: etcd and kube-apiserver as child processes on loopback ports, and kubectl.
//!
//! Invariant: knows nothing of what it is used for; one control plane per test binary, a namespace per test.

#![allow(dead_code)] // each test file uses a part of it

pub mod control_plane;
pub mod kubectl;
mod supervised;
mod tools;

pub use control_plane::ControlPlane;
pub use kubectl::{Answer, Kubectl};
