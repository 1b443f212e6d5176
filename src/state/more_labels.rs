//! Would more labels help? The learning curve of a study's best setting: asked of workers on demand, watched, stopped.

use drivers::QuestionDriver;
use engine::models::ModelKind;
use engine::tune::{CURVE_SHARES, LearningPoint, Trial};
use jobs::LearnFromShare;
use leptos::prelude::*;
use track::id::RunId;

use super::Shared;
use super::lab::{Lab, Wanted};
use super::latest::Latest;
use super::study_plots::{StudyPlots, StudyTrials};
use crate::reactive::State;
use crate::services::pump::Pump;

/// How far a learning curve is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// Nobody asked for it.
    #[default]
    NotAsked,
    /// The reviews are being counted again.
    Reading,
    /// So many points of so many are there.
    Drawing(usize, usize),
    /// It is whole.
    Drawn,
    /// It cannot be drawn, in one sentence.
    Failed(String),
}

/// A learning curve, as far as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// The study whose best setting it is of.
    pub of: Option<RunId>,
    /// The model and the number of its trial, from 0.
    pub setting: Option<(ModelKind, u32)>,
    /// How far it is.
    pub stage: Stage,
    /// Its points so far, from few reviews to all.
    pub points: Vec<LearningPoint>,
}

/// The learning curve. `Copy`; from context by `use_more_labels`.
#[derive(Clone, Copy)]
pub struct MoreLabels {
    curve: State<Curve>,
    asked: Latest,
    plots: StudyPlots,
    lab: Lab,
    shared: Shared,
}

impl MoreLabels {
    /// The curve of the study shown; one of another study is none.
    pub fn curve(self) -> Curve {
        let shown = self.plots.trials.with(|trials| trials.as_ref().map(|trials| trials.run.clone()));
        self.curve.with(|curve| if curve.of == shown { curve.clone() } else { Curve::default() })
    }

    /// Begins to draw the curve of the best setting of the study shown.
    pub fn draw(self) {
        let found = self.plots.trials.with_untracked(|trials| {
            let trials = trials.as_ref()?;
            let (search, best) = best_of(trials)?;
            let pipeline = trials.spec.pipeline(search, &best.setting);
            let setting = (trials.model(search), best.number);
            let wanted = Wanted::Of { data: trials.data.clone(), experiment: trials.experiment.clone() };
            Some((trials.run.clone(), setting, wanted, (*trials.spec).clone(), pipeline))
        });
        let Some((run, setting, wanted, study, pipeline)) = found else { return };
        let asked = self.asked.next();
        let stage = Stage::Reading;
        self.curve.set(Curve { of: Some(run), setting: Some(setting), stage, points: Vec::new() });
        self.lab.with_corpora(wanted, study, move |ready| {
            if !self.asked.is(asked) {
                return;
            }
            let corpus = ready.map(|(study, counts)| {
                let place = study.corpus_of(&pipeline).unwrap_or(0);
                (study.split, counts.corpora.get(place).map(|corpus| corpus.counts.hash))
            });
            match corpus {
                Ok((split, Some(counts))) => {
                    let point = |share: f64| {
                        let (split, pipeline) = (split.clone(), pipeline.clone());
                        LearnFromShare { counts, split, pipeline, share }
                    };
                    self.ask(asked, CURVE_SHARES.into_iter().map(point).collect());
                }
                Ok((_, None)) => self.show(Stage::Failed(NOT_COUNTED.to_owned())),
                Err(sentence) => self.show(Stage::Failed(sentence)),
            }
        });
    }

    /// Gives the curve up.
    pub fn stop(self) {
        self.asked.next();
        self.curve.set(Curve::default());
    }

    fn ask(self, asked: u64, jobs: Vec<LearnFromShare>) {
        let on_change = move |driver: &QuestionDriver<LearnFromShare>| {
            if self.asked.is(asked) {
                let (n_done, n_all) = driver.progress();
                self.show_points(driver.answers().cloned().collect());
                self.show(Stage::Drawing(n_done, n_all));
            }
        };
        let ended = move |driver: &mut QuestionDriver<LearnFromShare>| {
            if self.asked.is(asked) {
                self.show_points(driver.answers().cloned().collect());
                self.show(match driver.failed() {
                    Some(error) => Stage::Failed(error.to_string()),
                    None => Stage::Drawn,
                });
            }
        };
        self.show(Stage::Drawing(0, jobs.len()));
        let pump = Pump::start(self.shared.get(), QuestionDriver::new(jobs), None, on_change, ended);
        self.asked.keep(pump);
    }

    fn show(self, stage: Stage) {
        self.curve.update(|curve| curve.stage = stage);
    }

    fn show_points(self, points: Vec<LearningPoint>) {
        self.curve.update(|curve| curve.points = points);
    }
}

/// Why there is no curve where the reviews were counted in other ways than the setting needs.
const NOT_COUNTED: &str = "The reviews were not counted as this setting needs them: start another study.";

/// The best trial of all searches; of equal ones the first.
pub fn best_of(trials: &StudyTrials) -> Option<(usize, &Trial)> {
    let all = trials.all().filter(|(_, trial)| trial.mean().is_some());
    all.reduce(|best, next| if next.1.mean() > best.1.mean() { next } else { best })
}

pub(super) fn provide_more_labels(shared: Shared, plots: StudyPlots, lab: Lab) {
    let curve = State::new(Curve::default());
    provide_context(MoreLabels { curve, asked: Latest::new(), plots, lab, shared });
}

/// The learning curve.
pub fn use_more_labels() -> MoreLabels {
    use_context().expect("`provide_app_state` in `App` provides the learning curve")
}
