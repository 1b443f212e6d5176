//! A folder of the browser's own has the interface of one that was picked.

use storage::{BrowserFolder, Folder as _, IndexedDbStore, Store as _, Written};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{FileSystemDirectoryHandle, FileSystemGetDirectoryOptions, StorageManager};

/// An empty folder of this name.
async fn folder(name: &str) -> BrowserFolder {
    let navigator = js_sys::Reflect::get(&js_sys::global(), &"navigator".into()).unwrap();
    let storage: StorageManager =
        js_sys::Reflect::get(&navigator, &"storage".into()).unwrap().unchecked_into();
    let root: FileSystemDirectoryHandle =
        JsFuture::from(storage.get_directory()).await.unwrap().unchecked_into();
    let options = web_sys::FileSystemRemoveOptions::new();
    options.set_recursive(true);
    // It is not there when the test runs for the first time.
    let _ = JsFuture::from(root.remove_entry_with_options(name, &options)).await;
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    let made = JsFuture::from(root.get_directory_handle_with_options(name, &options)).await.unwrap();
    BrowserFolder::new(made).unwrap()
}

#[wasm_bindgen_test]
async fn nothing_in_a_folder_is_written_over() {
    let folder = folder("written").await;
    assert_eq!(folder.list().await.unwrap(), []);
    assert_eq!(folder.write_new("may.csv", b"text\ngood\n").await, Ok(Written::New));
    assert_eq!(folder.write_new("may.csv", b"text\ngood\n").await, Ok(Written::Same));
    assert_eq!(folder.write_new("may.csv", b"text\nfine\n").await, Ok(Written::Taken));
    let listed = folder.list().await.unwrap();
    assert_eq!(listed.iter().map(|file| (&*file.name, file.n_bytes)).collect::<Vec<_>>(), [("may.csv", 10)]);
    assert!(listed[0].modified.0 > 1_600_000_000_000, "a file has no time");
    assert_eq!(folder.read("may.csv").await.unwrap().bytes().await.unwrap(), b"text\ngood\n");
    assert!(folder.read("june.csv").await.is_err());
    assert!(BrowserFolder::new(JsValue::NULL).is_none());
}

#[wasm_bindgen_test]
async fn a_folder_is_kept_until_it_is_forgotten() {
    const NAME: &str = "folders-kept";
    IndexedDbStore::delete_database(NAME).await.unwrap();
    let (first, second) = (folder("kept").await, folder("other").await);
    first.write_new("a.csv", b"a").await.unwrap();
    let store = IndexedDbStore::open(NAME).await.unwrap();
    store.keep_folder("reviews", &first).await.unwrap();
    store.keep_folder("others", &second).await.unwrap();
    drop(store);
    let store = IndexedDbStore::open(NAME).await.unwrap();
    let kept = store.folders().await.unwrap();
    assert_eq!(kept.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["others", "reviews"]);
    assert!(kept[1].1.is_same(&first).await && !kept[1].1.is_same(&second).await);
    assert!(kept[1].1.is_allowed().await);
    assert_eq!(kept[1].1.list().await.unwrap().len(), 1);
    store.forget_folder("others").await.unwrap();
    assert_eq!(store.folders().await.unwrap().len(), 1);
    store.erase().await.unwrap();
    assert_eq!(store.folders().await.unwrap().len(), 0);
    // The layout's number, which lies beside them, stays.
    drop(store);
    IndexedDbStore::open(NAME).await.unwrap();
}
