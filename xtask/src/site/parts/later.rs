//! Which functions of the page's program come later.
//! In: the program with its names. Out: the numbers of what neither the first screen nor the first training needs.
//! Never: a matter of right or wrong: what is called before it came is fetched then, only later than it could be.

use anyhow::{Result, ensure};
use std::collections::{BTreeMap, BTreeSet};

use super::program::Program;

/// A function of fewer bytes than this stays: functions of equal bodies are one, under the name of any of them, and a
/// small body is soon equal to another. Its stub would be a third of it, too.
pub const MIN_BYTES: usize = 96;
/// From so many bytes on no other function is likely to be equal to what a library made for a type of [`MODULES`].
const MIN_BYTES_MADE_FOR: usize = 160;
/// What makes the same of many types: sorting, for all whose keys are alike.
const SHARED: &[&str] = &["core::slice::sort", "engine::num::order"];
/// Modules whose functions come later, what libraries made for their types with them, and what only such functions call.
pub const MODULES: &[&str] = &[
    "aho_corasick",
    "regex",
    "regex_automata",
    "regex_syntax",
    "rust_stemmers::snowball",
    "stop_words",
    "unicode_normalization",
    "engine::text::further",
    "engine::text::languages",
    "engine::text::pattern",
    "engine::audit",
    "engine::errors",
    "engine::metrics::cuts",
    "engine::describe",
    "export",
    "flow",
    "drivers::flow_run",
    "drivers::audit",
    "drivers::questions",
    "engine::metrics::paired",
    "engine::pipeline::file_answers",
    "engine::pipeline::flip",
    "engine::pipeline::paired",
    "engine::pipeline::rescore",
    "engine::pipeline::similar",
    "jobs::answered_file",
    "jobs::drift",
    "jobs::exported",
    "jobs::fits",
    "jobs::judge",
    "jobs::labels",
    "jobs::questions",
    "jobs::worker::further",
    "jobs::rescored",
    "reviewlab::components::new_version",
    "reviewlab::service_worker",
    "reviewlab::services::offline",
    "reviewlab::services::requests",
    "api",
    "reviewlab::charts::boxes",
    "reviewlab::charts::brush",
    "reviewlab::charts::columns",
    "reviewlab::charts::contributions",
    "reviewlab::charts::matrices",
    "reviewlab::charts::parallel",
    "reviewlab::charts::surface",
    "reviewlab::charts::timeline",
    "reviewlab::pages::ab_tests",
    "reviewlab::pages::data::faults",
    "reviewlab::pages::data::labels",
    "reviewlab::pages::data::pictures",
    "reviewlab::pages::data::playground",
    "reviewlab::pages::errors",
    "reviewlab::pages::flows",
    "reviewlab::pages::models",
    "reviewlab::pages::monitor",
    "reviewlab::pages::predict",
    "reviewlab::pages::runs",
    "reviewlab::pages::settings",
    "reviewlab::pages::train::luck",
    "reviewlab::pages::train::more_labels",
    "reviewlab::pages::train::plots",
    "reviewlab::services::due_notices",
    "reviewlab::services::folders",
    "reviewlab::services::notices",
    "reviewlab::services::project",
    "reviewlab::services::ticks",
    "reviewlab::services::zones",
    "reviewlab::components::marked",
    "reviewlab::components::exports",
    "reviewlab::state::exports::Exports>",
    "reviewlab::state::exports::known_of",
    "reviewlab::state::ab_tests::AbTests>",
    "reviewlab::state::ab_tests::ending",
    "reviewlab::state::ab_tests::live",
    "reviewlab::state::answered_file",
    "reviewlab::state::comparing",
    "reviewlab::state::error_analysis",
    "reviewlab::state::comparison",
    "reviewlab::state::playground",
    "reviewlab::state::flows::Flows>",
    "reviewlab::state::flows::automation_form",
    "reviewlab::state::flows::book",
    "reviewlab::state::flows::deploy_form",
    "reviewlab::state::flows::driving",
    "reviewlab::state::flows::due_runs",
    "reviewlab::state::flows::events",
    "reviewlab::state::flows::figures",
    "reviewlab::state::flows::flow_edit",
    "reviewlab::state::flows::inbox",
    "reviewlab::state::flows::one_run",
    "reviewlab::state::flows::prepare",
    "reviewlab::state::flows::reacting",
    "reviewlab::state::flows::reading",
    "reviewlab::state::flows::recovering",
    "reviewlab::state::flows::task_counts",
    "reviewlab::state::flows::task_params",
    "reviewlab::state::flows::wishes",
    "reviewlab::state::given_table",
    "reviewlab::state::kept_predictions",
    "reviewlab::state::lab::Lab>::add_rows",
    "reviewlab::state::labels",
    "reviewlab::state::monitor::Monitor>",
    "reviewlab::state::monitor::kept",
    "reviewlab::state::monitor::work",
    "reviewlab::state::run_board",
    "reviewlab::state::run_search",
    "reviewlab::state::settings::Settings>::delete_everything",
    "reviewlab::state::settings::Settings>::download_project",
    "reviewlab::state::settings::Settings>::open_project",
    "reviewlab::state::stored_fits",
    "reviewlab::state::audit",
    "reviewlab::state::explain",
    "reviewlab::state::more_labels",
    "reviewlab::state::experiments",
    "reviewlab::state::fit_report",
    "reviewlab::state::kept_views",
    "reviewlab::state::markdown",
    "reviewlab::state::mlflow_model",
    "reviewlab::state::model_card",
    "reviewlab::state::run_edits",
    "reviewlab::state::run_files",
    "reviewlab::state::run_grid",
    "reviewlab::state::run_records",
    "reviewlab::state::run_report",
    "reviewlab::state::run_selection",
    "reviewlab::state::verifying",
    "reviewlab::state::data_pictures",
    "reviewlab::state::what_if",
    "storage::browser_folder",
    "storage::folder",
    "storage::indexed_db::folders",
    "storage::project_file",
    "track::filter",
    "track::report",
    "watch",
];

/// The numbers of the functions that come later.
///
/// # Errors
/// When the program is no wasm file, or has no names.
pub fn functions(wasm: &[u8]) -> Result<BTreeSet<u32>> {
    let program = Program::read(wasm)?;
    ensure!(
        !program.names.is_empty(),
        "the program has no names of functions: is `strip` set in the release profile?"
    );
    let comes_later = |function: u32, name: &str| {
        function >= program.n_imported
            && !program.pinned.contains(&function)
            && is_later(name, program.body(function).range().len())
    };
    let named = program.names.iter().filter(|(function, name)| comes_later(**function, name));
    let mut later: BTreeSet<u32> = named.map(|(&function, _)| function).collect();
    let mut callers: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for caller in program.n_imported..program.n_functions() {
        program.callees(caller).for_each(|callee| {
            callers.entry(callee).or_default().insert(caller);
        });
    }
    let in_table: BTreeSet<u32> = program.slots.iter().map(|&(_, function)| function).collect();
    let may_follow = |function: u32| {
        function >= program.n_imported && !in_table.contains(&function) && !program.pinned.contains(&function)
    };
    let mut unseen: Vec<u32> = later.iter().copied().collect();
    while let Some(caller) = unseen.pop() {
        for callee in program.callees(caller) {
            let is_only_theirs =
                || callers[&callee].iter().all(|caller| *caller == callee || later.contains(caller));
            if !later.contains(&callee) && may_follow(callee) && is_only_theirs() {
                later.insert(callee);
                unseen.push(callee);
            }
        }
    }
    Ok(later)
}

/// Whether a name as rustc's demangled ones, `<a[1f]::b::C as d::E<f::G>>::h`, begins with a path into one of
/// [`MODULES`], the type or closure `a::b::C` there; or holds one anywhere, where the body is long enough.
fn is_later(name: &str, n_bytes: usize) -> bool {
    let name = without_hashes(name);
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    MODULES.iter().any(|module| {
        name.match_indices(module).any(|(at, _)| {
            let (before, after) = (&name[..at], &name[at + module.len()..]);
            let least = if before.chars().all(|c| "<&".contains(c)) { MIN_BYTES } else { MIN_BYTES_MADE_FOR };
            let is_path = !before.ends_with(is_word) && after.starts_with("::");
            is_path && n_bytes >= least && !SHARED.iter().any(|maker| before.starts_with(maker))
        })
    })
}

/// The name without the hashes that tell crates of one name apart.
fn without_hashes(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        rest = match after.split_once(']') {
            Some((hash, after)) if !hash.is_empty() && hash.chars().all(|c| c.is_ascii_hexdigit()) => after,
            _ => {
                plain.push('[');
                after
            }
        };
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, n_bytes: usize, expected: bool) {
        assert_eq!(is_later(name, n_bytes), expected, "{name}");
    }

    #[test]
    fn names_are_known_by_the_paths_in_them() {
        let long = MIN_BYTES_MADE_FOR;
        check("reviewlab[ba13855ec84251d5]::pages::runs::RunsPage", MIN_BYTES, true);
        check("reviewlab[ba13855ec84251d5]::pages::runs::RunsPage", MIN_BYTES - 1, false);
        check("<reviewlab[ba]::pages::runs::grid::Grid>::new::{closure#0}", MIN_BYTES, true);
        check(
            "<<reviewlab::pages::models::__page::{closure#1} as core::A>::b as core::B<()>>::c",
            MIN_BYTES,
            true,
        );
        check("core[15]::ptr::drop_in_place::<alloc[6c]::vec::Vec<track[a4]::filter::Filter>>", long, true);
        check(
            "core[15]::ptr::drop_in_place::<alloc[6c]::vec::Vec<track[a4]::filter::Filter>>",
            long - 1,
            false,
        );
        check("reviewlab::pages::runs_of_old::A", long, false);
        check("other::reviewlab::pages::runs::A", long, false);
        check("reviewlab::pages::train::TrainPage", long, false);
        check("<[u8]>::len", long, false);
    }
}
