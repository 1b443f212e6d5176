//! What several integration tests share: where the workspace is, and reading files from it.
//! In: file names relative to the workspace. Out: paths. Never: network, clock, or anything outside the workspace.

pub mod random_work;

use std::path::{Path, PathBuf};

/// The root folder of the workspace.
pub fn workspace_root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).expect("tests/it lies two folders below the root").to_path_buf()
}
