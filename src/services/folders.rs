//! Folders of the person's disk, where the browser lets a page open one.
//!
//! In: what the person picks and allows. Out: folders, which the store keeps under names.

use storage::StoreError;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::JsCast as _;

use super::store::StoreService;

#[cfg(target_arch = "wasm32")]
pub use storage::BrowserFolder as PickedFolder;
/// Tests on the host have no browser.
#[cfg(not(target_arch = "wasm32"))]
pub use storage::NativeFolder as PickedFolder;

/// A folder that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFolder {
    /// The name it is kept under.
    pub name: String,
    /// Whether it may be opened now, without asking the person.
    pub is_allowed: bool,
}

/// Whether this browser lets a page open folders.
#[cfg(target_arch = "wasm32")]
pub fn are_there() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &"showDirectoryPicker".into()).unwrap_or(false)
}

/// Asks the person for a folder; none where they pick none.
///
/// # Errors
/// The browser's words.
#[cfg(target_arch = "wasm32")]
pub async fn pick() -> Result<Option<PickedFolder>, String> {
    let words = |error: wasm_bindgen::JsValue| {
        format!("The folder cannot be opened: {}", super::files::words(&error))
    };
    let global = js_sys::global();
    let picker = js_sys::Reflect::get(&global, &"showDirectoryPicker".into()).map_err(words)?;
    let picker: js_sys::Function = picker.dyn_into().map_err(words)?;
    let options = js_sys::Object::new();
    for (name, value) in [("mode", "readwrite"), ("id", "reviews")] {
        js_sys::Reflect::set(&options, &name.into(), &value.into()).map_err(words)?;
    }
    let asked: js_sys::Promise =
        picker.call1(&global, &options).and_then(|asked| asked.dyn_into()).map_err(words)?;
    match wasm_bindgen_futures::JsFuture::from(asked).await {
        Ok(handle) => Ok(PickedFolder::new(handle)),
        Err(error) => match error.dyn_ref::<web_sys::DomException>() {
            Some(error) if error.name() == "AbortError" => Ok(None),
            _ => Err(words(error)),
        },
    }
}

#[cfg(target_arch = "wasm32")]
impl StoreService {
    /// The folders that are kept.
    ///
    /// # Errors
    /// As the store says.
    pub async fn folders(&self) -> Result<Vec<KeptFolder>, StoreError> {
        let mut all = Vec::new();
        for (name, folder) in self.opened().await?.folders().await? {
            all.push(KeptFolder { name, is_allowed: folder.is_allowed().await });
        }
        Ok(all)
    }

    /// The folder kept under this name.
    ///
    /// # Errors
    /// As the store says.
    pub async fn folder(&self, name: &str) -> Result<Option<PickedFolder>, StoreError> {
        let all = self.opened().await?.folders().await?;
        Ok(all.into_iter().find(|(kept, _)| kept == name).map(|(_, folder)| folder))
    }

    /// Keeps a folder under its own name, or one with a number where another folder has that; the name.
    ///
    /// # Errors
    /// Where another tab is the writer, or as the store says.
    pub async fn keep_folder(&self, folder: &PickedFolder) -> Result<String, StoreError> {
        if !self.is_writer().await {
            return Err(StoreError::ReadOnly);
        }
        let store = self.opened().await?;
        let kept = store.folders().await?;
        for (name, known) in &kept {
            if known.is_same(folder).await {
                store.keep_folder(name, folder).await?;
                return Ok(name.clone());
            }
        }
        let own = folder.name();
        let numbered = (2..).map(|number: u32| format!("{own} {number}"));
        let is_free = |name: &String| kept.iter().all(|(taken, _)| taken != name);
        let name = std::iter::once(own.clone()).chain(numbered).find(is_free).unwrap_or(own);
        store.keep_folder(&name, folder).await?;
        Ok(name)
    }

    /// Forgets a folder; what is in it stays.
    ///
    /// # Errors
    /// Where another tab is the writer, or as the store says.
    pub async fn forget_folder(&self, name: &str) -> Result<(), StoreError> {
        if !self.is_writer().await {
            return Err(StoreError::ReadOnly);
        }
        self.opened().await?.forget_folder(name).await
    }
}

/// Asks the person to allow a folder that is kept; whether they do.
#[cfg(target_arch = "wasm32")]
pub async fn allow(folder: &PickedFolder) -> bool {
    folder.ask().await
}

/// Whether a folder may be opened without asking the person.
#[cfg(target_arch = "wasm32")]
pub async fn is_allowed(folder: &PickedFolder) -> bool {
    folder.is_allowed().await
}

#[cfg(not(target_arch = "wasm32"))]
pub use self::nowhere::{allow, are_there, is_allowed, pick};

/// Without a browser there are no folders to pick.
#[cfg(not(target_arch = "wasm32"))]
mod nowhere {
    #![allow(missing_docs, clippy::missing_errors_doc, clippy::unused_async)]

    use super::{KeptFolder, PickedFolder, StoreError, StoreService};

    pub fn are_there() -> bool {
        false
    }

    pub async fn pick() -> Result<Option<PickedFolder>, String> {
        Ok(None)
    }

    pub async fn allow(_: &PickedFolder) -> bool {
        false
    }

    pub async fn is_allowed(_: &PickedFolder) -> bool {
        false
    }

    impl StoreService {
        pub async fn folders(&self) -> Result<Vec<KeptFolder>, StoreError> {
            Ok(Vec::new())
        }

        pub async fn folder(&self, _: &str) -> Result<Option<PickedFolder>, StoreError> {
            Ok(None)
        }

        pub async fn keep_folder(&self, _: &PickedFolder) -> Result<String, StoreError> {
            Err(StoreError::ReadOnly)
        }

        pub async fn forget_folder(&self, _: &str) -> Result<(), StoreError> {
            Err(StoreError::ReadOnly)
        }
    }
}
