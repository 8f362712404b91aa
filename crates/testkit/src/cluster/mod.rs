//! A real Kubernetes control plane for tests: etcd, kube-apiserver and, on request, kube-controller-manager as child
//! processes on loopback ports; kubectl and Helm.
//!
//! Invariant: knows nothing of what it is used for; one control plane per test binary, a namespace per test. What changes the
//! whole cluster has a control plane of its own beside it.

mod call;
pub mod control_plane;
mod files;
mod folder;
pub mod helm;
pub mod kubectl;
mod processes;
mod reader;
pub mod supervised;
pub mod tools;

pub use {call::Answer, control_plane::ControlPlane, helm::Helm, kubectl::Kubectl};
