//! Folders that flows score: picked, allowed, looked at, written to.
//!
//! In: a folder that is kept under a name. Out: its new files behind the bytes of the data, and results beside them.
//! Never: a file written over, or a result written twice.

use flow::{ToScore, folder_of, to_score};
use leptos::task::spawn_local;
use storage::{Folder as _, FolderError, deliver, scored_before};
use track::flow::FlowDefinition;

use super::{Flows, Said};
use crate::services::files::{self, Blob};
use crate::services::folders::{self, PickedFolder};
use crate::services::{Services, clock};
use crate::state::format;

fn sentence(error: FolderError) -> String {
    format::sentence(&error.to_string())
}

fn words(error: storage::StoreError) -> String {
    error.to_string()
}

/// The folder kept under `name`, which may be opened.
async fn open(services: &Services, name: &str) -> Result<PickedFolder, String> {
    if name.is_empty() {
        return Err("This flow scores a folder, and has none: choose one where it is edited.".to_owned());
    }
    let folder = services.store.folder(name).await.map_err(words)?;
    let folder = folder.ok_or_else(|| {
        format!("There is no folder '{name}' here: pick it on the Flows page, then run again.")
    })?;
    match folders::is_allowed(&folder).await {
        true => Ok(folder),
        false => Err(format!(
            "The browser asks before it opens '{name}' again: press 'Allow' beside it on the Flows page, then run again."
        )),
    }
}

/// The new files of the folder that a flow scores, and the data's bytes with theirs behind them. What an earlier run
/// scored and could not write is written first, so that it is not taken for new. None where it scores no folder.
pub(super) async fn new_files(
    services: &Services,
    flow: &FlowDefinition,
    data: Blob,
) -> Result<(Option<Vec<ToScore>>, Blob), String> {
    let Some(name) = folder_of(flow) else { return Ok((None, data)) };
    let folder = open(services, name).await?;
    put_results(services, (name, &folder), false).await?;
    let listing = folder.list().await.map_err(sentence)?;
    let known = scored_before(services.store.opened().await.map_err(words)?, name).await.map_err(words)?;
    let new = to_score(&listing, &known, clock::now());
    let mut parts = vec![data];
    for file in &new {
        let bytes = folder.read(&file.file.name).await.map_err(sentence)?;
        parts.push(browsers(&bytes)?);
    }
    Ok((Some(new), files::joined(&parts)))
}

#[cfg(target_arch = "wasm32")]
fn browsers(bytes: &storage::Blob) -> Result<Blob, String> {
    bytes.to_browser().map_err(words)
}

#[cfg(not(target_arch = "wasm32"))]
fn browsers(_: &storage::Blob) -> Result<Blob, String> {
    Err("There is no browser here.".to_owned())
}

/// Writes beside the files what a run scored; what cannot be written is kept, and follows with the next run.
async fn write_results(services: &Services, flow: &FlowDefinition) -> Result<(), String> {
    let Some(name) = folder_of(flow) else { return Ok(()) };
    let folder = open(services, name).await?;
    put_results(services, (name, &folder), true).await
}

async fn put_results(
    services: &Services,
    (name, folder): (&str, &PickedFolder),
    is_over: bool,
) -> Result<(), String> {
    // Two that write to one folder at a time could both find a name free.
    let _turn = services.store.turn().await;
    let store = services.store.opened().await.map_err(words)?;
    let written = deliver(store, (name, folder), is_over).await.map_err(sentence);
    services.store.changed();
    written.map(|_| ())
}

impl Flows {
    /// A run of this flow ended: its results are written, then there is another look.
    pub(super) fn deliver_then_look(self, flow: FlowDefinition) {
        spawn_local(async move {
            if let Err(text) = write_results(&self.services(), &flow).await {
                self.said.set(Said::Failed(text));
            }
            self.look();
        });
    }

    /// Reads which folders are kept.
    pub fn read_folders(self) {
        spawn_local(async move {
            match self.services().store.folders().await {
                Ok(folders) => self.folders.set(folders),
                Err(error) => self.said.set(Said::Failed(words(error))),
            }
        });
    }

    /// The person picks a folder, which is kept; `then` is told its name.
    pub fn pick_folder(self, then: impl FnOnce(String) + 'static) {
        spawn_local(async move {
            let picked = match folders::pick().await {
                Ok(Some(picked)) => self.services().store.keep_folder(&picked).await.map_err(words),
                Ok(None) => return,
                Err(sentence) => Err(sentence),
            };
            self.said.set(match &picked {
                Ok(name) => Said::Done(format!("The folder '{name}' is kept.")),
                Err(sentence) => Said::Failed(sentence.clone()),
            });
            self.read_folders();
            if let Ok(name) = picked {
                then(name);
            }
        });
    }

    /// The person is asked to allow a folder again.
    pub fn allow_folder(self, name: String) {
        spawn_local(async move {
            let said = match self.services().store.folder(&name).await {
                Ok(Some(folder)) if folders::allow(&folder).await => {
                    Said::Done(format!("The folder '{name}' can be scored."))
                }
                Ok(Some(_)) => Said::Failed(format!("The folder '{name}' was not allowed.")),
                Ok(None) => Said::Failed(format!("The folder '{name}' is no longer kept: pick it again.")),
                Err(error) => Said::Failed(words(error)),
            };
            self.said.set(said);
            self.read_folders();
        });
    }

    /// A folder is forgotten; what is in it stays.
    pub fn forget_folder(self, name: String) {
        spawn_local(async move {
            self.said.set(match self.services().store.forget_folder(&name).await {
                Ok(()) => Said::Done(format!("The folder '{name}' is forgotten; its files stay.")),
                Err(error) => Said::Failed(words(error)),
            });
            self.read_folders();
        });
    }
}
