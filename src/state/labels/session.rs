//! From the dataset in use to a queue: the model that judges, the file read, the first answer.

use drivers::{Read, ReadDriver};
use engine::dataset::DatasetRecipe;
use engine::features::DocumentFrequency;
use engine::pipeline::PipelineSpec;
use jobs::ReadOutput;
use leptos::task::spawn_local;
use storage::{Order, Query};
use track::run::{Run, RunKind, RunSpec, RunState};

use super::decisions::{relabelled, without_decisions};
use super::{Bench, Decision, Decisions, JudgeModel, Labels, Phase};
use crate::services::clock;
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::state::dataset_records::stored_source;
use crate::state::format;
use crate::state::lab::share_of;
use crate::state::pace::Pace;
use crate::state::record_views::model_of;
use crate::state::runs::runs_of;
use crate::state::study_form;
use crate::state::views::DatasetView;

/// Fits looked at for those of the same file.
const MAX_FITS: usize = 200;

impl Labels {
    /// A part of the page shows it: what was found in other data than that in use is forgotten.
    pub fn look(self) {
        let data =
            self.lab.dataset.with_untracked(|dataset| dataset.loaded().map(|dataset| dataset.data.clone()));
        let is_of = self.desk.with(|desk| desk.bench.as_ref().map(|bench| bench.data.clone()));
        if is_of.is_some() && is_of != data {
            self.forget();
        }
        if self.phase.with_untracked(|phase| *phase == Phase::NotAsked) {
            self.find_models();
        }
    }

    /// Forgets the queue, or gives up making it.
    pub fn forget(self) {
        self.next_session();
        self.phase.set(Phase::NotAsked);
        self.judged.set(None);
        self.first.set(None);
        self.shown.set(None);
        self.is_judging.set(false);
        self.problem.set(None);
        self.place.set(0);
    }

    /// The models that can judge: the best of each kind that the newest study of this file fitted, and one that
    /// needs no study.
    fn find_models(self) {
        let Some(dataset) = self.lab.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return;
        };
        spawn_local(async move {
            let fits = Query::RunsOfKind(RunKind::Fit);
            let found = self.shared.get().store.list(&fits, Order::Descending, MAX_FITS).await;
            let fits = runs_of(found.unwrap_or_default());
            let mut models = models_of(&fits, &dataset);
            models.extend(usual_model());
            if self.phase.with_untracked(|phase| *phase == Phase::NotAsked) {
                self.models.set_if_new(models);
                self.model.set_if_new(0);
            }
        });
    }

    /// Reads the file and finds the suspect labels.
    pub fn start(self) {
        let Some(dataset) = self.lab.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return;
        };
        let chosen = self.model.get_untracked();
        let model = self.models.with_untracked(|models| models.get(chosen).cloned()).or_else(usual_model);
        let Some(JudgeModel { pipeline, .. }) = model else { return };
        let session = self.next_session();
        self.phase.set(Phase::Reading(Pace::default()));
        spawn_local(async move {
            let found = stored_source(&self.shared.get().store, &dataset).await;
            if self.is_current(session) {
                match found {
                    Ok((file, recipe)) => self.read(session, dataset, (file, recipe), pipeline),
                    Err(sentence) => self.phase.set(Phase::Failed(sentence)),
                }
            }
        });
    }

    fn read(
        self,
        session: u64,
        dataset: DatasetView,
        (file, with_words): (Blob, DatasetRecipe),
        mut pipeline: PipelineSpec,
    ) {
        let recipe = without_decisions(&with_words);
        pipeline.cleaning.clone_from(&recipe.cleaning);
        let floor = match pipeline.vectorizer.min_df {
            DocumentFrequency::Count(count) => count.max(1),
            DocumentFrequency::Share(_) => 1,
        };
        let counting = pipeline.vectorizer.counting(floor);
        let read = Read { recipe: recipe.clone(), counting };
        let driver = ReadDriver::new(self.lab.next_session(), file.size() as u64, read);
        let begun = clock::elapsed_ms();
        let on_change = move |driver: &ReadDriver| {
            if driver.outcome().is_none() {
                let elapsed_ms = clock::elapsed_ms() - begun;
                self.phase.set(Phase::Reading(Pace { share: share_of(driver.progress()), elapsed_ms }));
            }
        };
        let ended = move |driver: &mut ReadDriver| match driver.take_outcome() {
            Some(Ok(output)) => self.begin(session, dataset, (recipe, &with_words), pipeline, &output),
            Some(Err(error)) => self.phase.set(Phase::Failed(error.to_string())),
            None => {}
        };
        let pump = Pump::start(self.shared.get(), driver, Some(file), on_change, ended);
        self.desk.update(|desk| desk.reading = Some(pump));
    }

    fn begin(
        self,
        session: u64,
        dataset: DatasetView,
        (recipe, with_words): (DatasetRecipe, &DatasetRecipe),
        pipeline: PipelineSpec,
        output: &ReadOutput,
    ) {
        let bytes = self.shared.get().shelf.take_bytes(output.records.hash);
        let Some(records) = bytes.and_then(|bytes| jobs::decode_records(&bytes.to_vec())) else {
            return self.phase.set(Phase::Failed("The row numbers did not come: try again.".to_owned()));
        };
        let classes = recipe.mapping.classes.iter().cloned();
        let classes = classes.zip(output.summary.class_counts.iter().copied()).collect();
        let said = relabelled(with_words);
        self.desk.update(|desk| {
            desk.bench = Some(Bench {
                data: dataset.data,
                recipe,
                pipeline,
                classes,
                records,
                counts: output.counts.hash,
                terms: output.terms.hash,
                session: self.lab.next_session(),
                predictor: None,
            });
        });
        self.phase.set(Phase::Fitting);
        if said.is_empty() {
            self.decisions.set(Decisions::default());
            return self.judge();
        }
        self.lab.with_rows(Box::new(move |rows| {
            spawn_local(async move {
                let mut decisions = Decisions::default();
                for (record, label) in said {
                    let review = match &rows {
                        Ok(rows) => rows.review(record).await,
                        Err(sentence) => Err(sentence.clone()),
                    };
                    match review {
                        Ok(review) => {
                            if let Some(was) = review.and_then(|review| review.label) {
                                decisions.say(Decision { record, was, label });
                            }
                        }
                        Err(sentence) => return self.phase.set(Phase::Failed(sentence)),
                    }
                }
                if self.is_current(session) {
                    self.decisions.set(decisions);
                    self.judge();
                }
            });
        }));
    }

    /// Another session: the one before is given up. Its number tells whether it is still wanted.
    fn next_session(self) -> u64 {
        let (before, session) = self
            .desk
            .update(|desk| {
                desk.n_sessions += 1;
                desk.bench = None;
                desk.is_stale = false;
                ([desk.reading.take(), desk.judging.take()], desk.n_sessions)
            })
            .expect("the desk lives as long as the app");
        before.iter().flatten().for_each(Pump::abandon);
        session
    }

    pub(super) fn is_current(self, session: u64) -> bool {
        self.desk.with(|desk| desk.n_sessions == session)
    }
}

/// The best fit of each kind of the newest study of the dataset's file, the best first.
fn models_of(fits: &[Run], dataset: &DatasetView) -> Vec<JudgeModel> {
    let is_of = |run: &&Run| run.dataset.file == dataset.data.file && run.state == RunState::Finished;
    let of_file: Vec<&Run> = fits.iter().filter(is_of).collect();
    let newest = of_file.iter().filter_map(|run| run.parent.clone()).max();
    let mut of_study: Vec<&Run> = of_file.into_iter().filter(|run| run.parent == newest).collect();
    let cv = |run: &Run| run.metrics.get("cv_f1_macro").copied().unwrap_or(f64::NEG_INFINITY);
    engine::num::stable_sort(&mut of_study, |a, b| cv(b).total_cmp(&cv(a)));
    let model = |run: &Run| match &run.spec {
        Some(RunSpec::Pipeline(pipeline)) => {
            let kind = model_of(run).map_or("", format::model_name);
            Some(JudgeModel { name: format!("{kind} ({})", run.name), pipeline: pipeline.clone() })
        }
        _ => None,
    };
    of_study.into_iter().filter_map(model).collect()
}

/// The model that needs no study.
fn usual_model() -> Option<JudgeModel> {
    let search = study_form::for_audit().searches.into_iter().next()?;
    Some(JudgeModel { name: "Logistic regression, untuned".to_owned(), pipeline: search.base })
}
