//! What the app knows, between pages and services: plain structs with tested methods, and one context each.
//!
//! Contexts are `Copy` handles of signals, made once above all pages. A signal holds summaries and rows of
//! tables, never data, counts or models. Truth is in the store: what is shown was stored first.

pub mod format;
pub mod loadable;
pub mod views;
pub mod record_views;
pub mod tab;
pub mod settings;
pub mod site_version;
pub mod class_names;
pub mod typed;
pub mod draft;
pub mod study_form;
pub mod steering;
pub mod import;
pub mod audit;
pub mod refresh;
pub mod pace;
mod dataset_records;
pub mod kept_datasets;
mod dataset_rows;
pub mod row_window;
mod latest;
pub mod lab;
pub mod playground;
pub mod live_study;
pub mod study_link;
pub mod fit_report;
pub mod run_files;
pub mod markdown;
pub mod runs;
pub mod model_card;
pub mod mlflow_model;
pub mod run_report;
pub mod exports;
pub mod study_plots;
pub mod failed_trials;
pub mod training;
pub mod kept_studies;
pub mod more_labels;
pub mod verifying;
pub mod luck;
pub mod data_pictures;
pub mod metric_sense;
pub mod run_selection;
pub mod run_grid;
pub mod run_records;
pub mod run_search;
pub mod run_edits;
pub mod model_book;
pub mod kept_views;
pub mod experiments;
pub mod comparison;
pub mod stored_fits;
pub mod explain;
pub mod error_analysis;
pub mod registry;
pub mod prediction;
pub mod what_if;
pub mod kept_predictions;
mod given_table;
pub mod answered_file;
pub mod monitor;
pub mod ab_tests;
pub mod labels;
pub mod sample_flow;
pub mod comparing;
pub mod run_board;
pub mod flows;

use std::rc::Rc;

use crate::reactive::Held;
use crate::services::Services;

/// The services, in a form that signals' contexts can hold.
#[derive(Clone, Copy)]
pub(crate) struct Shared(Held<Rc<Services>>);

impl Shared {
    /// The services.
    pub(crate) fn get(self) -> Rc<Services> {
        self.0.get()
    }

    /// The services; none once the app is gone, which only code that waited can meet.
    pub(crate) fn try_get(self) -> Option<Rc<Services>> {
        self.0.try_get()
    }
}

/// Starts the services and provides every context. Called once, in `App`, above the router.
pub fn provide_app_state() {
    let shared = Shared(Held::new(Services::start()));
    let tab = tab::provide_tab(shared);
    let settings = settings::provide_settings(shared);
    site_version::provide_site_version(shared, settings);
    let lab = lab::provide_lab(shared);
    playground::provide_playground(shared, lab);
    runs::provide_runs(shared);
    exports::provide_exports(shared);
    run_selection::provide_run_selection();
    run_records::provide_run_records(shared);
    run_edits::provide_run_edits(shared);
    kept_views::provide_kept_views(shared);
    experiments::provide_experiments(shared, lab);
    let plots = study_plots::provide_study_plots(shared);
    let training = training::provide_training(shared, tab, lab, plots);
    more_labels::provide_more_labels(shared, plots, lab);
    verifying::provide_verifying(shared, lab);
    luck::provide_luck(shared, training, plots, lab);
    data_pictures::provide_data_pictures(shared, lab);
    registry::provide_registry(shared, settings, training);
    let prediction = prediction::provide_prediction(shared);
    what_if::provide_what_if(shared, prediction, lab);
    let kept = kept_predictions::provide_kept_predictions(shared, prediction, settings);
    answered_file::provide_answered_files(shared, (prediction, kept, lab));
    ab_tests::provide_ab_tests(shared, (prediction, settings));
    monitor::provide_monitor(shared, (prediction, settings, lab));
    labels::provide_labels(shared, lab);
    kept_studies::provide_kept_studies(shared, training);
    sample_flow::provide_sample_flow(lab, training);
    stored_fits::provide_stored_fits(shared);
    flows::provide_flows(shared, tab);
}
