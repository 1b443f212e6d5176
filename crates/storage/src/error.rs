//! Why a store did not do it: the browser's errors and the rules' refusals as sentences for the person.

use thiserror::Error;
use track::prediction::NotFiniteAnswer;
use track::report::NotFiniteReport;
use track::run::RunChangeError;

/// Why a store did not do it. Nothing that was stored before is lost.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The device has no room.
    #[error(
        "There is no room left on this device for {what}: download the project under Settings, then delete datasets you no longer need on the Data page and remove their files for good there."
    )]
    Full {
        /// What was to be written.
        what: String,
    },
    /// Another tab is the writer.
    #[error("Another tab of Reviewlab is writing: use that tab, or choose 'Take over here'.")]
    ReadOnly,
    /// A stored record cannot be read.
    #[error("A stored record ({collection}, {key}) cannot be read: {reason}")]
    Unreadable {
        /// Its collection.
        collection: &'static str,
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
    /// The data were written by a newer build.
    #[error(
        "These data were written by a newer Reviewlab (schema {found}, this one knows {known}): reload the page to get the newer version."
    )]
    Newer {
        /// Theirs.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A run that may not change so.
    #[error(transparent)]
    Run(#[from] RunChangeError),
    /// An answer with a number that has no stored form.
    #[error(transparent)]
    Answer(#[from] NotFiniteAnswer),
    /// A report with a number that has no stored form.
    #[error(transparent)]
    Report(#[from] NotFiniteReport),
    /// What was kept of predictions is added to or removed, never changed.
    #[error("Entry {key} is already written and cannot change: add a new one.")]
    KeptAsItWas {
        /// The entry's id.
        key: String,
    },
    /// What has ended stays.
    #[error("The flow run or task {key} has ended and cannot change: make a new run.")]
    FlowRunEnded {
        /// Its id.
        key: String,
    },
    /// Records of this collection stay.
    #[error(
        "Records of '{collection}' are not removed one by one: move them to the trash, or delete everything."
    )]
    NotRemovable {
        /// The collection.
        collection: &'static str,
    },
    /// The registry's history is only ever added to.
    #[error("Entry {key} of the registry's history is already written and cannot change: add a new one.")]
    AppendOnly {
        /// The entry's id.
        key: String,
    },
    /// A recipe's content belongs to its hash.
    #[error("Recipe {key} is already stored with other content: recompute its hash.")]
    RecipeChanged {
        /// The hash.
        key: String,
    },
    /// A record that has no stored form.
    #[error("A record ({collection}, {key}) cannot be stored: {reason}")]
    Unwritable {
        /// Its collection.
        collection: &'static str,
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
    /// Another tab keeps the database from being updated or deleted.
    #[error("Another tab of Reviewlab holds the data open: close that tab, then try again.")]
    Blocked,
    /// This tab's connection was closed, because another tab updated or deleted the database.
    #[error(
        "This tab no longer has the data open, because another tab updated or deleted them: reload the page."
    )]
    Closed,
    /// The browser or the file system said no.
    #[error("The browser's storage did not answer: {reason}")]
    Platform {
        /// Its words.
        reason: String,
    },
}

/// The store's error for one of the browser's; `what` was to be read or written.
#[cfg(target_arch = "wasm32")]
pub(crate) fn failure(error: &wasm_bindgen::JsValue, what: &str) -> StoreError {
    use wasm_bindgen::JsCast as _;

    match error.dyn_ref::<web_sys::DomException>() {
        Some(error) if error.name() == "QuotaExceededError" => StoreError::Full { what: what.to_owned() },
        Some(error) => StoreError::Platform { reason: format!("{}: {}", error.name(), error.message()) },
        None => StoreError::Platform { reason: "the browser gave no reason".to_owned() },
    }
}
