//! Entries in, a zip file out piece by piece; a zip file in, its entries out by slices.

use engine::num::Crc32;

use crate::blob::Blob;
use crate::error::StoreError;
use track::id::Millis;

use super::layout::{
    CENTRAL_BYTES, DosTime, END_BYTES, Entry, LOCAL_BYTES, LOCAL_SIGNATURE, central_header, end,
    is_header_of, local_header, read_central, read_end,
};
use super::{MAX_ENTRIES, MAX_PROJECT_BYTES, ProjectError};

/// Where an archive goes.
pub(super) trait Sink {
    /// Takes the next bytes.
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ProjectError>;

    /// Takes a whole blob.
    async fn blob(&mut self, blob: &Blob) -> Result<(), ProjectError> {
        blob.for_each_slice(|slice| self.bytes(slice)).await
    }
}

/// Writes entries one after another.
pub(super) struct ArchiveWriter<S> {
    sink: S,
    entries: Vec<Entry>,
    n_bytes: u64,
    at: DosTime,
}

impl<S: Sink> ArchiveWriter<S> {
    pub(super) fn new(sink: S, now: Millis) -> Self {
        Self { sink, entries: Vec::new(), n_bytes: 0, at: now.into() }
    }

    /// Adds bytes under a name.
    pub(super) fn add_bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), ProjectError> {
        let mut crc = Crc32::new();
        crc.update(bytes);
        self.begin(name, bytes.len() as u64, crc)?;
        self.sink.bytes(bytes)
    }

    /// Adds a blob, whose checksum the caller has, under a name.
    pub(super) async fn add_blob(&mut self, name: &str, blob: &Blob, crc: Crc32) -> Result<(), ProjectError> {
        self.begin(name, blob.len(), crc)?;
        self.sink.blob(blob).await
    }

    fn begin(&mut self, name: &str, n_bytes: u64, crc: Crc32) -> Result<(), ProjectError> {
        if self.entries.len() == MAX_ENTRIES {
            return Err(ProjectError::TooManyEntries { n_entries: MAX_ENTRIES + 1 });
        }
        let offset = narrow(self.n_bytes)?;
        let entry = Entry { name: name.to_owned(), crc: crc.finish(), n_bytes: narrow(n_bytes)?, offset };
        self.put(&local_header(&entry, self.at))?;
        self.n_bytes += n_bytes;
        self.entries.push(entry);
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ProjectError> {
        self.n_bytes += bytes.len() as u64;
        self.sink.bytes(bytes)
    }

    /// Writes the list of entries and gives the sink back.
    pub(super) fn finish(mut self) -> Result<S, ProjectError> {
        let list_offset = narrow(self.n_bytes)?;
        for entry in std::mem::take(&mut self.entries) {
            self.put(&central_header(&entry, self.at))?;
            self.entries.push(entry);
        }
        let list_bytes = narrow(self.n_bytes - u64::from(list_offset))?;
        let n_entries = u16::try_from(self.entries.len()).expect("begin takes at most MAX_ENTRIES");
        narrow(self.n_bytes + END_BYTES as u64)?;
        self.put(&end(n_entries, list_bytes, list_offset))?;
        Ok(self.sink)
    }
}

fn narrow(n_bytes: u64) -> Result<u32, ProjectError> {
    u32::try_from(n_bytes).map_err(|_| ProjectError::TooLarge {
        what: "The project file".to_owned(),
        n_bytes,
        limit: MAX_PROJECT_BYTES,
    })
}

/// A zip file whose list of entries has been read and found to fit.
pub(super) struct Archive<'a> {
    file: &'a Blob,
    entries: Vec<Entry>,
}

fn damaged(reason: &str) -> ProjectError {
    ProjectError::Damaged { reason: reason.to_owned() }
}

impl<'a> Archive<'a> {
    /// Reads the list at the end of `file`.
    pub(super) async fn open(file: &'a Blob) -> Result<Self, ProjectError> {
        let n_bytes = file.len();
        if n_bytes > MAX_PROJECT_BYTES {
            let what = "The project file".to_owned();
            return Err(ProjectError::TooLarge { what, n_bytes, limit: MAX_PROJECT_BYTES });
        }
        let begin = file.slice(0, 4)?.bytes().await?;
        if begin != LOCAL_SIGNATURE.to_le_bytes() {
            return Err(ProjectError::NotAProject { reason: "it does not begin as a zip file".to_owned() });
        }
        let tail = file.slice(n_bytes.saturating_sub(END_BYTES as u64), n_bytes)?.bytes().await?;
        let (n_entries, list_bytes, list_offset) =
            read_end(&tail).ok_or_else(|| damaged("its last part is missing"))?;
        let list_end = u64::from(list_offset) + u64::from(list_bytes);
        if list_end + END_BYTES as u64 != n_bytes {
            return Err(damaged("its list of entries is not where it should be"));
        }
        let list = file.slice(u64::from(list_offset), list_end)?.bytes().await?;
        let entries = read_list(&list, n_entries)?;
        // Entries lie one after another without a gap, so no two can share bytes.
        let mut offset = 0;
        for entry in &entries {
            if u64::from(entry.offset) != offset {
                return Err(damaged("its entries do not follow one another"));
            }
            offset += LOCAL_BYTES as u64 + entry.name.len() as u64 + u64::from(entry.n_bytes);
        }
        if offset != u64::from(list_offset) {
            return Err(damaged("its entries and their list do not meet"));
        }
        Ok(Self { file, entries })
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// An entry's bytes, not yet verified.
    pub(super) async fn content(&self, entry: &Entry) -> Result<Blob, ProjectError> {
        let start = u64::from(entry.offset);
        let name_end = start + LOCAL_BYTES as u64 + entry.name.len() as u64;
        let header = self.file.slice(start, name_end)?.bytes().await?;
        if !is_header_of(&header, entry) {
            return Err(ProjectError::Changed { entry: entry.name.clone() });
        }
        Ok(self.file.slice(name_end, name_end + u64::from(entry.n_bytes))?)
    }
}

fn read_list(list: &[u8], n_entries: usize) -> Result<Vec<Entry>, ProjectError> {
    if n_entries > MAX_ENTRIES {
        return Err(ProjectError::TooManyEntries { n_entries });
    }
    // The count alone must not reserve memory that the list cannot fill.
    let mut entries = Vec::with_capacity(n_entries.min(list.len() / CENTRAL_BYTES));
    let mut list = list;
    for _ in 0..n_entries {
        let (entry, is_plain, rest) =
            read_central(list).ok_or_else(|| damaged("its list of entries cannot be read"))?;
        if !is_plain {
            return Err(ProjectError::Repacked { entry: entry.name });
        }
        entries.push(entry);
        list = rest;
    }
    if !list.is_empty() {
        return Err(damaged("its list of entries is too long"));
    }
    Ok(entries)
}

/// Where `write` goes in memory.
impl Sink for Vec<u8> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ProjectError> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// The checksum of a blob, found together with whatever else `take` makes of its bytes.
pub(super) async fn checksum(blob: &Blob, mut take: impl FnMut(&[u8])) -> Result<Crc32, StoreError> {
    let mut crc = Crc32::new();
    blob.for_each_slice(|slice| {
        crc.update(slice);
        take(slice);
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(crc)
}
