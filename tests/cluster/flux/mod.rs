//! Real Flux: its kustomize-controller applies the example from an artifact, and what it makes of the objects' health and of
//! pruning is what the status and the deletion policy of each say.

mod artifact;
mod controller;
mod crds;
mod story;
