//! A folder that a person has named: its files are read, results are written beside them, nothing is written over.
//!
//! In the browser it is a directory that was picked, natively a path, in tests a list. What was scored is stored first and
//! written to the folder afterwards, so that it is written once whatever ends the program in between.

use engine::num::ContentHash;
use thiserror::Error;
use track::flow::{FolderFile, ScoredFile, TaskOutput, TaskResult};
use track::record::{Collection, Record};

use crate::blob::Blob;
use crate::error::StoreError;
use crate::store::{Batch, Order, Query, Store};

/// Most results of tasks that are looked through for what was scored, newest first.
const MAX_RESULTS: usize = 10_000;
/// Names tried for one result before it is given up.
const MAX_NAMES: usize = 1_000;

/// Why a folder cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FolderError {
    /// It, or a file in it.
    #[error("{name}: {reason}")]
    Unusable {
        /// Which.
        name: String,
        /// Why, as the system says.
        reason: String,
    },
    /// Every name for a result is taken.
    #[error("the folder has {MAX_NAMES} results of '{name}' already: delete some", name = engine::quote::Quoted(.name))]
    NoName {
        /// The file that was scored.
        name: String,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What became of an attempt to write a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is there now.
    New,
    /// A file of that name has these bytes already.
    Same,
    /// A file of that name has others, and stays.
    Taken,
}

/// A folder. Futures are local, as those of `Store`.
#[allow(async_fn_in_trait)]
pub trait Folder {
    /// Its files, without those in folders in it.
    async fn list(&self) -> Result<Vec<FolderFile>, FolderError>;

    /// A file's bytes.
    async fn read(&self, name: &str) -> Result<Blob, FolderError>;

    /// Writes a file that is not there: all of it or nothing.
    async fn write_new(&self, name: &str, bytes: &[u8]) -> Result<Written, FolderError>;
}

/// What was scored in the folder called `folder`, oldest first.
///
/// # Errors
/// Where the store cannot be read.
pub async fn scored_before(store: &impl Store, folder: &str) -> Result<Vec<ScoredFile>, StoreError> {
    let mut all = Vec::new();
    for result in results_of(store, folder).await? {
        if let TaskOutput::Scored { files, .. } = result.output {
            all.extend(files);
        }
    }
    Ok(all)
}

/// Writes to the folder called `folder` what was scored and is not there yet; the names of what was written. The bytes
/// are forgotten once they are there, and with `is_over` the answered rows, too, which nobody looks at any more.
///
/// # Errors
/// Where the folder or the store cannot be written to; what was written stays, and the rest follows next time.
pub async fn deliver(
    store: &impl Store,
    (folder, to): (&str, &impl Folder),
    is_over: bool,
) -> Result<Vec<String>, FolderError> {
    let mut written = Vec::new();
    for mut result in results_of(store, folder).await? {
        let task_run = result.task_run.clone();
        let TaskOutput::Scored { files, .. } = &mut result.output else { continue };
        let mut gone: Vec<ContentHash> = Vec::new();
        for file in files.iter_mut().filter(|file| !file.is_written && !file.result.is_empty()) {
            let mut bytes = Vec::new();
            for part in &file.parts {
                let blob = store.blob(*part).await?.ok_or_else(|| FolderError::Unusable {
                    name: file.result.clone(),
                    reason: format!("its bytes, scored by task {task_run}, are not stored any more"),
                })?;
                bytes.extend(blob.bytes().await?);
            }
            file.result = put(to, file, &bytes).await?;
            written.push(file.result.clone());
            file.is_written = true;
            gone.append(&mut file.parts);
        }
        if is_over {
            files.iter_mut().for_each(|file| gone.append(&mut file.rows));
        }
        if gone.is_empty() {
            continue;
        }
        store.write(Batch { records: vec![Record::TaskResult(result)], blobs: Vec::new() }).await?;
        store.remove_blobs(&gone).await?;
    }
    Ok(written)
}

/// Writes one result, under another name where its own is taken by other bytes; its name.
async fn put(to: &impl Folder, file: &ScoredFile, bytes: &[u8]) -> Result<String, FolderError> {
    let mut name = file.result.clone();
    for number in 2..=MAX_NAMES {
        match to.write_new(&name, bytes).await? {
            Written::New | Written::Same => return Ok(name),
            Written::Taken => {
                let stem = file.result.strip_suffix(".csv").unwrap_or(&file.result);
                name = format!("{stem}-{number}.csv");
            }
        }
    }
    Err(FolderError::NoName { name: file.file.name.clone() })
}

/// Results of scoring this folder, oldest first.
async fn results_of(store: &impl Store, folder: &str) -> Result<Vec<TaskResult>, StoreError> {
    let all = Query::All(Collection::TaskResults);
    let records = store.list(&all, Order::Descending, MAX_RESULTS).await?;
    let mut found: Vec<TaskResult> = records
        .into_iter()
        .filter_map(|record| match record {
            Record::TaskResult(result) => Some(result),
            _ => None,
        })
        .filter(|result| matches!(&result.output, TaskOutput::Scored { folder: of, .. } if of == folder))
        .collect();
    found.sort_by_key(|result| (result.created, result.key));
    Ok(found)
}
