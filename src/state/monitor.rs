//! New reviews held against those a version was tested on: a file given, its rows answered by a worker, a report made of
//! them, kept, listed and labelled.
//!
//! A report is stored before it is shown, with the answers it is about and, where reviews drifted, the event that
//! automations listen to.

mod work;
mod kept;

use std::rc::Rc;

use drivers::ScanDriver;
use engine::num::ContentHash;
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::report::KeptReport;
use watch::report::DriftReport;

use super::Shared;
use super::answered_file::{FileForm, Keep};
use super::dataset_records::stored_recipe;
use super::given_table::{Asker, table_of};
use super::lab::{Lab, share_of};
use super::latest::Latest;
use super::loadable::Loadable;
use super::prediction::Prediction;
use super::refresh::Refresh;
use super::settings::Settings;
use crate::reactive::{Held, State};
use crate::services::files::{File, GivenFile};
use crate::services::pump::Pump;

/// How far a check is.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a page has one of it")]
pub enum Stage {
    /// No file was given.
    #[default]
    Nothing,
    /// It is looked through.
    Looking {
        /// Its name.
        name: String,
    },
    /// Columns can be chosen.
    Choosing(FileForm),
    /// A worker is at it.
    Working {
        /// What it does, in a few words.
        what: &'static str,
    },
    /// It came to nothing, in one sentence.
    Failed {
        /// What is wrong and what to do.
        sentence: String,
    },
}

/// A report that is shown, and what was said of its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownReport {
    /// Its record.
    pub kept: KeptReport,
    /// All of it.
    pub report: DriftReport,
    /// Row numbers and the classes that a person said.
    pub labelled: Vec<(u64, String)>,
}

/// Monitoring. `Copy`; from context by `use_monitor`.
#[derive(Clone, Copy)]
pub struct Monitor {
    /// How far a check is.
    pub stage: State<Stage>,
    /// How far looking or answering is, from 0 to 1.
    pub share: State<f64>,
    /// The report that is shown.
    pub shown: State<Option<Rc<ShownReport>>>,
    /// Those that are kept, the newest first. Read when `want` was called.
    pub list: State<Loadable<Rc<Vec<KeptReport>>>>,
    /// What could not be stored or read, in one sentence.
    pub fault: State<Option<String>>,
    file: Held<Option<GivenFile>>,
    form: Held<Option<FileForm>>,
    pump: Held<Option<Pump>>,
    latest: Latest,
    refresh: Refresh,
    prediction: Prediction,
    settings: Settings,
    lab: Lab,
    shared: Shared,
}

impl Monitor {
    /// A page shows what is kept.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Reads again what could not be read.
    pub fn retry(self) {
        self.refresh.retry();
    }

    /// Looks through files a person gave.
    pub fn open(self, files: Vec<File>) {
        let Some(name) = files.first().map(File::name) else { return };
        let number = self.latest.next();
        self.file.set(None);
        self.share.set(0.0);
        self.stage.set(Stage::Looking { name });
        let asker =
            Asker { shared: self.shared, lab: self.lab, latest: self.latest, number, share: self.share };
        table_of(
            files,
            asker,
            Box::new(move |table| match table {
                Ok(table) => self.look(number, table),
                Err(sentence) => self.fail(number, sentence),
            }),
        );
    }

    /// Chooses otherwise about the file.
    pub fn choose(self, change: impl FnOnce(&mut FileForm)) {
        self.stage.update(|stage| {
            if let Stage::Choosing(form) = stage {
                change(form);
            }
        });
    }

    /// Ends the work at once. The file and what was chosen stay.
    pub fn stop(self) {
        if let Some(pump) = self.pump.update(Option::take).flatten() {
            pump.stop();
        }
    }

    /// Forgets the file.
    pub fn close(self) {
        self.latest.next();
        self.file.set(None);
        self.form.set(None);
        self.stage.set(Stage::Nothing);
    }

    fn fail(self, number: u64, sentence: String) {
        if self.latest.is(number) {
            self.stage.set(Stage::Failed { sentence });
        }
    }

    fn look(self, number: u64, table: GivenFile) {
        if !self.latest.is(number) {
            return;
        }
        let driver = ScanDriver::of_texts(self.lab.next_session(), table.n_bytes());
        let on_change = move |driver: &ScanDriver| self.share.set(share_of(driver.progress()));
        let blob = table.blob.clone();
        let on_end = move |driver: &mut ScanDriver| match driver.take_outcome() {
            Some(Ok(summary)) => spawn_local(async move {
                let source = self.prediction.source.with_untracked(|source| source.loaded().cloned());
                let data = source.as_ref().and_then(|source| source.data.clone());
                let learned = match data {
                    Some(data) => stored_recipe(&self.shared.get().store, &data).await.ok().flatten(),
                    None => None,
                };
                if self.latest.is(number) {
                    let labels = source.map(|source| source.labels).unwrap_or_default();
                    let known = (labels, learned);
                    let form = FileForm::new(table.name.clone(), summary, known, Keep::Texts);
                    self.file.set(Some(table));
                    self.stage.set(Stage::Choosing(form));
                }
            }),
            Some(Err(error)) => self.fail(number, error.to_string()),
            None => {}
        };
        self.latest.keep(Pump::start(self.shared.get(), driver, Some(blob), on_change, on_end));
    }
}

/// The name of the model in an address: `reviews` of `models:/reviews/2`, the whole of any other.
fn model_of(address: &str) -> &str {
    let named = address.strip_prefix("models:/").and_then(|rest| rest.rsplit_once('/'));
    named.map_or(address, |(model, _)| model)
}

/// The hashes of pieces that the shelf can let go of.
fn is_among(hashes: &[ContentHash]) -> impl Fn(ContentHash) -> bool + '_ {
    move |hash| hashes.contains(&hash)
}

pub(super) fn provide_monitor(shared: Shared, (prediction, settings, lab): (Prediction, Settings, Lab)) {
    let handle: Held<Option<Monitor>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(monitor) = handle.get() {
            monitor.load().await;
        }
    });
    let monitor = Monitor {
        stage: State::new(Stage::Nothing),
        share: State::new(0.0),
        shown: State::new(None),
        list: State::new(Loadable::Loading),
        fault: State::new(None),
        file: Held::new(None),
        form: Held::new(None),
        pump: Held::new(None),
        latest: Latest::new(),
        refresh,
        prediction,
        settings,
        lab,
        shared,
    };
    handle.set(Some(monitor));
    provide_context(monitor);
}

/// Monitoring.
pub fn use_monitor() -> Monitor {
    use_context().expect("`provide_app_state` in `App` provides monitoring")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_as_automations_name_it() {
        assert_eq!(model_of("models:/shop/12"), "shop");
        assert_eq!(model_of("runs:/abc"), "runs:/abc");
    }
}
