//! Where one fit is wrong: what the address asks for in; rows with their texts, slices, thresholds out.
//!
//! The address says which rows are listed and which threshold is looked at: `?show=errors&rows=cell-0-1&cut=0.25`.
//! A worker judges rows and reads the file; texts are read for the rows in sight alone.

mod address;

use std::rc::Rc;

use drivers::FindSlices;
use engine::errors::{JudgedRow, Picked, SliceKind};
use engine::metrics::{Costs, Cuts};
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::Predictor;
use jobs::{FitBlobs, HeldOutOutput, ListRows, MeasureHeldOut};
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::dataset::DatasetRef;
use track::id::RunId;
use track::registry::ModelVersion;
use track::run::Run;

pub use self::address::{Asked, USUAL_COSTS, asked_part, cost_of, is_asked, open, open_rows, show_part};
use self::address::{asked_of, costs_of, word_of};
use super::dataset_records::stored_data;
use super::dataset_rows::FileRows;
use super::explain::prediction_view;
use super::fit_report::Part;
use super::lab::Lab;
use super::loadable::Loadable;
use super::stored_fits::{ReadErrors, StoredFits, fit_blobs, test_blobs};
use super::views::Segment;
use crate::reactive::{Derived, Held, State, follow};
use crate::router::Router;
use crate::services::pump::Pump;

/// Rows that are listed of those asked for; the surest are.
pub const MAX_LISTED: u32 = 2_000;
/// Texts that are kept; beyond them all are read again.
const MAX_TEXTS: usize = 5_000;
/// What the stored file no longer gives.
const OTHER_FILE: &str =
    "The stored file no longer gives the reviews that this model was judged on: train again.";

/// A fit that is looked into.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The run it came from.
    pub run: RunId,
    /// What it left behind; of a version with a threshold of its own, that version's pipeline. Its scores are those of
    /// the rows that are looked at.
    pub fit: FitBlobs,
    /// Which rows those are.
    pub part: Part,
    /// The scores of its test rows; none where it kept none.
    pub test: Option<ContentHash>,
    /// The data it learned from.
    pub data: DatasetRef,
    /// Name of that data.
    pub dataset_name: String,
    /// The registered model it belongs to, with its version.
    pub version: Option<(String, u32)>,
}

impl Subject {
    /// Of a run; none of one that left no fit.
    pub fn of_run(run: &Run, dataset_name: Option<&str>) -> Option<Self> {
        Some(Self {
            run: run.id.clone(),
            fit: fit_blobs(run)?,
            part: Part::HeldOut,
            test: test_blobs(run).map(|fit| fit.out_of_fold),
            data: run.dataset.clone(),
            dataset_name: dataset_name.unwrap_or("of this run").to_owned(),
            version: None,
        })
    }

    /// The same, looked at by other rows; by those held out where it kept no others.
    pub fn by(self, part: Part) -> Self {
        match self.test.filter(|_| part == Part::Test) {
            Some(test) => Self { part, fit: FitBlobs { out_of_fold: test, ..self.fit }, ..self },
            None => self,
        }
    }

    /// Of a registered version and the run it came from.
    pub fn of_version(version: &ModelVersion, run: &Run, dataset_name: Option<&str>) -> Option<Self> {
        let of_run = Self::of_run(run, dataset_name)?;
        Some(Self {
            fit: FitBlobs { pipeline: version.pipeline, ..of_run.fit },
            version: Some((version.model.clone(), version.version)),
            ..of_run
        })
    }
}

/// How far the look through the file is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FileWork {
    /// Not begun.
    #[default]
    Nothing,
    /// So much of it is read.
    Reading(f64),
    /// Why it gave nothing.
    Failed(String),
    /// What was found.
    Done(Rc<ReadErrors>),
}

/// A review in the list, its words marked by what they did to the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewText {
    /// The row's number in the file, from 0.
    pub record: u64,
    /// The text, cut where the mark changes.
    pub segments: Vec<Segment>,
    /// The class that marked words speak for.
    pub toward: String,
}

/// A review, and the class that is predicted of it.
pub type TextKey = (u32, u8);
/// Texts by their rows; why there is none.
pub type Texts = SortedMap<TextKey, Result<Rc<ReviewText>, String>>;

/// The key of a row's text.
pub fn text_key(row: &JudgedRow) -> TextKey {
    (row.doc, row.predicted.0)
}

/// The errors of a fit. `Copy`.
#[derive(Clone, Copy)]
pub struct ErrorAnalysis {
    /// The fit.
    pub subject: Held<Subject>,
    /// What a worker says of it.
    pub measured: State<Loadable<Rc<HeldOutOutput>>>,
    /// The rows asked for.
    pub asked: Derived<Option<Asked>>,
    /// The rows found.
    pub picked: State<Loadable<Rc<Picked>>>,
    /// The look through the file.
    pub file: State<FileWork>,
    /// The texts of rows that were in sight; why there is none.
    pub texts: State<Texts>,
    texts_asked: Held<SortedMap<TextKey, ()>>,
    /// The threshold that is looked at, if it is another than the fit's.
    pub cut: Derived<Option<f64>>,
    /// What answers cost.
    pub costs: Derived<Costs>,
    n_asked: Held<u64>,
    pump: Held<Option<Pump>>,
    /// The look through the file for the reviews of a kind.
    listing: Held<Option<Pump>>,
    rows: Held<Option<Rc<FileRows>>>,
    predictor: Held<Option<Predictor>>,
    fits: StoredFits,
    lab: Lab,
    router: Router,
}

impl ErrorAnalysis {
    /// Of a fit, for as long as the current owner lives.
    pub fn new(subject: Subject, fits: StoredFits, lab: Lab, router: Router) -> Self {
        let cut = Derived::new(move || {
            router.asked("cut").and_then(|cut| cut.parse().ok()).filter(|cut: &f64| cut.is_finite())
        });
        let analysis = Self {
            subject: Held::new(subject),
            measured: State::new(Loadable::Nothing),
            asked: Derived::new(move || asked_of(&router.asked("rows")?, cut.get())),
            picked: State::new(Loadable::Nothing),
            file: State::new(FileWork::Nothing),
            texts: State::new(SortedMap::new()),
            texts_asked: Held::new(SortedMap::new()),
            cut,
            costs: Derived::new(move || {
                router.asked("costs").and_then(|costs| costs_of(&costs)).unwrap_or(USUAL_COSTS)
            }),
            n_asked: Held::new(0),
            pump: Held::new(None),
            listing: Held::new(None),
            rows: Held::new(None),
            predictor: Held::new(None),
            fits,
            lab,
            router,
        };
        analysis.measure();
        analysis.read_file();
        follow(move || analysis.list());
        on_cleanup(move || analysis.stop());
        analysis
    }

    /// Judges the fit again after that failed.
    pub fn measure(self) {
        let (fit, is_test) = self.subject.with(|subject| (subject.fit, subject.part == Part::Test));
        self.measured.set(Loadable::Loading);
        self.fits.ask(MeasureHeldOut { fit, is_test }, &[fit], move |answer| {
            self.measured
                .set(answer.map_or_else(Loadable::Failed, |output| Loadable::Loaded(Rc::new(output))));
        });
    }

    /// Lists the rows that are asked for.
    pub fn list(self) {
        let wanted = self.asked.get();
        self.stop_listing();
        let asked = self.n_asked.update(|n_asked| {
            *n_asked += 1;
            *n_asked
        });
        let pick = match wanted {
            None => return self.picked.set(Loadable::Nothing),
            Some(Asked::Slice(kind)) => return self.list_kind(kind, asked),
            Some(Asked::Rows(pick)) => pick,
        };
        let fit = self.subject.with(|subject| subject.fit);
        self.picked.set(Loadable::Loading);
        self.fits.ask(ListRows { fit, pick, n_most: MAX_LISTED }, &[fit], move |answer| {
            if self.n_asked.try_get() == asked {
                self.picked.set(answer.map_or_else(Loadable::Failed, |rows| Loadable::Loaded(Rc::new(rows))));
            }
        });
    }

    /// Lists the reviews of a kind: the file is read for them, after it was read for the kinds.
    fn list_kind(self, kind: SliceKind, asked: Option<u64>) {
        self.picked.set(Loadable::Loading);
        match self.file.get() {
            FileWork::Done(_) => {}
            FileWork::Failed(sentence) => return self.picked.set(Loadable::Failed(sentence)),
            FileWork::Nothing | FileWork::Reading(_) => return,
        }
        let Subject { fit, data, dataset_name, .. } = self.subject.get();
        let is_wanted = move || self.n_asked.try_get() == asked;
        spawn_local(async move {
            let services = self.fits.shared().get();
            let (file, recipe) = match stored_data(&services.store, &data, &dataset_name).await {
                Ok(found) if is_wanted() => found,
                Ok(_) => return,
                Err(sentence) => return self.picked.set(Loadable::Failed(sentence)),
            };
            let then = Box::new(move |found: Result<ReadErrors, String>| {
                if is_wanted() {
                    let listed = found.map(|found| Rc::new(found.listed.unwrap_or_default()));
                    self.picked.set(listed.map_or_else(Loadable::Failed, Loadable::Loaded));
                }
            });
            let work = FindSlices { recipe, fit, list: Some((kind, MAX_LISTED)) };
            match self.fits.find_slices(self.lab, file, work, Box::new(|_| ()), then).await {
                Ok(pump) if is_wanted() => self.listing.set(Some(pump)),
                Ok(pump) => pump.stop(),
                Err(sentence) => self.picked.set(Loadable::Failed(sentence)),
            }
        });
    }

    fn stop_listing(self) {
        self.listing.update(Option::take).flatten().iter().for_each(Pump::stop);
    }

    /// Looks through the file the fit learned from: in which reviews it is worse, and which row each review is.
    pub fn read_file(self) {
        let Subject { fit, data, dataset_name, .. } = self.subject.get();
        self.file.set(FileWork::Reading(0.0));
        spawn_local(async move {
            let services = self.fits.shared().get();
            let (file, recipe) = match stored_data(&services.store, &data, &dataset_name).await {
                Ok(found) => found,
                Err(sentence) => return self.file.set(FileWork::Failed(sentence)),
            };
            let on_share = Box::new(move |share| {
                self.file.try_update(|file| {
                    if matches!(file, FileWork::Reading(_)) {
                        *file = FileWork::Reading(share);
                    }
                });
            });
            let then = Box::new(move |found: Result<ReadErrors, String>| {
                self.file.set(found.map_or_else(FileWork::Failed, |found| FileWork::Done(Rc::new(found))));
            });
            let work = FindSlices { recipe, fit, list: None };
            match self.fits.find_slices(self.lab, file, work, on_share, then).await {
                // The page may be gone by now.
                Ok(pump) => {
                    if self.pump.update(|kept| *kept = Some(pump.clone())).is_none() {
                        pump.stop();
                    }
                }
                Err(sentence) => self.file.set(FileWork::Failed(sentence)),
            }
        });
    }

    /// Ends the look through the file.
    pub fn stop(self) {
        self.pump.update(Option::take).flatten().iter().for_each(Pump::stop);
        self.stop_listing();
    }

    /// Lists these rows, and says so in the address.
    pub fn show_rows(self, asked: Option<Asked>) {
        self.router.amend(&[("rows", asked.as_ref().map(word_of))]);
    }

    /// Looks at another threshold; none is the fit's own.
    pub fn show_cut(self, threshold: Option<f64>) {
        self.router.amend(&[("cut", threshold.map(|threshold| threshold.to_string()))]);
    }

    /// Answers cost this.
    pub fn set_costs(self, costs: Costs) {
        let words: Vec<String> = costs.as_flattened().iter().map(f64::to_string).collect();
        self.router.amend(&[("costs", (costs != USUAL_COSTS).then(|| words.join(",")))]);
    }

    /// The place among `cuts` of the threshold that is looked at.
    pub fn place(self, cuts: &Cuts, own: f64) -> usize {
        cuts.nearest(self.cut.get().unwrap_or(own))
    }

    /// Reads the texts of these rows, as far as they are not here, once the file is looked through.
    pub fn read_texts(self, rows: Vec<JudgedRow>) {
        let read =
            self.file.with(|file| if let FileWork::Done(read) = file { Some(read.clone()) } else { None });
        let Some(read) = read else { return };
        let missing = self.texts_asked.update(|asked| {
            if asked.len() > MAX_TEXTS {
                asked.retain(|_, ()| false);
                self.texts.set(SortedMap::new());
            }
            let missing: Vec<JudgedRow> =
                rows.into_iter().filter(|row| !asked.contains_key(&text_key(row))).collect();
            asked.extend(missing.iter().map(|row| (text_key(row), ())));
            missing
        });
        let Some(missing) = missing.filter(|missing| !missing.is_empty()) else { return };
        if let Some(rows) = self.rows.with(Clone::clone) {
            return self.take_texts(missing, read, rows);
        }
        let Subject { data, dataset_name, .. } = self.subject.get();
        let then = Box::new(move |found: Result<Rc<FileRows>, String>| match found {
            Ok(rows) => {
                if self.rows.update(|kept| *kept = Some(rows.clone())).is_some() {
                    self.take_texts(missing, read, rows);
                }
            }
            Err(sentence) => self.fail_texts(&missing, &sentence),
        });
        self.lab.with_rows_of(data, dataset_name, then);
    }

    fn fail_texts(self, missing: &[JudgedRow], sentence: &str) {
        self.texts.update(|texts| {
            texts.extend(missing.iter().map(|row| (text_key(row), Err(sentence.to_owned()))));
        });
    }

    fn take_texts(self, missing: Vec<JudgedRow>, read: Rc<ReadErrors>, rows: Rc<FileRows>) {
        spawn_local(async move {
            if let Err(sentence) = self.have_predictor().await {
                return self.fail_texts(&missing, &sentence);
            }
            let mut found = Vec::with_capacity(missing.len());
            for row in missing {
                found.push((text_key(&row), self.review(&row, &read, &rows).await.map(Rc::new)));
            }
            self.texts.update(|texts| texts.extend(found));
        });
    }

    async fn review(self, row: &JudgedRow, read: &ReadErrors, rows: &FileRows) -> Result<ReviewText, String> {
        let record = *read.records.get(row.doc as usize).ok_or(OTHER_FILE)?;
        let text = rows.review(record).await?.ok_or(OTHER_FILE)?.text;
        let found = self.predictor.update(|predictor| {
            let predictor = predictor.as_mut()?;
            let explained = predictor.explain_toward(&text, row.predicted);
            Some(prediction_view((&text, &[]), (&predictor.pipeline().labels, None), &explained, 0.0))
        });
        let view = found.flatten().ok_or(OTHER_FILE)?;
        Ok(ReviewText { record, segments: view.segments, toward: view.toward })
    }

    async fn have_predictor(self) -> Result<(), String> {
        if self.predictor.update(|predictor| predictor.is_some()) != Some(false) {
            return Ok(());
        }
        let hash = self.subject.with(|subject| subject.fit.pipeline);
        let pipeline = self.fits.pipeline(hash).await?;
        let predictor = Predictor::new(pipeline).map_err(|error| error.to_string())?;
        self.predictor.set(Some(predictor));
        Ok(())
    }
}
