//! The work of a check: the file's rows answered, then those of the file that the version learned from, then the report.

use std::rc::Rc;

use drivers::{AnswerRows, AnswersDriver, PassError, QuestionDriver, QuestionError};
use engine::dataset::{DatasetRecipe, Fix, NamedColumn};
use engine::num::ContentHash;
use engine::pipeline::{FileColumns, OutputKind};
use jobs::{CheckDrift, PredictFile, PredictOutput, ReportDrift};
use leptos::task::spawn_local;
use track::record::{Collection, Record};
use track::run::PROFILE_ARTIFACT;
use watch::report::DriftReport;

use super::{Monitor, Stage, is_among};
use crate::services::clock;
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::services::shelf::Kept;
use crate::state::answered_file::FileForm;
use crate::state::dataset_records::stored_data;
use crate::state::lab::share_of;
use crate::state::prediction::SourceView;

/// Most deals of the test of texts: few enough to wait for, and enough that one in so many is still sure among all other
/// tests of a report.
const N_DEALS: u32 = 499;

/// A check under way.
pub(super) struct Check {
    pub number: u64,
    pub source: SourceView,
    pub form: FileForm,
    pub profile: ContentHash,
    /// The file the version learned from and how it is read, where both are still here.
    pub learned: Option<(Blob, DatasetRecipe)>,
    /// What the new rows' answers are.
    pub output: Option<PredictOutput>,
}

impl Check {
    /// What the version is held against, in words.
    pub fn reference(&self) -> &'static str {
        match self.learned {
            Some(_) => "the reviews it was tested on, and the texts of the file it learned from",
            None => "the reviews it was tested on",
        }
    }
}

type Then = Box<dyn FnOnce(PredictOutput)>;

impl Monitor {
    /// Holds the file's reviews against those the version was tested on.
    pub fn start(self) {
        let form = self.stage.with_untracked(|stage| match stage {
            Stage::Choosing(form) => Some(form.clone()),
            _ => None,
        });
        let source = self.prediction.source.with_untracked(|source| source.loaded().cloned());
        let (Some(form), Some(source), Some(file)) = (form, source, self.file.get()) else { return };
        let number = self.latest.next();
        self.form.set(Some(form.clone()));
        self.share.set(0.0);
        self.stage.set(Stage::Working { what: "The new reviews are answered" });
        spawn_local(async move {
            let begun = self.prepare(number, source, form).await;
            let answered = begun.and_then(|check| Ok((check.form.columns()?, check)));
            match answered {
                Err(sentence) => self.fail(number, sentence),
                Ok((columns, check)) if self.latest.is(number) => {
                    self.pass(
                        (number, check.source.pipeline),
                        (file.blob, columns),
                        Box::new(move |output| {
                            self.answer_reference(Check { output: Some(output), ..check });
                        }),
                    );
                }
                Ok(_) => {}
            }
        });
    }

    async fn prepare(self, number: u64, source: SourceView, form: FileForm) -> Result<Check, String> {
        const NO_PROFILE: &str = "This version was trained before profiles were kept, so there is nothing to hold new \
                                  reviews against: train it again.";
        let services = self.shared.get();
        let store = &services.store;
        let words = |error: storage::StoreError| error.to_string();
        let fit = store.get(Collection::Runs, source.run.as_str()).await.map_err(words)?;
        let profile = match fit {
            Some(Record::Run(fit)) => {
                fit.artifacts.iter().find(|of| of.name == PROFILE_ARTIFACT).map(|of| of.sha256)
            }
            _ => None,
        };
        let profile = profile.ok_or(NO_PROFILE)?;
        for hash in [source.pipeline, profile] {
            let bytes = store.blob_bytes(hash).await.map_err(words)?;
            let bytes = bytes.ok_or("The model's files are no longer on this device: train again.")?;
            services.shelf.put(hash, Kept::of(&bytes));
        }
        let learned = match &source.data {
            Some(data) => stored_data(store, data, "").await.ok(),
            None => None,
        };
        Ok(Check { number, source, form, profile, learned, output: None })
    }

    /// Answers the rows of a file.
    fn pass(self, (number, pipeline): (u64, ContentHash), (file, columns): (Blob, FileColumns), then: Then) {
        let answers = PredictFile { pipeline, columns, kind: OutputKind::Csv, keep_texts: Some(true) };
        let driver = AnswersDriver::new(self.lab.next_session(), file.size() as u64, AnswerRows { answers });
        let on_change = move |driver: &AnswersDriver| self.share.set(share_of(driver.progress()));
        let on_end = move |driver: &mut AnswersDriver| match driver.take_outcome() {
            Some(Ok(output)) => {
                let written: Vec<ContentHash> = output.parts.iter().map(|part| part.hash).collect();
                self.shared.get().shelf.drop_those(&is_among(&written));
                // After the pump has ended.
                spawn_local(async move {
                    clock::sleep(0).await;
                    if self.latest.is(number) {
                        then(output);
                    }
                });
            }
            Some(Err(PassError::Stopped)) => self.stopped(),
            Some(Err(error)) => self.fail(number, error.to_string()),
            None => {}
        };
        let pump = Pump::start(self.shared.get(), driver, Some(file), on_change, on_end);
        self.pump.set(Some(pump.clone()));
        self.latest.keep(pump);
    }

    fn stopped(self) {
        let form = self.form.get();
        self.stage.set(form.map_or(Stage::Nothing, Stage::Choosing));
    }

    fn answer_reference(self, check: Check) {
        let Some((file, recipe)) = check.learned.clone() else {
            return self.report(check, Vec::new());
        };
        self.stage.set(Stage::Working { what: "The reviews it learned from are read" });
        self.share.set(0.0);
        let asked = (check.number, check.source.pipeline);
        self.pass(
            asked,
            (file, columns_of(&recipe)),
            Box::new(move |output| {
                let reference = output.kept_parts.iter().map(|part| part.hash).collect();
                self.report(check, reference);
            }),
        );
    }

    fn report(self, check: Check, reference: Vec<ContentHash>) {
        self.stage.set(Stage::Working { what: "Both are compared" });
        let parts = check.output.iter().flat_map(|output| &output.kept_parts);
        let rows: Vec<ContentHash> = parts.map(|part| part.hash).collect();
        let number = check.number;
        spawn_local(async move {
            let all: Vec<ContentHash> = rows.iter().chain(&reference).copied().collect();
            let shelf = self.shared.get().shelf.clone();
            match shelf.read_in(&all).await {
                Ok(()) if self.latest.is(number) => self.compare(check, rows, reference),
                Ok(()) => {}
                Err(error) => self.fail(number, error.to_string()),
            }
        });
    }

    fn compare(self, check: Check, rows: Vec<ContentHash>, reference: Vec<ContentHash>) {
        // The same file as the one learned from leaves the same rows: they are kept.
        let given_up: Vec<ContentHash> =
            reference.iter().filter(|hash| !rows.contains(hash)).copied().collect();
        let drift =
            CheckDrift { rows, pipeline: check.source.pipeline, profile: check.profile, learned: None };
        let names = [check.source.title.clone(), check.reference().to_owned(), check.form.name.clone()];
        let are_repeats_out =
            check.learned.as_ref().is_some_and(|(_, recipe)| recipe.fixes.contains(&Fix::DropRepeats));
        let job = ReportDrift { check: drift, reference, are_repeats_out, names, n_deals: N_DEALS };
        let number = check.number;
        let ended = move |driver: &mut QuestionDriver<ReportDrift>| {
            self.shared.get().shelf.drop_those(&is_among(&given_up));
            let report: Option<DriftReport> = driver.answers().next().cloned();
            match (report, driver.failed()) {
                (Some(report), _) => spawn_local(async move {
                    match self.keep(check, report).await {
                        Ok(shown) if self.latest.is(number) => {
                            self.shown.set(Some(Rc::new(shown)));
                            self.stage.set(Stage::Nothing);
                        }
                        Ok(_) => {}
                        Err(sentence) => self.fail(number, sentence),
                    }
                }),
                (None, Some(QuestionError::Stopped)) => self.stopped(),
                (None, Some(error)) => self.fail(number, error.to_string()),
                (None, None) => {}
            }
        };
        let driver = QuestionDriver::new(vec![job]);
        let pump = Pump::start(self.shared.get(), driver, None, |_| (), ended);
        self.pump.set(Some(pump.clone()));
        self.latest.keep(pump);
    }
}

/// The columns of a file as its recipe has them.
fn columns_of(recipe: &DatasetRecipe) -> FileColumns {
    let named = |column: u32, name: &str| NamedColumn { column, name: name.to_owned() };
    FileColumns {
        format: recipe.format.clone(),
        text: named(recipe.text_column, &recipe.text_name),
        title: recipe.extra.title.clone(),
        group: None,
        label: Some((named(recipe.label_column, &recipe.label_name), recipe.mapping.clone())),
    }
}
