//! What cargo says of the workspace's members.
//! In: the manifests. Out: cargo's own JSON.
//! Never: a look at registries.

use anyhow::{Context, Result};

use serde_json::Value;

use crate::process;

/// `cargo metadata --no-deps`: the members of the workspace, their targets and what they ask for.
///
/// # Errors
/// When cargo fails or prints no JSON.
pub fn read() -> Result<Value> {
    let text = process::capture(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    serde_json::from_str(&text).context("cargo metadata did not print JSON")
}
