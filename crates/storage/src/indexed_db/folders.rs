//! Folders that a person has picked: the browser keeps what opens them, under a name, beside the layout's number.
//!
//! In: a name and a folder. Out: the same folder after a reload, which the browser may ask about again.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbTransactionMode};

use super::IndexedDbStore;
use super::request::answer;
use super::schema::META;
use crate::browser_folder::BrowserFolder;
use crate::error::{StoreError, failure};

/// Begins a folder's key.
const FOLDER: &str = "folder:";
/// The first text behind all of them.
const BEHIND: &str = "folder;";
const WHAT: &str = "a folder";

/// The keys of all folders.
pub(super) fn all_folders() -> Result<IdbKeyRange, StoreError> {
    let range = IdbKeyRange::bound(&JsValue::from_str(FOLDER), &JsValue::from_str(BEHIND));
    range.map_err(|error| failure(&error, WHAT))
}

fn key(name: &str) -> JsValue {
    JsValue::from_str(&format!("{FOLDER}{name}"))
}

impl IndexedDbStore {
    /// Keeps a folder under `name`, in the place of another of that name.
    ///
    /// # Errors
    /// As the browser says.
    pub async fn keep_folder(&self, name: &str, folder: &BrowserFolder) -> Result<(), StoreError> {
        let transaction = self.connection.begin(&[META], IdbTransactionMode::Readwrite)?;
        let meta = transaction.store(META)?;
        meta.put_with_key(folder.handle(), &key(name)).map_err(|error| failure(&error, WHAT))?;
        transaction.finish(WHAT).await
    }

    /// Forgets the folder kept under `name`; what is in it stays.
    ///
    /// # Errors
    /// As the browser says.
    pub async fn forget_folder(&self, name: &str) -> Result<(), StoreError> {
        let transaction = self.connection.begin(&[META], IdbTransactionMode::Readwrite)?;
        transaction.store(META)?.delete(&key(name)).map_err(|error| failure(&error, WHAT))?;
        transaction.finish(WHAT).await
    }

    /// Folders that are kept, by their names.
    ///
    /// # Errors
    /// As the browser says.
    pub async fn folders(&self) -> Result<Vec<(String, BrowserFolder)>, StoreError> {
        let meta = self.connection.begin(&[META], IdbTransactionMode::Readonly)?.store(META)?;
        let range = all_folders()?;
        let keys = meta.get_all_keys_with_key(&range).map_err(|error| failure(&error, WHAT))?;
        let kept = meta.get_all_with_key(&range).map_err(|error| failure(&error, WHAT))?;
        // A transaction answers in the order it was asked, so with the last both are there.
        let kept = Array::from(&answer(&kept, WHAT).await?);
        let keys = Array::from(&keys.result().map_err(|error| failure(&error, WHAT))?);
        let name = |key: JsValue| key.as_string()?.strip_prefix(FOLDER).map(str::to_owned);
        let one = |(key, handle)| Some((name(key)?, BrowserFolder::new(handle)?));
        Ok(keys.iter().zip(kept.iter()).filter_map(one).collect())
    }
}
