//! The storage suite on memory and on a project file, and what only project files do.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "host/golden_project.rs"]
mod golden_project;
#[path = "host/hostile_files.rs"]
mod hostile_files;
#[path = "host/project_files.rs"]
mod project_files;

use std::path::PathBuf;

use storage::suite::Fixture;
use storage::{MemoryStore, ProjectFileStore, samples};

#[derive(Default)]
struct InMemory(MemoryStore);

impl Fixture for InMemory {
    type Store = MemoryStore;

    async fn open(&self) -> MemoryStore {
        self.0.clone()
    }

    async fn second(&self, first: &MemoryStore) -> MemoryStore {
        first.clone()
    }

    async fn close(&self, _: MemoryStore) {}
}

struct InFile {
    folder: tempfile::TempDir,
}

impl InFile {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("project.reviewlab")
    }
}

impl Fixture for InFile {
    type Store = ProjectFileStore;

    async fn open(&self) -> ProjectFileStore {
        ProjectFileStore::open(self.path()).await.unwrap()
    }

    async fn second(&self, first: &ProjectFileStore) -> ProjectFileStore {
        first.clone()
    }

    async fn close(&self, store: ProjectFileStore) {
        store.save(samples::instant(0)).await.unwrap();
    }
}

mod memory {
    macro_rules! on_memory {
        ($behaviour:ident) => {
            #[test]
            fn $behaviour() {
                pollster::block_on(storage::suite::$behaviour(&super::InMemory::default()));
            }
        };
    }
    storage::store_suite!(on_memory);
}

mod project_file {
    macro_rules! on_a_project_file {
        ($behaviour:ident) => {
            #[test]
            fn $behaviour() {
                pollster::block_on(storage::suite::$behaviour(&super::InFile::new()));
            }
        };
    }
    storage::store_suite!(on_a_project_file);
}
