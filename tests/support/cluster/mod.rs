//! A real Kubernetes control plane for tests: etcd, kube-apiserver and, on request, kube-controller-manager as child
//! processes on loopback ports; kubectl and Helm.
//!
//! Invariant: knows nothing of what it is used for; one control plane per test binary, a namespace per test.

#![allow(dead_code)] // each test file uses a part of it

mod call;
pub mod control_plane;
mod files;
mod folder;
pub mod helm;
pub mod kubectl;
mod processes;
pub mod supervised;
#[path = "../surroundings.rs"]
#[allow(clippy::duplicate_mod)] // a test may use the command line beside a cluster
mod surroundings;
pub mod tools;

#[allow(unused_imports)] // as above
pub use {call::Answer, control_plane::ControlPlane, helm::Helm, kubectl::Kubectl};
