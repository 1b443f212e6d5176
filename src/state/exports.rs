//! A model's exports: made by a worker when they are asked for, and held there to the model's own answers.

use std::rc::Rc;

use drivers::QuestionDriver;
use engine::num::{ContentHash, SortedMap};
use engine::pipeline::{FittedPipeline, PipelineSpec};
use export::{CHECK_TEXTS, ExportFacts, ExportKind, ModelFacts, Parity, needs_all_steps};
use jobs::{BlobRef, CheckExport, ExportMade, MakeExport};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::StoreError;
use track::record::{Collection, Record};
use track::run::{Run, RunSpec};

use super::Shared;
use super::format;
use super::latest::Latest;
use super::model_card::card_of;
use crate::reactive::{Held, State};
use crate::services::device;
use crate::services::files;
use crate::services::pump::Pump;
use crate::services::shelf::Kept;
use crate::services::store::StoreService;

/// Texts that are answered between two looks at Stop.
const TEXTS_AT_ONCE: u32 = 50;

/// How far an export is.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// It is being written.
    Making,
    /// It is there, and so many of so many parts of the check are done.
    Checking(Made, (usize, usize)),
    /// It was held to the model.
    Checked(Made, Parity),
    /// It is there, but does not answer: why.
    Unread(Made, String),
    /// It cannot be made, in one sentence.
    Failed(String),
}

/// An export that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The file.
    pub file: BlobRef,
    /// What is not in it.
    pub note: Option<String>,
}

impl Stage {
    /// The export, once it was made.
    pub fn made(&self) -> Option<&Made> {
        match self {
            Self::Checking(made, _) | Self::Checked(made, _) | Self::Unread(made, _) => Some(made),
            Self::Making | Self::Failed(_) => None,
        }
    }

    /// Whether a worker is at it.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Making | Self::Checking(..))
    }
}

/// What is asked for: which model, and what the run that fitted it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The model.
    pub facts: ModelFacts,
    /// The run that fitted it.
    pub run: Run,
}

/// What is still to be done, in order.
#[derive(Default)]
struct Queue {
    kinds: Vec<ExportKind>,
    /// To be downloaded once it is made.
    wanted: Option<ExportKind>,
}

/// The exports of the model shown. `Copy`; from context by `use_exports`.
#[derive(Clone, Copy)]
pub struct Exports {
    of: State<Option<ContentHash>>,
    stages: State<SortedMap<ExportKind, Stage>>,
    queue: Held<Queue>,
    asked: Latest,
    shared: Shared,
}

impl Exports {
    /// How far an export of this model is; followed.
    pub fn stage(self, model: ContentHash, kind: ExportKind) -> Option<Stage> {
        let is_it = self.of.with(|of| *of == Some(model));
        self.stages.with(|stages| stages.get(&kind).filter(|_| is_it).cloned())
    }

    /// Whether a worker is at one of this model's.
    pub fn is_busy(self, model: ContentHash) -> bool {
        self.of.with(|of| *of == Some(model))
            && self.stages.with(|stages| stages.values().any(Stage::is_busy))
    }

    /// Makes and checks these, one after another; those that are there already stay.
    pub fn make(self, subject: Subject, kinds: &[ExportKind]) {
        self.begin(subject, kinds, None);
    }

    /// Offers an export as a download, made first where it is not there.
    pub fn download(self, subject: Subject, kind: ExportKind) {
        let is_it = self.of.with_untracked(|of| *of == Some(subject.facts.pipeline));
        let made =
            self.stages.with_untracked(|stages| stages.get(&kind).and_then(|stage| stage.made().cloned()));
        match made {
            Some(made) if is_it => self.offer(kind, &made),
            _ => self.begin(subject, &[kind], Some(kind)),
        }
    }

    /// Gives up what is under way; what is made stays.
    pub fn stop(self) {
        self.asked.next();
        self.queue.update(|queue| *queue = Queue::default());
        self.stages.update(|stages| stages.retain(|_, stage| !stage.is_busy()));
    }

    fn begin(self, subject: Subject, kinds: &[ExportKind], wanted: Option<ExportKind>) {
        let model = subject.facts.pipeline;
        if self.of.with_untracked(|of| *of != Some(model)) {
            self.forget();
            self.of.set(Some(model));
        }
        let is_made = |kind: &ExportKind| {
            self.stages.with_untracked(|stages| stages.get(kind).is_some_and(|stage| stage.made().is_some()))
        };
        let kinds: Vec<ExportKind> = kinds.iter().copied().filter(|kind| !is_made(kind)).collect();
        let asked = self.asked.next();
        self.queue.update(|queue| *queue = Queue { kinds, wanted });
        spawn_local(async move {
            let services = self.shared.get();
            let known = known_of(&services.store, &subject).await;
            let needs_program = self.queue.with(|queue| queue.kinds.iter().any(|kind| kind.has_program()));
            let program = match &known {
                Ok(known) if needs_program => program_for(&known.pipeline).await,
                _ => Ok(None),
            };
            if !self.asked.is(asked) {
                return;
            }
            match known.and_then(|known| Ok((known, program?))) {
                Ok((known, program)) => {
                    services.shelf.put(model, Kept::of(&known.bytes));
                    let program = program.map(|bytes| {
                        let hash = ContentHash::of(&bytes);
                        services.shelf.put(hash, Kept::of(&bytes));
                        hash
                    });
                    self.next(asked, Work { facts: Rc::new(known.facts), program });
                }
                Err(sentence) => self.fail_all(&sentence),
            }
        });
    }

    /// Lets go of another model's exports.
    fn forget(self) {
        let files: Vec<ContentHash> = self.stages.with_untracked(|stages| {
            stages.values().filter_map(|stage| stage.made().map(|made| made.file.hash)).collect()
        });
        self.shared.get().shelf.drop_those(&|hash| files.contains(&hash));
        self.stages.set(SortedMap::default());
    }

    fn fail_all(self, sentence: &str) {
        let kinds = self.queue.update(|queue| std::mem::take(&mut queue.kinds)).unwrap_or_default();
        for kind in kinds {
            self.show(kind, Stage::Failed(sentence.to_owned()));
        }
    }

    /// Makes the next of the queue.
    fn next(self, asked: u64, work: Work) {
        let take = |queue: &mut Queue| (!queue.kinds.is_empty()).then(|| queue.kinds.remove(0));
        let Some(kind) = self.queue.update(take).flatten() else { return };
        self.show(kind, Stage::Making);
        let program = work.program.filter(|_| kind.has_program());
        let facts = (*work.facts).clone();
        let job = MakeExport { pipeline: facts.model.pipeline, kind, facts, program };
        let ended = move |driver: &mut QuestionDriver<MakeExport>| {
            if !self.asked.is(asked) {
                return;
            }
            match driver.answers().next().cloned() {
                Some(ExportMade { file, note }) => {
                    let made = Made { file, note };
                    let is_wanted = self.queue.with(|queue| queue.wanted == Some(kind));
                    if is_wanted {
                        self.offer(kind, &made);
                    }
                    self.check(asked, (kind, made), work);
                }
                None => {
                    let reason = driver.failed().map(ToString::to_string).unwrap_or_default();
                    self.show(kind, Stage::Failed(format::sentence(&reason)));
                    self.next(asked, work);
                }
            }
        };
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(vec![job]), None, |_| (), ended);
        self.asked.keep(pump);
    }

    fn check(self, asked: u64, (kind, made): (ExportKind, Made), work: Work) {
        let (pipeline, export) = (work.facts.model.pipeline, made.file.hash);
        let of_texts = |from: u32| {
            let to = (from + TEXTS_AT_ONCE).min(CHECK_TEXTS);
            CheckExport { pipeline, export, kind, from, to }
        };
        let jobs: Vec<CheckExport> = (0..CHECK_TEXTS).step_by(TEXTS_AT_ONCE as usize).map(of_texts).collect();
        self.show(kind, Stage::Checking(made.clone(), (0, jobs.len())));
        let on_change = {
            let made = made.clone();
            move |driver: &QuestionDriver<CheckExport>| {
                if self.asked.is(asked) {
                    self.show(kind, Stage::Checking(made.clone(), driver.progress()));
                }
            }
        };
        let ended = move |driver: &mut QuestionDriver<CheckExport>| {
            if !self.asked.is(asked) {
                return;
            }
            let parity = driver.answers().copied().fold(Parity::default(), Parity::and);
            self.show(
                kind,
                match driver.failed() {
                    Some(reason) => Stage::Unread(made, reason.to_string()),
                    None => Stage::Checked(made, parity),
                },
            );
            self.next(asked, work);
        };
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(jobs), None, on_change, ended);
        self.asked.keep(pump);
    }

    fn offer(self, kind: ExportKind, made: &Made) {
        match self.shared.get().shelf.bytes(made.file.hash) {
            Some(bytes) => {
                let (name, media_type) = kind.file();
                files::download(name, media_type, &bytes.to_vec());
            }
            None => self
                .show(kind, Stage::Failed("It is no longer in this tab's memory: make it again.".to_owned())),
        }
    }

    fn show(self, kind: ExportKind, stage: Stage) {
        self.stages.update(|stages| {
            stages.insert(kind, stage);
        });
    }
}

/// What the exports of one model are made of.
struct Work {
    facts: Rc<ExportFacts>,
    program: Option<ContentHash>,
}

/// A model, its bytes, and all that is known of it.
struct Known {
    pipeline: FittedPipeline,
    bytes: Vec<u8>,
    facts: ExportFacts,
}

/// The small program that can run a model; none where this build of the site has none.
async fn program_for(pipeline: &FittedPipeline) -> Result<Option<Vec<u8>>, String> {
    let name = if needs_all_steps(pipeline) { "data-predictor-all" } else { "data-predictor" };
    match device::place_of(name) {
        Some(place) => files::fetch_own(&place).await.map(Some).map_err(|error| error.to_string()),
        None => Ok(None),
    }
}

async fn known_of(store: &StoreService, subject: &Subject) -> Result<Known, String> {
    let words = |error: StoreError| error.to_string();
    let Subject { facts, run } = subject;
    let bytes = store.blob_bytes(facts.pipeline).await.map_err(words)?;
    let bytes = bytes.ok_or("The model of this run is no longer on this device: train it again.")?;
    let recipe = match store.get(Collection::Recipes, &run.dataset.recipe.to_string()).await.map_err(words)? {
        Some(Record::Recipe(record)) => Some(record.recipe),
        _ => None,
    };
    let study = match &run.parent {
        Some(parent) => store.get(Collection::Runs, parent.as_str()).await.map_err(words)?,
        None => None,
    };
    let split = match study {
        Some(Record::Run(study)) => match study.spec {
            Some(RunSpec::Study(spec)) => Some(spec.split),
            _ => None,
        },
        _ => None,
    };
    let spec: Option<PipelineSpec> = match &run.spec {
        Some(RunSpec::Pipeline(spec)) => Some(spec.clone()),
        _ => None,
    };
    let pipeline =
        FittedPipeline::from_bytes(&bytes).map_err(|error| format::sentence(&error.to_string()))?;
    let card = card_of(store, &pipeline, &facts.run).await.map_err(words)?;
    let facts = ExportFacts { model: facts.clone(), card, spec, recipe, split };
    Ok(Known { pipeline, bytes, facts })
}

pub(super) fn provide_exports(shared: Shared) {
    let (of, stages) = (State::new(None), State::new(SortedMap::default()));
    provide_context(Exports { of, stages, queue: Held::new(Queue::default()), asked: Latest::new(), shared });
}

/// The exports.
pub fn use_exports() -> Exports {
    use_context().expect("`provide_app_state` in `App` provides the exports")
}
