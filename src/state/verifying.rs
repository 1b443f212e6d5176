//! Stored runs made again in workers, and whether every number came out the same: a trial or a fit alone, of a study
//! all that ended with a result.

use drivers::{Again, QuestionDriver, Said, StudyPlan};
use engine::num::ContentHash;
use jobs::{FinalFitOutput, FitFinal};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Order, Query};
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunKind, RunSpec, RunState};

use super::Shared;
use super::import::ReadyCounts;
use super::lab::{Lab, Wanted};
use super::latest::Latest;
use crate::reactive::State;
use crate::services::pump::Pump;

/// Runs of a study that are fitted before their models, which nobody wants, are let go.
const RUNS_AT_ONCE: usize = 16;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// Nobody asked for it.
    #[default]
    NotAsked,
    /// The reviews are being counted again.
    Reading,
    /// It is being fitted.
    Fitting {
        /// Runs made again so far.
        n_made: usize,
        /// Of so many.
        n_runs: usize,
    },
    /// It was made again.
    Made(Made),
    /// It cannot be made again, in one sentence.
    Failed(String),
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    /// The numbers of all runs.
    pub again: Again,
    /// Runs made again.
    pub n_runs: usize,
    /// Runs of the study that cannot be made again, and why the first cannot.
    pub left_out: Option<(usize, String)>,
}

/// Runs to make again, what is there to make them with, and what came of those before them.
struct Work {
    plan: StudyPlan,
    rest: Vec<(Run, FitFinal)>,
    made: Made,
    n_all: usize,
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

    /// Makes a run again, of a study every run that ended with a result.
    pub fn start(self, run: Run) {
        let asked = self.asked.next();
        self.shown.set(Some((run.id.clone(), Stage::Reading)));
        spawn_local(async move {
            let found = async {
                let study = self.study_of(&run).await?;
                Ok::<_, String>((study, self.runs_of(&run).await?))
            };
            let found = found.await;
            if !self.asked.is(asked) {
                return;
            }
            match found {
                Ok(((id, spec), runs)) => {
                    let (data, experiment) = (run.dataset.clone(), run.experiment.clone());
                    self.lab.with_corpora(Wanted::Of { data, experiment }, spec, move |ready| {
                        if !self.asked.is(asked) {
                            return;
                        }
                        let plan = ready.and_then(|(spec, counts)| plan_of(id, spec, counts));
                        match plan.and_then(|plan| work(plan, runs)) {
                            Ok(work) => self.fit(asked, work),
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

    /// Fits the next runs, and so on until none is left.
    fn fit(self, asked: u64, mut work: Work) {
        if work.rest.is_empty() {
            return self.show(Stage::Made(work.made));
        }
        self.show(Stage::Fitting { n_made: work.made.n_runs, n_runs: work.n_all });
        let later = work.rest.split_off(work.rest.len().min(RUNS_AT_ONCE));
        let (runs, jobs): (Vec<Run>, Vec<FitFinal>) =
            std::mem::replace(&mut work.rest, later).into_iter().unzip();
        let (n_before, n_all) = (work.made.n_runs, work.n_all);
        let told = move |driver: &QuestionDriver<FitFinal>| {
            if self.asked.is(asked) {
                self.show(Stage::Fitting { n_made: n_before + driver.progress().0, n_runs: n_all });
            }
        };
        let ended = move |driver: &mut QuestionDriver<FitFinal>| {
            driver.answers().for_each(|output| self.forget(output));
            if !self.asked.is(asked) {
                return;
            }
            if let Some(error) = driver.failed() {
                return self.show(Stage::Failed(error.to_string()));
            }
            for (run, output) in runs.iter().zip(driver.answers()) {
                let again = work.plan.compared(run, output);
                if work.n_all == 1 {
                    work.made.again = again;
                } else {
                    work.made.again.add_run(&run.name, again);
                }
                work.made.n_runs += 1;
            }
            self.fit(asked, work);
        };
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(jobs), None, told, ended);
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
        let id = if run.kind == RunKind::Study { &run.id } else { run.parent.as_ref().ok_or_else(gone)? };
        let record = self.shared.get().store.get(Collection::Runs, id.as_str()).await;
        let Some(Record::Run(study)) = record.map_err(|error| error.to_string())? else { return Err(gone()) };
        match study.spec.clone() {
            Some(RunSpec::Study(spec)) => Ok((study, spec)),
            _ => Err(gone()),
        }
    }

    /// The runs to make again: itself, or those of a study that ended with a result, first to last.
    async fn runs_of(self, run: &Run) -> Result<Vec<Run>, String> {
        if run.kind != RunKind::Study {
            return Ok(vec![run.clone()]);
        }
        let nested = Query::RunsOfParent(run.id.clone());
        let records = self.shared.get().store.list(&nested, Order::Ascending, usize::MAX).await;
        let mut runs = Vec::new();
        for record in records.map_err(|error| error.to_string())? {
            match record {
                Record::Run(run) if run.state == RunState::Finished => runs.push(run),
                _ => {}
            }
        }
        Ok(runs)
    }

    fn show(self, stage: Stage) {
        self.shown.update(|shown| {
            if let Some((_, shown)) = shown {
                *shown = stage;
            }
        });
    }
}

/// The jobs of all runs that can be made again; an error where none can.
fn work(plan: StudyPlan, runs: Vec<Run>) -> Result<Work, String> {
    let mut rest = Vec::with_capacity(runs.len());
    let mut left_out: Option<(usize, String)> = None;
    for run in runs {
        match plan.make_again(&run) {
            Ok(job) => rest.push((run, job)),
            Err(error) => left_out.get_or_insert_with(|| (0, error.to_string())).0 += 1,
        }
    }
    match (rest.len(), left_out) {
        (0, Some((_, reason))) => Err(reason),
        (0, None) => {
            Err("No run of this study ended with a result, so there is nothing to make again.".to_owned())
        }
        (n_all, left_out) => Ok(Work { plan, rest, made: Made { left_out, ..Made::default() }, n_all }),
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
