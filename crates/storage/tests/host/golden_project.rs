//! The project file of version 1 that is kept must open for good, and give the same records.

use engine::num::ContentHash;
use expect_test::expect_file;
use pollster::block_on;
use storage::{Blob, ImportReport, MemoryStore, Order, Query, Store as _, read_project};
use track::record::Collection;

const GOLDEN: &[u8] = include_bytes!("../../testdata/project_v1.reviewlab");

#[test]
fn the_golden_project_file_of_version_1_gives_the_same_records_for_good() {
    let store = MemoryStore::default();
    let report = block_on(read_project(&Blob::Bytes(GOLDEN.to_vec()), &store)).unwrap();
    assert_eq!(report, ImportReport { n_added: 9, n_blobs_added: 2, ..ImportReport::default() });
    let mut lines = String::new();
    for collection in Collection::ALL {
        for record in block_on(store.list(&Query::All(collection), Order::Ascending, usize::MAX)).unwrap() {
            lines.push_str(&record.to_json().unwrap());
            lines.push('\n');
        }
    }
    expect_file!["../../testdata/project_v1.jsonl"].assert_eq(&lines);
    for bytes in [&b"review,rating\nGreat sound 0,5\n"[..], b"pipeline of study 0"] {
        let kept = block_on(store.blob(ContentHash::of(bytes))).unwrap().unwrap();
        assert_eq!(block_on(kept.bytes()).unwrap(), bytes);
    }
}
