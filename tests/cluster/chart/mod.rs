//! The Helm chart: what it renders, what it asks of the cluster, and what its admission policies refuse, on a real API server.

mod crds;
mod image;
mod installed;
mod namespaces;
mod people;
mod pods;
mod policies;
mod rights;
mod values;
