//! A run, a study or some runs side by side in, a report of them out: one HTML file that needs nothing else and prints well.
//!
//! Everything is written from records and stored answers; the instant of writing is an argument.

mod page;
mod facts;
mod one_run;
mod study;
mod compared;

use engine::pipeline::{FittedPipeline, HeldOut};
use track::run::Run;

use crate::card::ModelCard;
use crate::document::Block;

/// Most runs that are compared in one report.
pub const MAX_COMPARED: usize = 20;

/// What a report is about.
#[derive(Clone, Copy, Debug)]
pub enum Reported<'a> {
    /// A trial or a fit; a study without its trials.
    Run {
        /// The run.
        run: &'a Run,
        /// The card of its model.
        card: Option<&'a ModelCard>,
    },
    /// A study.
    Study {
        /// The study.
        study: &'a Run,
        /// Its trials and fits.
        children: &'a [Run],
        /// The card of its best model.
        card: Option<&'a ModelCard>,
    },
    /// Runs side by side, at most `MAX_COMPARED`; further ones are left out, and that is said.
    Comparison(&'a [ComparedRun<'a>]),
}

/// A run among others.
#[derive(Clone, Copy, Debug)]
pub struct ComparedRun<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its model and what that says of the test rows.
    pub tested: Option<(&'a FittedPipeline, &'a HeldOut)>,
}

/// The HTML file, made at `made_ms`; `dataset` is what the data is called.
pub fn report(about: &Reported<'_>, dataset: Option<&str>, made_ms: u64) -> String {
    let (title, blocks): (String, Vec<Block>) = match about {
        Reported::Run { run, card } => one_run::blocks(run, *card, dataset),
        Reported::Study { study, children, card } => study::blocks(study, children, *card, dataset),
        Reported::Comparison(runs) => compared::blocks(runs, dataset),
    };
    page::page(&title, &blocks, made_ms)
}

#[cfg(test)]
mod tests;
