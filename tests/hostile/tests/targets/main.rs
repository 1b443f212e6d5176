//! Every target on inputs changed from good ones, and on every input that once broke one.
//!
//! No panic; no input that takes longer than `A_HANG`; never more memory than the target's bound.

mod counted_memory;
mod good_inputs;

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use hostile::change::changed;
use hostile::{TARGETS, Target};

/// Inputs per target, unless `HOSTILE_INPUTS` says another number.
const N_INPUTS: u64 = 5_000;
/// By any measure: the slowest input takes milliseconds.
const A_HANG: Duration = Duration::from_secs(60);

fn target(name: &str) -> Target {
    *TARGETS.iter().find(|target| target.name == name).expect("a target of that name")
}

/// Runs one input: what went wrong, if anything.
fn try_input(target: Target, bytes: &[u8]) -> Result<(), String> {
    let before = counted_memory::begin();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    let most = counted_memory::most_since(before);
    outcome.map_err(|_| "it panicked, see above".to_owned())?;
    let allowed = target.fixed_bytes + target.bytes_per_byte * bytes.len();
    if most > allowed {
        return Err(format!("{most} bytes were in use at a time, {allowed} are allowed"));
    }
    Ok(())
}

/// Tries each input on a thread of its own time; keeps the first that breaks a promise.
fn hold(name: &'static str, inputs: impl Iterator<Item = Vec<u8>> + Send + 'static) {
    let target = target(name);
    let (sender, receiver) = mpsc::channel::<(Vec<u8>, Option<Result<(), String>>)>();
    thread::spawn(move || {
        for bytes in inputs {
            sender.send((bytes.clone(), None)).ok();
            let outcome = try_input(target, &bytes);
            sender.send((bytes, Some(outcome))).ok();
        }
    });
    let mut under_way = Vec::new();
    loop {
        match receiver.recv_timeout(A_HANG) {
            Ok((bytes, None)) => under_way = bytes,
            Ok((_, Some(Ok(())))) => {}
            Ok((bytes, Some(Err(problem)))) => broken(name, &bytes, &problem),
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
            Err(mpsc::RecvTimeoutError::Timeout) => broken(name, &under_way, "it did not end"),
        }
    }
}

fn broken(name: &str, bytes: &[u8], problem: &str) -> ! {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("broken_{name}"));
    fs::write(&path, bytes).expect("the target folder can be written");
    panic!(
        "{name}: {problem}; the input is in {}: keep it in tests/hostile/regressions/{name}",
        path.display()
    );
}

/// Good inputs as they are, then changed ones.
fn search(name: &'static str, good: Vec<Vec<u8>>) {
    assert!(!good.is_empty());
    let n_inputs =
        env::var("HOSTILE_INPUTS").map_or(N_INPUTS, |number| number.parse().expect("a whole number"));
    let changed = {
        let good = good.clone();
        (0..n_inputs).map(move |number| changed(&good[number as usize % good.len()], &good, number))
    };
    hold(name, good.into_iter().chain(changed));
}

#[test]
fn tables_are_read_or_refused() {
    search("table", good_inputs::tables());
}

#[test]
fn given_files_become_one_table_or_are_refused() {
    search("intake", good_inputs::given_files());
}

#[test]
fn reviews_are_cleaned_one_way() {
    search("cleaning", good_inputs::cleanings());
}

#[test]
fn terms_are_counted_or_the_rule_is_refused() {
    search("counting", good_inputs::countings());
}

#[test]
fn saved_models_are_read_or_refused() {
    search("pipeline", good_inputs::pipelines());
}

#[test]
fn saved_models_are_checked_behind_their_checksum() {
    search("sealed_pipeline", good_inputs::unsealed_pipelines());
}

#[test]
fn project_files_are_read_or_refused() {
    search("project", good_inputs::projects());
}

#[test]
fn records_and_messages_are_read_or_refused() {
    search("records", good_inputs::records());
}

#[test]
fn filters_are_understood_or_refused() {
    search("filter", good_inputs::filters());
}

#[test]
fn what_once_broke_holds() {
    for target in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions").join(target.name);
        let Ok(files) = fs::read_dir(&folder) else { continue };
        let mut paths: Vec<_> = files.map(|file| file.expect("a file of the folder").path()).collect();
        paths.sort();
        let inputs: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).expect("a regression")).collect();
        hold(target.name, inputs.into_iter());
    }
}
