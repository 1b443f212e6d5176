//! A folder that a person has picked in the browser, or one of the browser's own: both have the same interface.

use js_sys::{Array, AsyncIterator, Function, IteratorNext, Promise, Reflect};
use track::flow::FolderFile;
use track::id::Millis;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions,
    FileSystemHandle, FileSystemHandleKind, FileSystemWritableFileStream,
};

use crate::blob::Blob;
use crate::folder::{Folder, FolderError, Written};

/// Most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 10_000;

/// A folder of the browser's. Clones are the same folder.
#[derive(Clone, Debug)]
pub struct BrowserFolder(FileSystemDirectoryHandle);

impl BrowserFolder {
    /// The folder behind a handle; none where it is no folder's.
    pub fn new(handle: JsValue) -> Option<Self> {
        handle.dyn_into().ok().map(Self)
    }

    /// Its name, without the folders it is in.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// The browser's handle, which it can keep.
    pub fn handle(&self) -> &JsValue {
        self.0.as_ref()
    }

    /// Whether both are one folder.
    pub async fn is_same(&self, other: &Self) -> bool {
        let same = self.0.is_same_entry(&other.0);
        JsFuture::from(same).await.is_ok_and(|same| same.is_truthy())
    }

    /// A file of it, where it is there.
    async fn file(&self, name: &str) -> Result<Option<File>, JsValue> {
        match JsFuture::from(self.0.get_file_handle(name)).await {
            Ok(handle) => {
                let handle: FileSystemFileHandle = handle.unchecked_into();
                Ok(Some(JsFuture::from(handle.get_file()).await?.unchecked_into()))
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The browser writes beside the file and puts all of it in its place at the end. Where that fails, the empty file
    /// that held the name is taken away again.
    async fn create(&self, name: &str, bytes: &[u8]) -> Result<(), JsValue> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let handle = JsFuture::from(self.0.get_file_handle_with_options(name, &options)).await?;
        let filled = fill(handle.unchecked_into(), bytes).await;
        if filled.is_err() && self.file(name).await?.is_some_and(|file| file.size() == 0.0) {
            JsFuture::from(self.0.remove_entry(name)).await.ok();
        }
        filled
    }

    fn unusable(&self, name: &str) -> impl Fn(JsValue) -> FolderError {
        let name = format!("{}/{name}", self.name());
        move |error| FolderError::Unusable { name: name.clone(), reason: words(&error) }
    }

    async fn entries(&self) -> Result<Vec<FileSystemHandle>, JsValue> {
        let entries: AsyncIterator = self.0.values();
        let mut found = Vec::new();
        while found.len() < MAX_ENTRIES {
            let next: IteratorNext = JsFuture::from(entries.next()?).await?.unchecked_into();
            if next.done() {
                break;
            }
            found.push(next.value().unchecked_into());
        }
        Ok(found)
    }

    /// What the browser says to `method`, which older ones lack: `granted`, `prompt` or `denied`.
    async fn permission(&self, method: &str) -> Option<String> {
        let method: Function = Reflect::get(&self.0, &method.into()).ok()?.dyn_into().ok()?;
        let wanted = js_sys::Object::new();
        Reflect::set(&wanted, &"mode".into(), &"readwrite".into()).ok()?;
        let asked: Promise = method.apply(&self.0, &Array::of1(&wanted)).ok()?.dyn_into().ok()?;
        JsFuture::from(asked).await.ok()?.as_string()
    }

    /// Whether it may be read and written now. Where the browser has no such question, it may.
    pub async fn is_allowed(&self) -> bool {
        self.permission("queryPermission").await.is_none_or(|said| said == "granted")
    }

    /// Asks the person, who has just pressed something; whether it may now be read and written.
    pub async fn ask(&self) -> bool {
        self.permission("requestPermission").await.is_some_and(|said| said == "granted")
    }
}

async fn fill(handle: FileSystemFileHandle, bytes: &[u8]) -> Result<(), JsValue> {
    let stream: FileSystemWritableFileStream =
        JsFuture::from(handle.create_writable()).await?.unchecked_into();
    let blob = Blob::Bytes(bytes.to_vec()).to_browser().map_err(|_| JsValue::NULL)?;
    JsFuture::from(stream.write_with_blob(&blob)?).await?;
    JsFuture::from(stream.close()).await.map(|_| ())
}

fn is_missing(error: &JsValue) -> bool {
    error.dyn_ref::<DomException>().is_some_and(|error| error.name() == "NotFoundError")
}

fn words(error: &JsValue) -> String {
    let exception = error.dyn_ref::<DomException>().map(DomException::message);
    exception.unwrap_or_else(|| "the browser gave no reason".to_owned())
}

impl Folder for BrowserFolder {
    async fn list(&self) -> Result<Vec<FolderFile>, FolderError> {
        let entries = self.entries().await.map_err(self.unusable(""))?;
        let mut files = Vec::new();
        for entry in entries.iter().filter(|entry| entry.kind() == FileSystemHandleKind::File) {
            let name = entry.name();
            // A file that went away meanwhile is not there.
            let Some(file) = self.file(&name).await.map_err(self.unusable(&name))? else { continue };
            let modified = Millis(file.last_modified() as u64);
            files.push(FolderFile { name, n_bytes: file.size() as u64, modified });
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    async fn read(&self, name: &str) -> Result<Blob, FolderError> {
        let file = self.file(name).await.map_err(self.unusable(name))?;
        let file = file.ok_or_else(|| FolderError::Unusable {
            name: format!("{}/{name}", self.name()),
            reason: "it is not there any more".to_owned(),
        })?;
        Ok(Blob::Browser(file.into()))
    }

    async fn write_new(&self, name: &str, bytes: &[u8]) -> Result<Written, FolderError> {
        let there = self.file(name).await.map_err(self.unusable(name))?;
        // An empty file is what a tab leaves that was closed before its result was in its place.
        if let Some(file) = there.filter(|file| file.size() > 0.0) {
            let is_same = file.size() as u64 == bytes.len() as u64
                && Blob::Browser(file.into()).bytes().await? == bytes;
            return Ok(if is_same { Written::Same } else { Written::Taken });
        }
        self.create(name, bytes).await.map_err(self.unusable(name))?;
        Ok(Written::New)
    }
}
