//! Folders whose new files are scored: once, beside the file, whatever ends the program.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use storage::{Order, ProjectFileStore, Query, Store as _};
use track::flow::{Happening, TaskOutput};
use track::record::{Collection, Record};

use crate::run::Terminal;

/// A project with a champion, and a folder.
fn project() -> (Terminal, PathBuf) {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "1", "--models", "nb"]);
    terminal.must(&["flow", "run", "retrain"]);
    let folder = terminal.path("inbox");
    std::fs::create_dir(&folder).unwrap();
    (terminal, folder)
}

/// A file that was written a while ago.
fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(SystemTime::now() - Duration::from_secs(60))
        .unwrap();
}

/// Names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn reviews(n_rows: usize, words: &str) -> String {
    let rows = (0..n_rows).map(|row| format!("\"{words} number {row} and so on\"\n"));
    "Review text\n".to_owned() + &rows.collect::<String>()
}

fn all(path: &Path, collection: Collection) -> Vec<Record> {
    let store = pollster::block_on(ProjectFileStore::open(path)).unwrap();
    pollster::block_on(store.list(&Query::All(collection), Order::Ascending, 100_000)).unwrap()
}

const SCORE: [&str; 5] = ["flow", "run", "score folder", "--folder", "inbox"];

#[test]
fn new_files_get_a_result_beside_them_once() {
    let (terminal, inbox) = project();
    put(&inbox, "may.csv", &reviews(3, "what a lovely perfect thing"));
    put(&inbox, "bad.csv", "Review text\n");
    put(&inbox, "notes.txt", "no table");
    let said = terminal.must(&SCORE);
    assert!(said.err.contains("may.scored.csv"), "{}", said.err);
    assert_eq!(names(&inbox), ["bad.csv", "may.csv", "may.scored.csv", "notes.txt"]);
    let scored = std::fs::read_to_string(inbox.join("may.scored.csv")).unwrap();
    assert!(scored.starts_with("Review text,predicted,probability,unsure,top_words\n"), "{scored}");
    assert_eq!(scored.lines().filter(|line| line.contains(",positive,0.")).count(), 3, "{scored}");
    // Nothing is new, so nothing is written; a result that is gone was taken away on purpose.
    std::fs::remove_file(inbox.join("may.scored.csv")).unwrap();
    let said = terminal.must(&SCORE);
    assert!(said.out.contains("0 new files, 0 reviews."), "{}", said.out);
    assert_eq!(names(&inbox).len(), 3);
    // What changed is another file.
    put(&inbox, "may.csv", &reviews(5, "broken, waste of money"));
    terminal.must(&SCORE);
    assert_eq!(names(&inbox), ["bad.csv", "may.csv", "may.scored-2.csv", "notes.txt"]);
    let blobs = all(&terminal.path("project.reviewlab"), Collection::TaskResults);
    let kept = blobs.iter().filter_map(|record| match record {
        Record::TaskResult(result) => match &result.output {
            TaskOutput::Scored { files, .. } => {
                Some(files.iter().map(|file| file.parts.len() + file.rows.len()).sum::<usize>())
            }
            _ => None,
        },
        _ => None,
    });
    assert_eq!(kept.collect::<Vec<_>>(), [0, 0], "what is in the folder is not kept twice");
}

#[test]
fn a_program_killed_while_it_scores_writes_every_result_once() {
    let (terminal, inbox) = project();
    let path = terminal.path("project.reviewlab");
    for number in 0..4 {
        put(&inbox, &format!("{number}.csv"), &reviews(400, "a lovely thing, soft and warm"));
    }
    let mut child = terminal.command(&SCORE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_scored = |record: &Record| matches!(record, Record::TaskResult(result) if matches!(result.output, TaskOutput::Scored { .. }));
    while child.try_wait().unwrap().is_none() {
        if all(&path, Collection::TaskResults).iter().any(is_scored) {
            child.kill().unwrap();
            break;
        }
    }
    child.wait().unwrap();
    terminal.must(&SCORE);
    let expected =
        ["0.csv", "0.scored.csv", "1.csv", "1.scored.csv", "2.csv", "2.scored.csv", "3.csv", "3.scored.csv"];
    assert_eq!(names(&inbox), expected);
    for number in 0..4 {
        let scored = std::fs::read_to_string(inbox.join(format!("{number}.scored.csv"))).unwrap();
        assert_eq!(scored.lines().count(), 401);
    }
}

#[test]
fn reviews_of_another_kind_are_an_event() {
    let (terminal, inbox) = project();
    let path = terminal.path("project.reviewlab");
    let drifts = || {
        let events = all(&path, Collection::FlowEvents);
        let is_drift = |record: &&Record| matches!(record, Record::FlowEvent(event) if matches!(event.happening, Happening::DriftFound { .. }));
        events.iter().filter(is_drift).count()
    };
    // The reviews that the champion knows are of its kind.
    let said = terminal.must(&["flow", "run", "monitor"]);
    assert_eq!(drifts(), 0, "{}", said.out);
    put(&inbox, "strange.csv", &reviews(600, "!!! http://www.x.in zzz qqq"));
    let said = terminal.must(&SCORE);
    assert_eq!(drifts(), 1, "{}", said.out);
    assert!(said.out.contains("are of another kind") && said.out.contains("with warnings"), "{}", said.out);
}

#[test]
fn a_folder_is_named_where_one_is_needed() {
    let (terminal, _) = project();
    let said = terminal.run(&["flow", "run", "score folder"]);
    assert!(said.err.contains("scores a folder: name it with --folder."), "{}", said.err);
    let said = terminal.run(&["flow", "run", "score folder", "--folder", "nowhere"]);
    assert!(said.err.contains("nowhere is no folder."), "{}", said.err);
    let said = terminal.run(&["flow", "run", "retrain", "--folder", "inbox"]);
    assert!(said.err.contains("scores no folder: leave --folder out."), "{}", said.err);
}
