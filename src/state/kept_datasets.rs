//! Records of datasets in, the files that are kept and what each is called out. Pure.
//!
//! A file that is used again, or by another recipe, has a new record: the newest says what it is now, the oldest when it
//! came. It is deleted when its newest record is.

use engine::num::ContentHash;
use track::dataset::{Dataset, Origin, Original};
use track::experiment::Lifecycle;
use track::id::Millis;

use super::format;

/// What the sample's file is called.
const SAMPLE_FILE: &str = "sample_reviews.csv";

/// A file that is kept, as its newest record says.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptDataset {
    /// Hash of its bytes.
    pub file: ContentHash,
    /// Shown name.
    pub name: String,
    /// Where it came from, in words: `from shop.csv`.
    pub origin: String,
    /// What its file is called when it is downloaded.
    pub file_name: String,
    /// When its first record was made.
    pub created: Millis,
    /// Reviews kept.
    pub n_rows: u64,
    /// Class names, in label order.
    pub classes: Vec<String>,
    /// Size of the file and of what it was made of.
    pub n_bytes: u64,
    /// What it was made of.
    pub originals: Vec<Original>,
}

/// Files that are kept, and those that can still be brought back; both newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptDatasets {
    /// In use or ready to be.
    pub active: Vec<KeptDataset>,
    /// Deleted, with their files still here.
    pub deleted: Vec<KeptDataset>,
}

impl KeptDatasets {
    /// Of all records, newest first; `is_here` tells which files are still stored.
    pub fn of(records: &[Dataset], is_here: impl Fn(ContentHash) -> bool) -> Self {
        let mut kept = Self::default();
        let mut seen: Vec<ContentHash> = Vec::new();
        for newest in records {
            let file = newest.data.file;
            if seen.contains(&file) {
                continue;
            }
            seen.push(file);
            let first = records.iter().rev().find(|record| record.data.file == file).unwrap_or(newest);
            let view = kept_dataset(newest, first);
            match newest.lifecycle {
                Lifecycle::Active => kept.active.push(view),
                Lifecycle::Deleted if is_here(file) => kept.deleted.push(view),
                Lifecycle::Deleted => {}
            }
        }
        kept
    }
}

fn kept_dataset(newest: &Dataset, first: &Dataset) -> KeptDataset {
    let (origin, file_name) = match &newest.origin {
        Origin::Sample => ("from the sample".to_owned(), SAMPLE_FILE.to_owned()),
        Origin::File { name } => (format!("from {name}"), name.clone()),
        Origin::Typed => ("typed here".to_owned(), with_ending(&newest.name)),
        Origin::Extended { name, n_rows, .. } => {
            let rows = format::counted(*n_rows, "row", "rows");
            (format!("from '{name}' with {rows} added"), with_ending(&newest.name))
        }
    };
    KeptDataset {
        file: newest.data.file,
        name: newest.name.clone(),
        origin,
        file_name,
        created: first.created,
        n_rows: newest.n_rows,
        classes: newest.classes.iter().map(|(class, _)| class.clone()).collect(),
        n_bytes: newest.file_bytes + newest.originals.iter().map(|original| original.bytes).sum::<u64>(),
        originals: newest.originals.clone(),
    }
}

/// A file has an ending, by which other programs know it.
fn with_ending(name: &str) -> String {
    if name.ends_with("sv") { name.to_owned() } else { format!("{name}.csv") }
}

#[cfg(test)]
mod tests {
    use track::dataset::DatasetRef;
    use track::id::DatasetId;

    use super::*;

    fn dataset(file: &[u8], at: u64, name: &str, lifecycle: Lifecycle) -> Dataset {
        Dataset {
            schema: track::SCHEMA,
            id: DatasetId::new(Millis(at), [0; 10]),
            created: Millis(at),
            lifecycle,
            name: name.into(),
            origin: Origin::File { name: "a.csv".into() },
            data: DatasetRef { file: ContentHash::of(file), recipe: ContentHash::of(name.as_bytes()) },
            file_bytes: 7,
            n_rows: at,
            classes: vec![("bad".into(), 1), ("good".into(), 2)],
            n_set_aside: None,
            originals: vec![Original { name: "a.gz".into(), file: ContentHash::of(b"a.gz"), bytes: 3 }],
            n_unread: 0,
        }
    }

    #[test]
    fn a_file_is_called_what_its_newest_record_says() {
        use Lifecycle::{Active, Deleted};
        let records = [
            dataset(b"a", 5, "renamed", Active),
            dataset(b"b", 4, "gone", Deleted),
            dataset(b"c", 3, "forgotten", Deleted),
            dataset(b"b", 2, "was here", Active),
            dataset(b"a", 1, "a.csv", Deleted),
        ];
        let kept = KeptDatasets::of(&records, |file| file != ContentHash::of(b"c"));
        let names = |list: &[KeptDataset]| -> Vec<(String, u64, u64)> {
            list.iter().map(|kept| (kept.name.clone(), kept.created.0, kept.n_rows)).collect()
        };
        assert_eq!(names(&kept.active), [("renamed".to_owned(), 1, 5)]);
        assert_eq!(names(&kept.deleted), [("gone".to_owned(), 2, 4)]);
        assert_eq!((kept.active[0].n_bytes, kept.active[0].origin.as_str()), (10, "from a.csv"));
    }

    #[test]
    fn where_a_dataset_came_from_is_said() {
        let extended = Origin::Extended { name: "shop.csv".into(), from: ContentHash::of(b"a"), n_rows: 3 };
        for (origin, name, words, file_name) in [
            (Origin::Sample, "mine", "from the sample", "sample_reviews.csv"),
            (Origin::File { name: "a.tsv".into() }, "mine", "from a.tsv", "a.tsv"),
            (Origin::Typed, "mine", "typed here", "mine.csv"),
            (extended, "shop + 3 rows.csv", "from 'shop.csv' with 3 rows added", "shop + 3 rows.csv"),
        ] {
            let record = Dataset { origin, ..dataset(b"a", 1, name, Lifecycle::Active) };
            let kept = kept_dataset(&record, &record);
            assert_eq!((kept.origin.as_str(), kept.file_name.as_str()), (words, file_name));
        }
    }
}
