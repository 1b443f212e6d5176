//! Writes the project file that is kept as the golden one of version 1:
//! `cargo run -p storage --example golden_project --features suite`.
//!
//! It is written once; a change of the format makes a new version with a file of its own.

use std::error::Error;

use storage::{Batch, Blob, MemoryStore, Store as _, samples, write_project};

fn main() -> Result<(), Box<dyn Error>> {
    let store = MemoryStore::default();
    let blobs = [samples::file(0), samples::pipeline(0)];
    let blobs = blobs.map(|bytes| (engine::num::ContentHash::of(&bytes), Blob::Bytes(bytes))).to_vec();
    let mut bytes = Vec::new();
    pollster::block_on(async {
        store.write(Batch { records: samples::project(), blobs }).await?;
        write_project(&store, &mut bytes, samples::instant(0)).await
    })?;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/project_v1.reviewlab");
    std::fs::write(path, bytes)?;
    Ok(())
}
