//! A file answered row by row: given, looked through, its columns chosen, answered by a worker, offered for download.
//!
//! What comes out is the browser's, piece by piece; the tab holds none of it. Stop ends the worker at once.

mod form;

use std::rc::Rc;

use drivers::{AnswerRows, AnswersDriver, ScanDriver};
use engine::dataset::DatasetRecipe;
use engine::num::ContentHash;
use engine::pipeline::OutputKind;
use jobs::{BlobRef, PredictFile, PredictOutput};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::Batch;
use track::id::PredictionId;
use track::prediction::{KeptRows, PredictionBatch};
use track::record::Record;
use watch::tally::Tally;

pub use self::form::{FileForm, Keep, Role};
use super::Shared;
use super::dataset_records::stored_recipe;
use super::format;
use super::given_table::{Asker, table_of};
use super::kept_predictions::KeptPredictions;
use super::lab::{Lab, share_of};
use super::latest::Latest;
use super::pace::Pace;
use super::prediction::{Prediction, SourceView};
use crate::reactive::{Held, State};
use crate::services::clock;
use crate::services::files::{self, Blob, File, GivenFile};
use crate::services::pump::Pump;
use crate::services::shelf::Kept;

/// What came of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileOutcome {
    /// Its name.
    pub name: String,
    /// Who answered.
    pub by: String,
    /// How the rows came out.
    pub kind: OutputKind,
    /// Size of what came out.
    pub n_bytes: u64,
    /// What the answers add up to.
    pub tally: Tally,
    /// Rows that could not be read and are left out.
    pub n_unreadable: u64,
    /// Milliseconds it took.
    pub elapsed_ms: f64,
    /// What became of keeping the answers, in one sentence; none where they were not to be kept.
    pub kept: Option<Result<String, String>>,
}

/// How far a file is.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a page has one of it")]
pub enum FileStage {
    /// None was given.
    #[default]
    Nothing,
    /// It is looked through.
    Looking {
        /// Its name.
        name: String,
    },
    /// Columns can be chosen.
    Choosing(FileForm),
    /// Its rows are answered.
    Answering {
        /// Its name.
        name: String,
        /// Rows answered so far.
        n_rows: u64,
        /// How long it will go on.
        left: Option<String>,
    },
    /// All rows are answered.
    Done(Rc<FileOutcome>),
    /// It cannot be answered, in one sentence.
    Failed {
        /// Its name.
        name: String,
        /// What is wrong and what to do.
        sentence: String,
    },
}

/// A file that is answered. `Copy`; from context by `use_answered_file`.
#[derive(Clone, Copy)]
pub struct AnsweredFile {
    /// How far it is.
    pub stage: State<FileStage>,
    /// How far looking or answering is, from 0 to 1.
    pub share: State<f64>,
    file: Held<Option<GivenFile>>,
    written: Held<Option<(String, Blob)>>,
    pump: Held<Option<Pump>>,
    latest: Latest,
    prediction: Prediction,
    kept: KeptPredictions,
    lab: Lab,
    shared: Shared,
}

impl AnsweredFile {
    /// Looks through files a person gave.
    pub fn open(self, files: Vec<File>) {
        let Some(name) = files.first().map(File::name) else { return };
        let number = self.begin(name.clone());
        let asker =
            Asker { shared: self.shared, lab: self.lab, latest: self.latest, number, share: self.share };
        table_of(
            files,
            asker,
            Box::new(move |table| match table {
                Ok(table) => self.look(number, table),
                Err(sentence) => self.fail(name, sentence),
            }),
        );
    }

    /// Chooses otherwise about the file.
    pub fn choose(self, change: impl FnOnce(&mut FileForm)) {
        self.stage.update(|stage| {
            if let FileStage::Choosing(form) = stage {
                change(form);
            }
        });
    }

    /// Answers the rows by what is chosen.
    pub fn start(self) {
        let form = self.stage.with_untracked(|stage| match stage {
            FileStage::Choosing(form) => Some(form.clone()),
            _ => None,
        });
        let source = self.prediction.source.with_untracked(|source| source.loaded().cloned());
        let (Some(form), Some(source), Some(file)) = (form, source, self.file.get()) else { return };
        self.kept.choose(|choice| choice.remember(form.keep));
        let number = self.latest.next();
        self.share.set(0.0);
        let stage = FileStage::Answering { name: form.name.clone(), n_rows: 0, left: None };
        self.stage.set(stage);
        spawn_local(async move {
            let name = form.name.clone();
            if let Err(sentence) = self.answer(number, (form, file), source).await
                && self.latest.is(number)
            {
                self.fail(name, sentence);
            }
        });
    }

    /// Ends the work at once. The file and what was chosen stay.
    pub fn stop(self) {
        if let Some(pump) = self.pump.update(Option::take).flatten() {
            pump.stop();
        }
    }

    /// Offers what came out.
    pub fn download(self) {
        if let Some((name, blob)) = self.written.get() {
            files::download_blob(&name, &blob);
        }
    }

    /// Forgets the file.
    pub fn close(self) {
        self.begin(String::new());
        self.stage.set(FileStage::Nothing);
    }

    fn begin(self, name: String) -> u64 {
        let number = self.latest.next();
        self.file.set(None);
        self.written.set(None);
        self.pump.set(None);
        self.share.set(0.0);
        self.stage.set(FileStage::Looking { name });
        number
    }

    fn fail(self, name: String, sentence: String) {
        self.stage.set(FileStage::Failed { name, sentence });
    }

    fn look(self, number: u64, table: GivenFile) {
        if !self.latest.is(number) {
            return;
        }
        let name = table.name.clone();
        let driver = ScanDriver::of_texts(self.lab.next_session(), table.n_bytes());
        let on_change = move |driver: &ScanDriver| self.share.set(share_of(driver.progress()));
        let blob = table.blob.clone();
        let on_end = move |driver: &mut ScanDriver| match driver.take_outcome() {
            Some(Ok(summary)) => spawn_local(async move {
                let source = self.prediction.source.with_untracked(|source| source.loaded().cloned());
                let learned = match &source {
                    Some(source) => self.learned_by(source).await,
                    None => None,
                };
                if self.latest.is(number) {
                    self.file.set(Some(table));
                    let labels = source.map(|source| source.labels).unwrap_or_default();
                    let keep = self.kept.choice.with_untracked(|choice| choice.remembered());
                    self.stage.set(FileStage::Choosing(FileForm::new(
                        name,
                        summary,
                        (labels, learned),
                        keep,
                    )));
                }
            }),
            Some(Err(error)) => self.fail(name, error.to_string()),
            None => {}
        };
        self.latest.keep(Pump::start(self.shared.get(), driver, Some(blob), on_change, on_end));
    }

    /// How the file was read that the model learned from.
    async fn learned_by(self, source: &SourceView) -> Option<DatasetRecipe> {
        let data = source.data.as_ref()?;
        stored_recipe(&self.shared.get().store, data).await.ok().flatten()
    }

    async fn answer(
        self,
        number: u64,
        (form, file): (FileForm, GivenFile),
        source: SourceView,
    ) -> Result<(), String> {
        let columns = form.columns()?;
        let services = self.shared.get();
        let bytes = services.store.blob_bytes(source.pipeline).await.map_err(|error| error.to_string())?;
        let bytes = bytes.ok_or("The model's file is no longer on this device: train again.")?;
        services.shelf.put(source.pipeline, Kept::of(&bytes));
        if !self.latest.is(number) {
            return Ok(());
        }
        let answers = PredictFile {
            pipeline: source.pipeline,
            columns,
            kind: form.kind,
            keep_texts: form.keep.with_texts(),
        };
        let driver = AnswersDriver::new(self.lab.next_session(), file.n_bytes(), AnswerRows { answers });
        let begun_ms = clock::elapsed_ms();
        let name = form.name.clone();
        let on_change = move |driver: &AnswersDriver| {
            let progress = driver.progress();
            let share = share_of(progress);
            self.share.set(share);
            let left = Pace { share, elapsed_ms: clock::elapsed_ms() - begun_ms }.words();
            self.stage.set(FileStage::Answering { name: name.clone(), n_rows: progress.n_rows, left });
        };
        let on_end = move |driver: &mut AnswersDriver| match driver.take_outcome() {
            Some(Ok(output)) => spawn_local(async move {
                self.answered(number, (form, source), output, clock::elapsed_ms() - begun_ms).await;
            }),
            Some(Err(drivers::PassError::Stopped)) => self.stage.set(FileStage::Choosing(form)),
            Some(Err(error)) => self.fail(form.name, error.to_string()),
            None => {}
        };
        let pump = Pump::start(services, driver, Some(file.blob), on_change, on_end);
        self.pump.set(Some(pump.clone()));
        self.latest.keep(pump);
        Ok(())
    }

    async fn answered(
        self,
        number: u64,
        (form, source): (FileForm, SourceView),
        output: PredictOutput,
        elapsed_ms: f64,
    ) {
        // There is no more to stop.
        self.pump.set(None);
        let (written, rows) = (self.take_parts(&output.parts), self.take_parts(&output.kept_parts));
        let Some(written) = written else {
            return self.fail(form.name, "What was written is no longer here: try again.".to_owned());
        };
        let kept = match (output.kept, rows) {
            (Some(kept), Some(rows)) => Some(self.keep((&form, &source), &output, (kept, rows)).await),
            _ => None,
        };
        if !self.latest.is(number) {
            return;
        }
        let outcome = FileOutcome {
            name: form.name.clone(),
            by: source.title,
            kind: form.kind,
            n_bytes: written.size() as u64,
            tally: output.tally,
            n_unreadable: output.n_unreadable,
            elapsed_ms,
            kept,
        };
        self.written.set(Some((form.written_name(), written)));
        self.stage.set(FileStage::Done(Rc::new(outcome)));
    }

    /// The pieces under these hashes as one, which the shelf lets go of.
    fn take_parts(self, parts: &[BlobRef]) -> Option<Blob> {
        let shelf = self.shared.get().shelf.clone();
        let blob = |part: &BlobRef| match shelf.get(part.hash)? {
            Kept::File(blob) => Some(blob),
            Kept::Bytes(_) => None,
        };
        let blobs: Option<Vec<Blob>> = parts.iter().map(blob).collect();
        shelf.drop_those(&|hash: ContentHash| parts.iter().any(|part| part.hash == hash));
        blobs.map(|blobs| files::joined(&blobs))
    }

    async fn keep(
        self,
        (form, source): (&FileForm, &SourceView),
        output: &PredictOutput,
        (kept, rows): (BlobRef, Blob),
    ) -> Result<String, String> {
        let at = clock::now();
        let batch = PredictionBatch {
            schema: track::SCHEMA,
            id: PredictionId::new(at, clock::entropy()),
            at,
            file: form.name.clone(),
            text_column: form.text_name(),
            model: source.answering(),
            n_rows: output.tally.n_rows,
            n_without_text: output.tally.n_without_text,
            classes: output.tally.answered_classes(),
            metrics: output.tally.kept_metrics(),
            keeps_texts: form.keep.with_texts() == Some(true),
            rows: KeptRows { sha256: kept.hash, bytes: kept.n_bytes },
        };
        let records = vec![Record::PredictionBatch(batch)];
        let blobs = vec![(kept.hash, Kept::File(rows).to_stored())];
        let written = self.shared.get().store.write(Batch { records, blobs }).await;
        written.map_err(|error| error.to_string())?;
        let n_rows = format::counted(output.tally.n_rows, "answer is", "answers are");
        Ok(format!("{n_rows} kept on this device."))
    }
}

pub(super) fn provide_answered_files(
    shared: Shared,
    (prediction, kept, lab): (Prediction, KeptPredictions, Lab),
) {
    provide_context(AnsweredFile {
        stage: State::new(FileStage::Nothing),
        share: State::new(0.0),
        file: Held::new(None),
        written: Held::new(None),
        pump: Held::new(None),
        latest: Latest::new(),
        prediction,
        kept,
        lab,
        shared,
    });
}

/// A file that is answered.
pub fn use_answered_file() -> AnsweredFile {
    use_context().expect("`provide_app_state` in `App` provides answered files")
}
