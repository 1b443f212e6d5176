//! Which files of a folder are to be scored, and what their results are called: a listing and what was scored before in,
//! names out. Nothing that is in the folder is ever written over.

use track::flow::{FlowDefinition, FolderFile, ScoredFile, TaskKind};
use track::id::Millis;

/// Most files that one run scores; the others wait for the next.
pub const MAX_FILES_PER_RUN: usize = 100;
/// A file that changed a shorter time ago may still be written by another program, and waits for the next run.
pub const SETTLED_AFTER_MS: u64 = 2_000;
/// What comes between a file's name and the ending of its result.
const SCORED: &str = ".scored";
/// Endings of files that are scored.
const ENDINGS: [&str; 2] = [".csv", ".tsv"];

/// A file that is to be scored, and what its result is to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToScore {
    /// The file.
    pub file: FolderFile,
    /// Its result's name.
    pub result: String,
}

/// The folder that a flow scores.
pub fn folder_of(flow: &FlowDefinition) -> Option<&str> {
    flow.tasks.iter().find_map(|task| match &task.kind {
        TaskKind::ScoreFolder { folder, .. } => Some(folder.as_str()),
        _ => None,
    })
}

/// Has a flow score this folder, where it scores one.
pub fn set_folder(flow: &mut FlowDefinition, name: &str) {
    for task in &mut flow.tasks {
        if let TaskKind::ScoreFolder { folder, .. } = &mut task.kind {
            name.clone_into(folder);
        }
    }
}

/// The files of `listing` that are new, or have changed since they were scored, by name. `known`: what was scored in this
/// folder before.
pub fn to_score(listing: &[FolderFile], known: &[ScoredFile], now: Millis) -> Vec<ToScore> {
    let is_known = |file: &FolderFile| known.iter().any(|scored| scored.file == *file);
    let is_settled = |file: &FolderFile| now.0 >= file.modified.0.saturating_add(SETTLED_AFTER_MS);
    let mut new: Vec<&FolderFile> =
        listing.iter().filter(|file| is_table(&file.name) && !is_known(file) && is_settled(file)).collect();
    new.sort_by(|a, b| a.name.cmp(&b.name));
    let mut taken: Vec<String> = listing.iter().map(|file| file.name.clone()).collect();
    taken.extend(known.iter().map(|scored| scored.result.clone()));
    let mut chosen = Vec::new();
    for file in new.into_iter().take(MAX_FILES_PER_RUN) {
        let result = result_name(&file.name, &taken);
        taken.push(result.clone());
        chosen.push(ToScore { file: file.clone(), result });
    }
    chosen
}

/// Whether a file of that name is scored: a table that is no result itself.
pub fn is_table(name: &str) -> bool {
    let name = name.to_lowercase();
    let Some(stem) = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) else { return false };
    let is_result = stem.ends_with(SCORED)
        || stem.rsplit_once('-').is_some_and(|(stem, number)| {
            stem.ends_with(SCORED) && number.bytes().all(|digit| digit.is_ascii_digit())
        });
    !stem.is_empty() && !stem.starts_with('.') && !is_result
}

/// What the result of the file `name` is called: `may.scored.csv`, or `may.scored-2.csv` and so on where that is taken.
pub fn result_name(name: &str, taken: &[String]) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_free = |candidate: &String| !taken.contains(candidate);
    let later = (2..).map(|number: u64| format!("{stem}{SCORED}-{number}.csv"));
    let mut names = std::iter::once(format!("{stem}{SCORED}.csv")).chain(later);
    names.find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, n_bytes: u64, modified: u64) -> FolderFile {
        FolderFile { name: name.into(), n_bytes, modified: Millis(modified) }
    }

    fn scored(file: FolderFile, result: &str) -> ScoredFile {
        ScoredFile { file, result: result.into(), ..ScoredFile::default() }
    }

    #[track_caller]
    fn check(listing: &[FolderFile], known: &[ScoredFile], expected: &[(&str, &str)]) {
        let found = to_score(listing, known, Millis(100_000));
        let found: Vec<(&str, &str)> =
            found.iter().map(|new| (new.file.name.as_str(), new.result.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_new_is_scored_once_and_nothing_is_written_over() {
        let may = || file("may.csv", 10, 500);
        check(
            &[file("June.CSV", 9, 1), may()],
            &[],
            &[("June.CSV", "June.scored.csv"), ("may.csv", "may.scored.csv")],
        );
        let known = [scored(may(), "may.scored.csv")];
        check(&[may(), file("may.scored.csv", 30, 600)], &known, &[]);
        // Deleting a result does not have it made again; changing the file does, beside the old result.
        check(&[may()], &known, &[]);
        let changed = file("may.csv", 12, 700);
        check(&[changed, file("may.scored.csv", 30, 600)], &known, &[("may.csv", "may.scored-2.csv")]);
        // A person's own file of that name stays.
        check(&[may(), file("may.scored.csv", 1, 1)], &[], &[("may.csv", "may.scored-2.csv")]);
        check(
            &[file("a.csv", 1, 1), file("a.tsv", 1, 1)],
            &[],
            &[("a.csv", "a.scored.csv"), ("a.tsv", "a.scored-2.csv")],
        );
    }

    #[test]
    fn what_is_no_table_or_still_being_written_waits() {
        let names = ["a.scored.csv", "a.scored-12.csv", "b.txt", ".csv", ".hidden.csv", "notes"];
        check(&names.map(|name| file(name, 1, 1)), &[], &[]);
        check(&[file("now.csv", 1, 99_000)], &[], &[]);
        let many: Vec<FolderFile> = (0..150).map(|n| file(&format!("{n:03}.csv"), 1, 1)).collect();
        assert_eq!(to_score(&many, &[], Millis(100_000)).len(), MAX_FILES_PER_RUN);
    }
}
