//! Project files: merging, saving, and files that are cut, changed, newer or of another program.

use std::fs;

use engine::num::ContentHash;
use pollster::block_on;
use storage::{
    Batch, Blob, ImportReport, MemoryStore, Order, ProjectError, ProjectFileStore, Query, Store as _,
    read_project, samples, write_project,
};
use track::experiment::Experiment;
use track::record::{Collection, Record};

pub(crate) fn filled() -> MemoryStore {
    let store = MemoryStore::default();
    let blobs = [samples::file(0), samples::pipeline(0)];
    let blobs = blobs.map(|bytes| (ContentHash::of(&bytes), Blob::Bytes(bytes))).to_vec();
    block_on(store.write(Batch { records: samples::project(), blobs })).unwrap();
    store
}

pub(crate) fn project_bytes(store: &MemoryStore) -> Vec<u8> {
    let mut bytes = Vec::new();
    block_on(write_project(store, &mut bytes, samples::instant(0))).unwrap();
    bytes
}

pub(crate) fn everything(store: &MemoryStore) -> (Vec<Record>, Vec<ContentHash>) {
    let list =
        |collection| block_on(store.list(&Query::All(collection), Order::Ascending, usize::MAX)).unwrap();
    (Collection::ALL.into_iter().flat_map(list).collect(), block_on(store.blob_hashes()).unwrap())
}

fn read(bytes: &[u8], into: &MemoryStore) -> Result<ImportReport, ProjectError> {
    block_on(read_project(&Blob::Bytes(bytes.to_vec()), into))
}

#[test]
fn what_is_written_is_read_and_written_again_alike() {
    let store = filled();
    let bytes = project_bytes(&store);
    let copy = MemoryStore::default();
    let report = read(&bytes, &copy).unwrap();
    assert_eq!(report, ImportReport { n_added: 9, n_blobs_added: 2, ..ImportReport::default() });
    assert_eq!(everything(&copy), everything(&store));
    assert_eq!(project_bytes(&copy), bytes);
}

#[test]
fn reading_twice_adds_nothing() {
    let store = filled();
    let before = everything(&store);
    let report = read(&project_bytes(&store), &store).unwrap();
    assert_eq!(report, ImportReport { n_same: 9, ..ImportReport::default() });
    assert_eq!(everything(&store), before);
}

#[test]
fn where_both_have_a_record_ours_is_kept_and_named() {
    let store = filled();
    let bytes = project_bytes(&store);
    let ours = Record::Experiment(Experiment { name: "Renamed".into(), ..samples::experiment(0) });
    block_on(store.write(Batch { records: vec![ours.clone()], blobs: Vec::new() })).unwrap();
    let report = read(&bytes, &store).unwrap();
    let key = samples::experiment_id(0).0;
    assert_eq!(report.kept_ours, [(Collection::Experiments, key.clone())]);
    assert_eq!((report.n_added, report.n_same), (0, 8));
    assert_eq!(block_on(store.get(Collection::Experiments, &key)).unwrap(), Some(ours));
}

#[test]
fn a_recipe_used_on_another_day_is_the_same_recipe() {
    let theirs = filled();
    let ours = MemoryStore::default();
    let later = track::dataset::RecipeRecord { created: samples::instant(99), ..samples::recipe(0) };
    block_on(ours.write(Batch { records: vec![Record::Recipe(later)], blobs: Vec::new() })).unwrap();
    let report = read(&project_bytes(&theirs), &ours).unwrap();
    assert_eq!((report.n_added, report.n_same, report.kept_ours), (8, 1, Vec::new()));
}

#[test]
fn saving_replaces_the_file_only_when_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a project.reviewlab");
    let store = block_on(ProjectFileStore::open(&path)).unwrap();
    assert!(!path.exists(), "opening makes no file");
    block_on(store.write(Batch { records: samples::project(), blobs: Vec::new() })).unwrap();
    block_on(store.save(samples::instant(0))).unwrap();
    let first = fs::read(&path).unwrap();

    // A folder in the place of the partial file makes the next save fail.
    let partial = folder.path().join("a project.reviewlab.partial");
    fs::create_dir(&partial).unwrap();
    block_on(store.erase()).unwrap();
    assert!(matches!(block_on(store.save(samples::instant(1))), Err(ProjectError::File { .. })));
    assert_eq!(fs::read(&path).unwrap(), first, "the old file stands");

    fs::remove_dir(&partial).unwrap();
    block_on(store.save(samples::instant(1))).unwrap();
    assert_ne!(fs::read(&path).unwrap(), first);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["a project.reviewlab"], "nothing is left beside it");
}

#[test]
fn a_damaged_file_is_not_opened_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("project.reviewlab");
    let bytes = project_bytes(&filled());
    let cut = &bytes[..bytes.len() / 2];
    fs::write(&path, cut).unwrap();
    assert!(block_on(ProjectFileStore::open(&path)).is_err());
    assert_eq!(fs::read(&path).unwrap(), cut);
}

#[test]
fn a_project_goes_through_bytes_alone() {
    let bytes = project_bytes(&filled());
    let store = block_on(ProjectFileStore::from_file(&Blob::Bytes(bytes.clone()))).unwrap();
    assert_eq!(block_on(store.to_bytes(samples::instant(0))).unwrap(), bytes);
}

#[track_caller]
fn refused(bytes: &[u8]) -> ProjectError {
    let store = MemoryStore::default();
    let error = read(bytes, &store).unwrap_err();
    assert_eq!(everything(&store), (Vec::new(), Vec::new()), "nothing was written");
    error
}

#[test]
fn every_cut_is_noticed() {
    let bytes = project_bytes(&filled());
    for end in 0..bytes.len() {
        refused(&bytes[..end]);
    }
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let found = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
    bytes[found..found + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn a_changed_record_blob_or_manifest_is_noticed() {
    let bytes = project_bytes(&filled());
    let changed = |entry: &str| ProjectError::Changed { entry: entry.to_owned() };
    assert_eq!(
        refused(&replaced(&bytes, "Experiment 0", "Experiment 1")),
        changed("records/experiments.jsonl")
    );
    let blob = ContentHash::of(&samples::pipeline(0));
    assert_eq!(refused(&replaced(&bytes, "pipeline of", "Pipeline of")), changed(&format!("blobs/{blob}")));
    assert_eq!(refused(&replaced(&bytes, "\"created\": 1", "\"created\": 2")), changed("manifest.json"));
}

#[test]
fn other_files_are_named_as_such() {
    for bytes in [&b""[..], b"PK", b"review,rating\nGood,5\n", &[0; 500]] {
        let error = refused(bytes);
        assert!(matches!(error, ProjectError::NotAProject { .. }), "{error}");
    }
}

/// A project file built anew from entries, with right checksums and hashes, as an attacker or a later
/// build would.
mod forged {
    use super::{ContentHash, ProjectError, refused, samples};
    use storage::suite::forge;

    const LINES: [&str; 5] = [
        "records/experiments.jsonl",
        "records/recipes.jsonl",
        "records/datasets.jsonl",
        "records/runs.jsonl",
        "records/registry.jsonl",
    ];

    fn file(schema: u32, entries: &[(&str, &[u8])]) -> Vec<u8> {
        let hashes: Vec<String> = entries
            .iter()
            .map(|(name, bytes)| format!("\"{name}\":\"{}\"", ContentHash::of(bytes)))
            .collect();
        let manifest = format!(
            r#"{{"schema":{schema},"engine_version":"9","created":1,"entries":{{{}}}}}"#,
            hashes.join(",")
        );
        let mut all = entries.to_vec();
        all.push(("manifest.json", manifest.as_bytes()));
        forge(&all, samples::instant(0))
    }

    fn with(name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut entries: Vec<(&str, &[u8])> = LINES.map(|line| (line, &b""[..])).to_vec();
        match entries.iter_mut().find(|entry| entry.0 == name) {
            Some(entry) => entry.1 = bytes,
            None => entries.push((name, bytes)),
        }
        file(1, &entries)
    }

    #[test]
    fn a_newer_file_says_so() {
        let empty = LINES.map(|line| (line, &b""[..]));
        assert_eq!(refused(&file(2, &empty)), ProjectError::Newer { found: 2, known: 1 });
    }

    #[test]
    fn a_newer_record_is_found_at_its_line() {
        let good = track::record::Record::Experiment(samples::experiment(0)).to_json().unwrap();
        let newer = good.replace(r#""schema":1"#, r#""schema":99"#);
        let error = refused(&with(LINES[0], format!("{good}\n{newer}\n").as_bytes()));
        assert!(matches!(error, ProjectError::BadRecord { line: 2, .. }), "{error}");
    }

    #[test]
    fn a_record_stands_once_and_in_its_place() {
        let one = track::record::Record::Experiment(samples::experiment(0)).to_json().unwrap();
        let key = samples::experiment_id(0).0;
        let twice = refused(&with(LINES[0], format!("{one}\n{one}\n").as_bytes()));
        assert_eq!(twice, ProjectError::Misplaced { entry: LINES[0].into(), line: 2, key: key.clone() });
        let elsewhere = refused(&with(LINES[3], format!("{one}\n").as_bytes()));
        assert_eq!(elsewhere, ProjectError::Misplaced { entry: LINES[3].into(), line: 1, key });
    }

    #[test]
    fn entries_are_those_of_the_manifest_and_no_others() {
        let unexpected = |name: &str| ProjectError::Unexpected { entry: name.into() };
        assert_eq!(refused(&with("../../etc/passwd", b"x")), unexpected("../../etc/passwd"));
        let wrong = format!("blobs/{}", ContentHash::of(b"other"));
        assert_eq!(refused(&with(&wrong, b"x")), unexpected(&wrong));
        let missing = file(1, &LINES.map(|line| (line, &b""[..]))[..4]);
        assert_eq!(refused(&missing), ProjectError::Missing { entry: LINES[4].into() });
        let unlisted = forge(
            &[
                ("extra", b"x"),
                ("manifest.json", br#"{"schema":1,"engine_version":"","created":0,"entries":{}}"#),
            ],
            samples::instant(0),
        );
        assert_eq!(refused(&unlisted), unexpected("extra"));
        let manifest: (&str, &[u8]) =
            ("manifest.json", br#"{"schema":1,"engine_version":"","created":0,"entries":{}}"#);
        let twice = forge(&[manifest, manifest], samples::instant(0));
        assert_eq!(refused(&twice), unexpected("a second manifest.json"));
        let none = forge(&[("a", b"")], samples::instant(0));
        assert!(matches!(refused(&none), ProjectError::NotAProject { .. }));
    }
}
