//! The journeys, in the order they are run.
//! In: a lab each. Out: an error that says what a person would have seen go wrong.
//! Never: a journey that needs another to have run before it.

use anyhow::Result;
use std::future::Future;
use std::pin::Pin;

use e2e::Lab;

mod files;
mod steps;
mod harness;
mod smoke;
mod shell_first;
mod sample;
mod real_file;
mod bad_files;
mod columns;
mod class_columns;
mod given_files;
mod typed_examples;
mod kept_datasets;
mod preview;
mod large_file;
mod spec;
mod stop;
mod cut_off;
mod resumed;
mod older_study;
mod endings;
mod kept_settings;
mod killed_worker;
mod second_tab;
mod take_over;
mod full_disk;
mod models;
mod predict;
mod side_by_side;
mod markup_is_text;
mod monitor;
mod ab_tests;
mod rule;
mod policy;
mod deep_links;
mod offline;
mod privacy;
mod served;
mod update;
mod api;
mod faults;
mod cleaning;
mod labels;
mod plots;
mod search;
mod chosen_runs;
mod errors;
mod experiments;
mod compare;
mod board;
mod one_run;
mod flows;
mod flow_control;
mod flow_missed;
mod folder;
mod due_notices;
mod settings;
mod exports;
mod carried;
mod project_file;
mod same_bits;

/// A journey on its way.
type Travelling<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Where a journey is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bases {
    /// At every base path: it passes through what depends on it.
    Every,
    /// At the root alone: nothing on the way depends on the base path.
    Root,
}

impl Bases {
    /// Whether a journey is to be walked at this base path.
    pub fn hold(self, base: &str) -> bool {
        self == Bases::Every || base == "/"
    }
}

/// A way through the site.
pub struct Journey {
    /// For `--only`, and the names of screenshots.
    pub name: &'static str,
    /// Where it is walked.
    pub bases: Bases,
    /// Walks it.
    pub run: for<'a> fn(&'a Lab) -> Travelling<'a>,
}

/// All of them.
pub const ALL: &[Journey] = &[
    Journey { name: "harness", bases: Bases::Root, run: |lab| Box::pin(harness::run(lab)) },
    Journey { name: "smoke", bases: Bases::Every, run: |lab| Box::pin(smoke::run(lab)) },
    Journey { name: "shell_first", bases: Bases::Every, run: |lab| Box::pin(shell_first::run(lab)) },
    Journey { name: "sample", bases: Bases::Every, run: |lab| Box::pin(sample::run(lab)) },
    Journey { name: "real_file", bases: Bases::Root, run: |lab| Box::pin(real_file::run(lab)) },
    Journey { name: "bad_files", bases: Bases::Root, run: |lab| Box::pin(bad_files::run(lab)) },
    Journey { name: "columns", bases: Bases::Root, run: |lab| Box::pin(columns::run(lab)) },
    Journey { name: "class_columns", bases: Bases::Root, run: |lab| Box::pin(class_columns::run(lab)) },
    Journey { name: "given_files", bases: Bases::Root, run: |lab| Box::pin(given_files::run(lab)) },
    Journey { name: "typed_examples", bases: Bases::Root, run: |lab| Box::pin(typed_examples::run(lab)) },
    Journey { name: "kept_datasets", bases: Bases::Root, run: |lab| Box::pin(kept_datasets::run(lab)) },
    Journey { name: "preview", bases: Bases::Root, run: |lab| Box::pin(preview::run(lab)) },
    Journey { name: "large_file", bases: Bases::Root, run: |lab| Box::pin(large_file::run(lab)) },
    Journey { name: "spec", bases: Bases::Root, run: |lab| Box::pin(spec::run(lab)) },
    Journey { name: "stop", bases: Bases::Root, run: |lab| Box::pin(stop::run(lab)) },
    Journey { name: "cut_off", bases: Bases::Root, run: |lab| Box::pin(cut_off::run(lab)) },
    Journey { name: "resumed", bases: Bases::Root, run: |lab| Box::pin(resumed::run(lab)) },
    Journey { name: "older_study", bases: Bases::Root, run: |lab| Box::pin(older_study::run(lab)) },
    Journey { name: "endings", bases: Bases::Root, run: |lab| Box::pin(endings::run(lab)) },
    Journey { name: "kept_settings", bases: Bases::Every, run: |lab| Box::pin(kept_settings::run(lab)) },
    Journey { name: "killed_worker", bases: Bases::Root, run: |lab| Box::pin(killed_worker::run(lab)) },
    Journey { name: "second_tab", bases: Bases::Root, run: |lab| Box::pin(second_tab::run(lab)) },
    Journey { name: "take_over", bases: Bases::Root, run: |lab| Box::pin(take_over::run(lab)) },
    Journey { name: "full_disk", bases: Bases::Root, run: |lab| Box::pin(full_disk::run(lab)) },
    Journey { name: "rule", bases: Bases::Root, run: |lab| Box::pin(rule::run(lab)) },
    Journey { name: "models", bases: Bases::Root, run: |lab| Box::pin(models::run(lab)) },
    Journey { name: "exports", bases: Bases::Root, run: |lab| Box::pin(exports::run(lab)) },
    Journey { name: "carried", bases: Bases::Root, run: |lab| Box::pin(carried::run(lab)) },
    Journey { name: "monitor", bases: Bases::Root, run: |lab| Box::pin(monitor::run(lab)) },
    Journey { name: "ab_tests", bases: Bases::Root, run: |lab| Box::pin(ab_tests::run(lab)) },
    Journey { name: "predict", bases: Bases::Root, run: |lab| Box::pin(predict::run(lab)) },
    Journey { name: "side_by_side", bases: Bases::Root, run: |lab| Box::pin(side_by_side::run(lab)) },
    Journey { name: "markup_is_text", bases: Bases::Root, run: |lab| Box::pin(markup_is_text::run(lab)) },
    Journey { name: "policy", bases: Bases::Every, run: |lab| Box::pin(policy::run(lab)) },
    Journey { name: "privacy", bases: Bases::Root, run: |lab| Box::pin(privacy::run(lab)) },
    Journey { name: "served", bases: Bases::Root, run: |lab| Box::pin(served::run(lab)) },
    Journey { name: "deep_links", bases: Bases::Every, run: |lab| Box::pin(deep_links::run(lab)) },
    Journey { name: "offline", bases: Bases::Every, run: |lab| Box::pin(offline::run(lab)) },
    Journey { name: "update", bases: Bases::Root, run: |lab| Box::pin(update::run(lab)) },
    Journey { name: "api", bases: Bases::Every, run: |lab| Box::pin(api::run(lab)) },
    Journey { name: "cleaning", bases: Bases::Root, run: |lab| Box::pin(cleaning::run(lab)) },
    Journey { name: "labels", bases: Bases::Root, run: |lab| Box::pin(labels::run(lab)) },
    Journey { name: "search", bases: Bases::Root, run: |lab| Box::pin(search::run(lab)) },
    Journey { name: "chosen_runs", bases: Bases::Root, run: |lab| Box::pin(chosen_runs::run(lab)) },
    Journey { name: "experiments", bases: Bases::Root, run: |lab| Box::pin(experiments::run(lab)) },
    Journey { name: "compare", bases: Bases::Root, run: |lab| Box::pin(compare::run(lab)) },
    Journey { name: "board", bases: Bases::Root, run: |lab| Box::pin(board::run(lab)) },
    Journey { name: "one_run", bases: Bases::Root, run: |lab| Box::pin(one_run::run(lab)) },
    Journey { name: "errors", bases: Bases::Root, run: |lab| Box::pin(errors::run(lab)) },
    Journey { name: "faults", bases: Bases::Root, run: |lab| Box::pin(faults::run(lab)) },
    Journey { name: "plots", bases: Bases::Root, run: |lab| Box::pin(plots::run(lab)) },
    Journey { name: "flows", bases: Bases::Root, run: |lab| Box::pin(flows::run(lab)) },
    Journey { name: "flow_control", bases: Bases::Root, run: |lab| Box::pin(flow_control::run(lab)) },
    Journey { name: "flow_missed", bases: Bases::Root, run: |lab| Box::pin(flow_missed::run(lab)) },
    Journey { name: "folder", bases: Bases::Root, run: |lab| Box::pin(folder::run(lab)) },
    Journey { name: "due_notices", bases: Bases::Root, run: |lab| Box::pin(due_notices::run(lab)) },
    Journey { name: "settings", bases: Bases::Every, run: |lab| Box::pin(settings::run(lab)) },
    Journey { name: "project_file", bases: Bases::Root, run: |lab| Box::pin(project_file::run(lab)) },
    Journey { name: "same_bits", bases: Bases::Root, run: |lab| Box::pin(same_bits::run(lab)) },
];
