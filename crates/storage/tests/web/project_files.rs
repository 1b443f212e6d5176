//! Project files that leave a browser's database and enter another.

use engine::num::ContentHash;
use storage::suite::Fixture as _;
use storage::{
    Batch, Blob, IndexedDbStore, MemoryStore, Order, ProjectError, Query, Store as _, project_blob,
    read_project, samples,
};
use track::record::{Collection, Record};
use wasm_bindgen_test::wasm_bindgen_test;

use super::InBrowser;

async fn filled(name: &'static str) -> IndexedDbStore {
    let store = InBrowser::new(name).await.open().await;
    let blobs = [samples::file(0), samples::pipeline(0)];
    let blobs = blobs.map(|bytes| (ContentHash::of(&bytes), Blob::Bytes(bytes))).to_vec();
    store.write(Batch { records: samples::project(), blobs }).await.unwrap();
    store
}

async fn everything(store: &impl storage::Store) -> Vec<Record> {
    let mut records = Vec::new();
    for collection in Collection::ALL {
        records.extend(store.list(&Query::All(collection), Order::Ascending, usize::MAX).await.unwrap());
    }
    records
}

#[wasm_bindgen_test]
async fn a_project_file_leaves_one_database_and_enters_another() {
    let store = filled("project_out").await;
    let file = Blob::Browser(project_blob(&store, samples::instant(0)).await.unwrap());
    let mut streamed = Vec::new();
    storage::write_project(&store, &mut streamed, samples::instant(0)).await.unwrap();
    assert_eq!(file.bytes().await.unwrap(), streamed, "as blob and as bytes alike");
    let copy = InBrowser::new("project_in").await.open().await;
    let report = read_project(&file, &copy).await.unwrap();
    assert_eq!((report.n_added, report.n_blobs_added), (9, 2));
    assert_eq!(everything(&copy).await, everything(&store).await);
    assert_eq!(copy.blob_hashes().await.unwrap(), store.blob_hashes().await.unwrap());
    let again = read_project(&file, &copy).await.unwrap();
    assert_eq!((again.n_added, again.n_same), (0, 9));
}

#[wasm_bindgen_test]
async fn the_golden_project_file_opens_in_a_browser() {
    let golden = Blob::Bytes(include_bytes!("../../testdata/project_v1.reviewlab").to_vec());
    let store = InBrowser::new("golden").await.open().await;
    read_project(&Blob::Browser(golden.to_browser().unwrap()), &store).await.unwrap();
    let memory = MemoryStore::default();
    read_project(&golden, &memory).await.unwrap();
    assert_eq!(everything(&store).await, everything(&memory).await);
}

#[wasm_bindgen_test]
async fn a_cut_project_file_writes_nothing() {
    let store = filled("cut_out").await;
    let file = Blob::Browser(project_blob(&store, samples::instant(0)).await.unwrap());
    let copy = InBrowser::new("cut_in").await.open().await;
    let cut = file.slice(0, file.len() - 1).unwrap();
    assert!(matches!(read_project(&cut, &copy).await, Err(ProjectError::Damaged { .. })));
    assert_eq!(everything(&copy).await, []);
}
