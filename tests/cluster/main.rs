//! The operator, the chart and the plugin on a real control plane, which all tests here share: each has namespaces of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking, its helpers as well

mod api_server;
mod chart;
mod flux;
mod harness;
mod operator;
mod operator_contoso;
mod plugin;
mod rights;
