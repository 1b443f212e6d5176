//! The workspace as a whole: what must stand in its manifests for the build to mean what the documents say.

use serde_json::Value;
use std::process::Command;

/// `cargo metadata --no-deps` of this workspace.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(it::workspace_root())
        .output()
        .expect("cargo runs, it runs this test");
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

#[test]
fn plain_cargo_commands_mean_the_app() {
    let metadata = metadata();
    let members = metadata["workspace_default_members"].as_array().expect("cargo lists default members");
    assert_eq!(members.len(), 1, "default-members = [\".\"], or trunk builds every binary: {members:?}");
    assert!(members[0].as_str().is_some_and(|id| id.contains("reviewlab")), "{members:?}");
}

#[test]
fn no_package_can_be_published_by_mistake() {
    let metadata = metadata();
    for package in metadata["packages"].as_array().expect("cargo lists packages") {
        let name = package["name"].as_str().unwrap_or("?");
        assert_eq!(package["publish"], serde_json::json!([]), "{name} lacks `publish.workspace = true`");
    }
}
