//! What is remembered: experiments, datasets, runs, the model registry and its history.
//!
//! Records and their rules only. Time, new ids and the names of people are arguments; where records
//! are kept is `storage`'s business. Records refer to each other by id, never by containment.

pub mod id;
pub mod name;
pub mod experiment;
pub mod dataset;
pub mod run;
pub mod prediction;
pub mod ab_test;
pub mod registry;
pub mod board;
pub mod saved;
pub mod flow;
pub mod report;
pub mod collection;
pub mod record;
pub mod filter;

/// The schema number written into every record made by this build: 2 brought how many rows a dataset set aside,
/// 3 what is kept under a name and labels that are corrected, 4 what can be done with a registered model,
/// datasets that were typed or added to, rows of a dataset's originals that could not be read, views of runs,
/// experiments that are renamed, boards of charts, and studies after another metric than macro F1 with that metric's
/// scores of each fold, 5 the log of predictions, 6 flows, their runs and what automations do, 7 A/B tests and reports of drift.
pub const SCHEMA: u32 = 7;
