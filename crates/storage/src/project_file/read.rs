//! A project file in, its records and blobs into a store: verified wholly, then written in one go.

use engine::num::{ContentHash, ContentHasher, SortedMap, stable_order};
use json::{Document, FromJson, JsonError};
use track::record::{Collection, Record};

use crate::blob::Blob;
use crate::rules;
use crate::store::{Batch, Order, Query, Store};

use super::archive::{Archive, checksum};
use super::layout::Entry;
use super::write::{MANIFEST, Manifest};
use super::{MAX_MANIFEST_BYTES, MAX_RECORDS_BYTES, PROJECT_SCHEMA, ProjectError, records_entry};

/// What became of a project file's records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Records that were not here before.
    pub n_added: u64,
    /// Records that were here, equal.
    pub n_same: u64,
    /// Records that are here with other content, which was kept: collection and key.
    pub kept_ours: Vec<(Collection, String)>,
    /// Blobs that were not here before.
    pub n_blobs_added: u64,
}

/// Adds the records and blobs of `file` to `into`. What is there already stays as it is.
///
/// # Errors
/// Where the file is cut, changed, newer or no project file, or the store has no room; then nothing of
/// it has been written.
pub async fn read_project(file: &Blob, into: &impl Store) -> Result<ImportReport, ProjectError> {
    let content = verify(file).await?;
    let mut report = ImportReport::default();
    let mut batch = Batch::default();
    for (collection, records) in content.records {
        let ours = into.list(&Query::All(collection), Order::Ascending, usize::MAX).await?;
        let ours: SortedMap<String, Record> = ours.into_iter().map(|record| (record.key(), record)).collect();
        for (key, record) in records {
            match ours.get(&key) {
                None => batch.records.push(record),
                Some(known) if rules::is_same(known, &record) => report.n_same += 1,
                Some(_) => report.kept_ours.push((collection, key)),
            }
        }
    }
    let ours = into.blob_hashes().await?;
    batch.blobs.extend(content.blobs.into_iter().filter(|(hash, _)| ours.binary_search(hash).is_err()));
    report.n_added = batch.records.len() as u64;
    report.n_blobs_added = batch.blobs.len() as u64;
    into.write(batch).await?;
    Ok(report)
}

/// What a whole and unchanged project file holds.
struct Content {
    records: SortedMap<Collection, SortedMap<String, Record>>,
    blobs: Vec<(ContentHash, Blob)>,
}

async fn verify(file: &Blob) -> Result<Content, ProjectError> {
    let archive = Archive::open(file).await?;
    let manifest = read_manifest(&archive).await?;
    let listed = || archive.entries().iter().filter(|entry| entry.name != MANIFEST);
    let numbered = || (0_usize..).zip(listed());
    let places: SortedMap<&str, usize> =
        numbered().map(|(place, entry)| (entry.name.as_str(), place)).collect();
    for (place, entry) in numbered() {
        // Of two entries with one name only the later has its place.
        if !manifest.entries.contains_key(&entry.name) || places[entry.name.as_str()] != place {
            return Err(ProjectError::Unexpected { entry: entry.name.clone() });
        }
    }
    let is_there = |name: &str| name == MANIFEST || places.contains_key(name);
    if let Some(entry) = manifest.entries.keys().find(|name| !is_there(name)) {
        return Err(ProjectError::Missing { entry: entry.clone() });
    }
    if listed().count() + 1 != archive.entries().len() {
        return Err(ProjectError::Unexpected { entry: format!("a second {MANIFEST}") });
    }
    let mut content = Content { records: SortedMap::new(), blobs: Vec::new() };
    for entry in listed() {
        let bytes = archive.content(entry).await?;
        let hash = verified(entry, &bytes).await?;
        if manifest.entries.get(&entry.name) != Some(&hash) {
            return Err(ProjectError::Changed { entry: entry.name.clone() });
        }
        if let Some(collection) = Collection::ALL.into_iter().find(|of| records_entry(*of) == entry.name) {
            let text = text(entry, &bytes, MAX_RECORDS_BYTES).await?;
            content.records.insert(collection, read_records(collection, &entry.name, &text)?);
        } else if entry.name == format!("blobs/{hash}") {
            content.blobs.push((hash, bytes));
        } else {
            return Err(ProjectError::Unexpected { entry: entry.name.clone() });
        }
    }
    for collection in Collection::ALL {
        if !content.records.contains_key(&collection) && !collection.may_lack_in_project_file() {
            return Err(ProjectError::Missing { entry: records_entry(collection) });
        }
    }
    Ok(content)
}

/// The hash of an entry's bytes, once their checksum is found right.
async fn verified(entry: &Entry, bytes: &Blob) -> Result<ContentHash, ProjectError> {
    let mut hasher = ContentHasher::default();
    let crc = checksum(bytes, |slice| hasher.update(slice)).await?;
    if crc.finish() != entry.crc {
        return Err(ProjectError::Changed { entry: entry.name.clone() });
    }
    Ok(hasher.finish())
}

async fn text(entry: &Entry, bytes: &Blob, limit: u64) -> Result<String, ProjectError> {
    let n_bytes = bytes.len();
    if n_bytes > limit {
        return Err(ProjectError::TooLarge { what: entry.name.clone(), n_bytes, limit });
    }
    String::from_utf8(bytes.bytes().await?).map_err(|_| ProjectError::Changed { entry: entry.name.clone() })
}

/// What is read of a manifest before its version is known.
#[derive(FromJson)]
struct Head {
    schema: u32,
}

async fn read_manifest(archive: &Archive<'_>) -> Result<Manifest, ProjectError> {
    let no_manifest = || ProjectError::NotAProject { reason: format!("it has no {MANIFEST}") };
    let entry = archive.entries().iter().find(|entry| entry.name == MANIFEST).ok_or_else(no_manifest)?;
    let bytes = archive.content(entry).await?;
    let text = text(entry, &bytes, MAX_MANIFEST_BYTES).await?;
    verified(entry, &bytes).await?;
    let unreadable = |error: JsonError| ProjectError::NotAProject { reason: format!("{MANIFEST}: {error}") };
    let document = Document::parse(&text).map_err(unreadable)?;
    let Head { schema } = document.read().map_err(unreadable)?;
    if schema == 0 || schema > PROJECT_SCHEMA {
        return Err(ProjectError::Newer { found: schema, known: PROJECT_SCHEMA });
    }
    document.read().map_err(unreadable)
}

fn read_records(
    collection: Collection,
    entry: &str,
    text: &str,
) -> Result<SortedMap<String, Record>, ProjectError> {
    let mut records = Vec::new();
    for (idx, json) in text.lines().enumerate() {
        let line = idx + 1;
        let record = Record::from_json(json).map_err(|reason| {
            let entry = entry.to_owned();
            ProjectError::BadRecord { entry, line, reason }
        })?;
        let key = record.key();
        if record.collection() != collection {
            return Err(ProjectError::Misplaced { entry: entry.to_owned(), line, key });
        }
        records.push((key, record));
    }
    let by_key = stable_order(records.len(), &|left, right| records[left].0.cmp(&records[right].0));
    let repeat = by_key.windows(2).find(|pair| records[pair[0]].0 == records[pair[1]].0);
    if let Some(&[_, later]) = repeat {
        let key = records[later].0.clone();
        return Err(ProjectError::Misplaced { entry: entry.to_owned(), line: later + 1, key });
    }
    Ok(records.into_iter().collect())
}
