//! The files a person gave in, one table out, whoever wants it: as it is, unpacked or joined.

use drivers::{IntakeDriver, PassError, TakeIn};
use engine::intake::{Given, Join, MAGIC_BYTES, is_packed};
use engine::table::FileError;
use leptos::task::spawn_local;

use super::Shared;
use super::lab::{Lab, share_of};
use super::latest::Latest;
use crate::reactive::State;
use crate::services::files::{self, Blob, File, GivenFile};
use crate::services::pump::Pump;
use crate::services::shelf::blob_of;

/// Takes the table, or one sentence.
pub(super) type OnTable = Box<dyn FnOnce(Result<GivenFile, String>)>;

/// Who asks: what its passes are numbered by, and what gives them up.
#[derive(Clone, Copy)]
pub(super) struct Asker {
    pub shared: Shared,
    pub lab: Lab,
    pub latest: Latest,
    /// What was asked for; nothing is told once that is not the latest.
    pub number: u64,
    /// How far it is, from 0 to 1.
    pub share: State<f64>,
}

/// Makes one table of files.
pub(super) fn table_of(files: Vec<File>, asker: Asker, then: OnTable) {
    let given: Vec<GivenFile> = files.into_iter().map(GivenFile::from).collect();
    spawn_local(async move {
        let is_one = match given.as_slice() {
            [file] => match files::slice(&file.blob, 0, MAGIC_BYTES as u64).await {
                Ok(magic) => !is_packed(&file.name, &magic.to_vec()),
                Err(error) => return then(Err(error.to_string())),
            },
            _ => false,
        };
        if !asker.latest.is(asker.number) {
            return;
        }
        match given.as_slice() {
            [file] if is_one => then(Ok(file.clone())),
            [_] => take_in(given, Join::AsItIs, asker, then),
            [_, ..] => take_in(given, Join::ByName, asker, then),
            [] => {}
        }
    });
}

fn take_in(files: Vec<GivenFile>, join: Join, asker: Asker, then: OnTable) {
    let given = files.iter().map(|file| Given { name: file.name.clone(), n_bytes: file.n_bytes() });
    let job = TakeIn { files: given.collect(), join };
    let blobs: Vec<Blob> = files.iter().map(|file| file.blob.clone()).collect();
    let all = files::joined(&blobs);
    let driver = IntakeDriver::new(asker.lab.next_session(), all.size() as u64, job);
    let on_change = move |driver: &IntakeDriver| asker.share.set(share_of(driver.progress()));
    let services = asker.shared.get();
    let shelf = services.shelf.clone();
    let name = files.first().map(|file| file.name.clone()).unwrap_or_default();
    let on_end = move |driver: &mut IntakeDriver| match driver.take_outcome() {
        Some(Ok(output)) => {
            let parts: Option<Vec<Blob>> =
                output.parts.iter().map(|part| shelf.bytes(part.hash).map(|bytes| blob_of(&bytes))).collect();
            shelf.drop_those(&|hash| output.parts.iter().any(|part| part.hash == hash));
            let gone = || "What was unpacked is no longer here: give the file again.".to_owned();
            then(parts.map(|parts| GivenFile::named(name, files::joined(&parts))).ok_or_else(gone));
        }
        // It is told while the pass that found it out is still being ended.
        Some(Err(PassError::File(FileError::MustBeJoined))) => spawn_local(async move {
            if asker.latest.is(asker.number) {
                take_in(files, Join::ByName, asker, then);
            }
        }),
        Some(Err(error)) => then(Err(error.to_string())),
        None => {}
    };
    asker.latest.keep(Pump::start(services, driver, Some(all), on_change, on_end));
}
