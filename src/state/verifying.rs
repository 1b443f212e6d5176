//! A stored trial or fit made again in a worker, and whether every number came out the same.

use drivers::{Again, QuestionDriver, Said, StudyPlan};
use engine::num::ContentHash;
use jobs::{FinalFitOutput, FitFinal};
use leptos::prelude::*;
use leptos::task::spawn_local;
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunSpec};

use super::Shared;
use super::import::ReadyCounts;
use super::lab::{Lab, Wanted};
use super::latest::Latest;
use crate::reactive::State;
use crate::services::pump::Pump;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// Nobody asked for it.
    #[default]
    NotAsked,
    /// The reviews are being counted again.
    Reading,
    /// It is being fitted.
    Fitting,
    /// It was made again.
    Made(Again),
    /// It cannot be made again, in one sentence.
    Failed(String),
}

/// Runs made again. `Copy`; from context by `use_verifying`.
#[derive(Clone, Copy)]
pub struct Verifying {
    shown: State<Option<(RunId, Stage)>>,
    asked: Latest,
    lab: Lab,
    shared: Shared,
}

impl Verifying {
    /// How far a run is; followed.
    pub fn stage(self, run: &RunId) -> Stage {
        self.shown.with(|shown| match shown {
            Some((of, stage)) if of == run => stage.clone(),
            _ => Stage::NotAsked,
        })
    }

    /// Makes a run again.
    pub fn start(self, run: Run) {
        let asked = self.asked.next();
        self.shown.set(Some((run.id.clone(), Stage::Reading)));
        spawn_local(async move {
            let study = self.study_of(&run).await;
            if !self.asked.is(asked) {
                return;
            }
            match study {
                Ok((id, spec)) => {
                    let (data, experiment) = (run.dataset.clone(), run.experiment.clone());
                    self.lab.with_corpora(Wanted::Of { data, experiment }, spec, move |ready| {
                        if !self.asked.is(asked) {
                            return;
                        }
                        match ready {
                            Ok((spec, counts)) => self.fit(asked, run, plan_of(id, spec, counts)),
                            Err(sentence) => self.show(Stage::Failed(sentence)),
                        }
                    });
                }
                Err(sentence) => self.show(Stage::Failed(sentence)),
            }
        });
    }

    /// Gives it up.
    pub fn stop(self) {
        self.asked.next();
        self.shown.set(None);
    }

    fn fit(self, asked: u64, run: Run, plan: Result<StudyPlan, String>) {
        let job = plan.and_then(|plan| {
            let job = plan.make_again(&run).map_err(|error| error.to_string())?;
            Ok((plan, job))
        });
        let (plan, job) = match job {
            Ok(ready) => ready,
            Err(sentence) => return self.show(Stage::Failed(sentence)),
        };
        self.show(Stage::Fitting);
        let ended = move |driver: &mut QuestionDriver<FitFinal>| {
            let output = driver.answers().next().cloned();
            if let Some(output) = &output {
                self.forget(output);
            }
            if !self.asked.is(asked) {
                return;
            }
            let failed = || driver.failed().map(ToString::to_string).unwrap_or_default();
            self.show(match output {
                Some(output) => Stage::Made(plan.compared(&run, &output)),
                None => Stage::Failed(failed()),
            });
        };
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(vec![job]), None, |_| (), ended);
        self.asked.keep(pump);
    }

    /// What was made again is stored already, or is not wanted.
    fn forget(self, output: &FinalFitOutput) {
        let made: [ContentHash; 4] =
            [output.pipeline.hash, output.out_of_fold.hash, output.test_scores.hash, output.profile.hash];
        self.shared.get().shelf.drop_those(&|hash| made.contains(&hash));
    }

    /// The study that a run belongs to, and what it asked for.
    async fn study_of(self, run: &Run) -> Result<(Run, engine::tune::StudySpec), String> {
        let gone = || "The study of this run is no longer on this device.".to_owned();
        let id = run.parent.as_ref().ok_or_else(gone)?;
        let record = self.shared.get().store.get(Collection::Runs, id.as_str()).await;
        let Some(Record::Run(study)) = record.map_err(|error| error.to_string())? else { return Err(gone()) };
        match study.spec.clone() {
            Some(RunSpec::Study(spec)) => Ok((study, spec)),
            _ => Err(gone()),
        }
    }

    fn show(self, stage: Stage) {
        self.shown.update(|shown| {
            if let Some((_, shown)) = shown {
                *shown = stage;
            }
        });
    }
}

fn plan_of(study: Run, spec: engine::tune::StudySpec, counts: ReadyCounts) -> Result<StudyPlan, String> {
    let mut corpora = counts.corpora.iter().map(|corpus| (corpus.counts.hash, corpus.terms.hash));
    let first = corpora.next().ok_or("The reviews cannot be counted as this run needs them.")?;
    Ok(StudyPlan {
        run: study.id,
        experiment: study.experiment,
        dataset: counts.data,
        classes: counts.classes,
        study: spec,
        counts: first.0,
        terms: first.1,
        variants: corpora.collect(),
        owner: String::new(),
        created: study.created,
        said: Said::default(),
    })
}

pub(super) fn provide_verifying(shared: Shared, lab: Lab) {
    provide_context(Verifying { shown: State::new(None), asked: Latest::new(), lab, shared });
}

/// Runs made again.
pub fn use_verifying() -> Verifying {
    use_context().expect("`provide_app_state` in `App` provides verifying")
}
