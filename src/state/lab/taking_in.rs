//! The files a person gave in, one table out: as it is, unpacked, joined, or written as text.

use drivers::{IntakeDriver, PassError, TakeIn};
use engine::intake::{Given, Join, MAGIC_BYTES, is_packed};
use engine::table::FileError;
use jobs::IntakeOutput;
use leptos::task::spawn_local;
use track::dataset::Original;

use super::{Lab, Then, share_of};
use crate::services::files::{self, Blob, File, GivenFile, MadeOf, Unread};
use crate::services::pump::Pump;
use crate::services::shelf::blob_of;
use crate::state::import::Import;

/// What pasted text is called.
const PASTED: &str = "Pasted reviews";

impl Lab {
    /// Imports the files a person gave: several become one dataset.
    pub fn open_files(self, files: Vec<File>) {
        let files: Vec<GivenFile> = files.into_iter().map(GivenFile::from).collect();
        let Some(name) = name_of(&files) else { return };
        let import = self.begin(name.clone());
        spawn_local(async move {
            let is_one = match files.as_slice() {
                [file] => match files::slice(&file.blob, 0, MAGIC_BYTES as u64).await {
                    Ok(magic) => !is_packed(&file.name, &magic.to_vec()),
                    Err(error) => return self.fail(name, error.to_string()),
                },
                _ => false,
            };
            if !self.is_current(import) {
                return;
            }
            match files.as_slice() {
                [file] if is_one => self.open(file.clone(), Then::Choose),
                [_] => self.take_in(name, files, Join::AsItIs, import),
                _ => self.take_in(name, files, Join::ByName, import),
            }
        });
    }

    /// Imports a table that was pasted as text.
    pub fn open_text(self, text: &str) {
        self.open(GivenFile::named(PASTED.to_owned(), files::of_text(text)), Then::Choose);
    }

    fn take_in(self, name: String, files: Vec<GivenFile>, join: Join, import: u64) {
        let given = files.iter().map(|file| Given { name: file.name.clone(), n_bytes: file.n_bytes() });
        let job = TakeIn { files: given.collect(), join };
        let blobs: Vec<Blob> = files.iter().map(|file| file.blob.clone()).collect();
        let all = files::joined(&blobs);
        let driver = IntakeDriver::new(self.next_session(), all.size() as u64, job);
        let shown = name.clone();
        let on_change = move |driver: &IntakeDriver| {
            let share = share_of(driver.progress());
            self.import.set(Import::Scanning { name: shown.clone(), share });
        };
        let on_end = move |driver: &mut IntakeDriver| match driver.take_outcome() {
            Some(Ok(output)) => self.taken_in(name, &files, output),
            Some(Err(PassError::File(FileError::MustBeJoined))) => {
                // It is told while the pass that found it out is still being ended.
                spawn_local(async move {
                    if self.is_current(import) {
                        self.take_in(name, files, Join::ByName, import);
                    }
                });
            }
            Some(Err(error)) => self.fail(name, error.to_string()),
            None => {}
        };
        let pump = Pump::start(self.services(), driver, Some(all), on_change, on_end);
        self.desk.update(|desk| desk.scan = Some(pump));
    }

    fn taken_in(self, name: String, files: &[GivenFile], output: IntakeOutput) {
        let shelf = self.services().shelf.clone();
        let parts: Option<Vec<Blob>> =
            output.parts.iter().map(|part| shelf.bytes(part.hash).map(|bytes| blob_of(&bytes))).collect();
        let Some(parts) = parts else {
            return self.fail(name, "What was unpacked is no longer here: give the file again.".to_owned());
        };
        // The browser holds them now.
        let is_part = |hash| output.parts.iter().any(|part| part.hash == hash);
        shelf.drop_those(&is_part);
        let original = |(file, hash): (&GivenFile, _)| Original {
            name: file.name.clone(),
            file: hash,
            bytes: file.n_bytes(),
        };
        let made_of = MadeOf {
            originals: files.iter().zip(output.hashes.iter().copied()).map(original).collect(),
            blobs: output.hashes.into_iter().zip(files.iter().map(|file| file.blob.clone())).collect(),
            unread: Unread::of(output.tables),
        };
        let table = GivenFile { made_of, ..GivenFile::named(name, files::joined(&parts)) };
        self.open(table, Then::Choose);
    }
}

/// What files are called together; none where there is none.
fn name_of(files: &[GivenFile]) -> Option<String> {
    Some(match files {
        [] => return None,
        [one] => one.name.clone(),
        [first, second] => format!("{} and {}", first.name, second.name),
        [first, others @ ..] => format!("{} and {} more", first.name, others.len()),
    })
}
