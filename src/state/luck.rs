//! How much of a study's best scores is luck: asked of workers on demand, watched, stopped, kept with the study.

use drivers::{LUCK_TAG, QuestionDriver, luck_tags};
use engine::metrics::Metric;
use engine::models::ModelKind;
use engine::tune::{Luck, Trial};
use jobs::MeasureLuck;
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::Batch;
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunSpec};

use super::Shared;
use super::lab::{Lab, Wanted};
use super::latest::Latest;
use super::loadable::Loadable;
use super::study_plots::StudyPlots;
use super::training::Training;
use crate::reactive::State;
use crate::services::pump::Pump;

/// How far the question is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LuckStage {
    /// Nobody asks.
    #[default]
    NotAsked,
    /// The reviews are being counted again.
    Reading,
    /// So many models of so many are weighed.
    Weighing(usize, usize),
    /// It cannot be said, in one sentence.
    Failed(String),
}

/// How much is luck. `Copy`; from context by `use_luck`.
#[derive(Clone, Copy)]
pub struct HowMuchLuck {
    /// The study asked about, and how far that is.
    asked_of: State<(Option<RunId>, LuckStage)>,
    asked: Latest,
    training: Training,
    plots: StudyPlots,
    lab: Lab,
    shared: Shared,
}

impl HowMuchLuck {
    /// How far the question about the study shown is.
    pub fn stage(self) -> LuckStage {
        let shown = self.shown();
        self.asked_of.with(|(run, stage)| if *run == shown { stage.clone() } else { LuckStage::NotAsked })
    }

    fn shown(self) -> Option<RunId> {
        self.training.live.with(|live| live.loaded().and_then(|live| live.run.clone()))
    }

    /// Weighs the settings of the study shown.
    pub fn weigh(self) {
        let found = self.plots.trials.with_untracked(|trials| {
            let trials = trials.as_ref()?;
            let wanted = Wanted::Of { data: trials.data.clone(), experiment: trials.experiment.clone() };
            let tried: Vec<Vec<Trial>> = trials.searches.iter().map(|search| search.trials.clone()).collect();
            Some((trials.run.clone(), wanted, (*trials.spec).clone(), tried))
        });
        let Some((run, wanted, study, tried)) = found else { return };
        let asked = self.asked.next();
        self.asked_of.set((Some(run.clone()), LuckStage::Reading));
        self.lab.with_corpora(wanted, study, move |ready| {
            if !self.asked.is(asked) {
                return;
            }
            match ready {
                Ok((study, counts)) => {
                    let plan = self.training.plan(study, counts);
                    let tried: Vec<&[Trial]> = tried.iter().map(Vec::as_slice).collect();
                    self.ask((asked, run), QuestionDriver::luck(&plan, &tried));
                }
                Err(sentence) => self.show(LuckStage::Failed(sentence)),
            }
        });
    }

    /// Gives the question up.
    pub fn stop(self) {
        self.asked.next();
        self.show(LuckStage::NotAsked);
    }

    fn ask(
        self,
        (asked, run): (u64, RunId),
        (models, driver): (Vec<ModelKind>, QuestionDriver<MeasureLuck>),
    ) {
        self.show(LuckStage::Weighing(0, models.len()));
        let on_change = move |driver: &QuestionDriver<MeasureLuck>| {
            if self.asked.is(asked) {
                let (n_done, n_all) = driver.progress();
                self.show(LuckStage::Weighing(n_done, n_all));
            }
        };
        let ended = move |driver: &mut QuestionDriver<MeasureLuck>| {
            if !self.asked.is(asked) {
                return;
            }
            if let Some(error) = driver.failed() {
                return self.show(LuckStage::Failed(error.to_string()));
            }
            let found = models.into_iter().zip(driver.answers().map(|answer| answer.luck));
            let found: Vec<(ModelKind, Luck)> =
                found.filter_map(|(model, luck)| Some((model, luck?))).collect();
            spawn_local(async move {
                let kept = self.keep(&run, &found).await;
                if self.asked.is(asked) {
                    self.tell(&run, kept.map(|()| found));
                }
            });
        };
        let pump = Pump::start(self.shared.get(), driver, None, on_change, ended);
        self.asked.keep(pump);
    }

    /// Writes it to the study's record, as tags: what else a finished run says does not change.
    async fn keep(self, run: &RunId, found: &[(ModelKind, Luck)]) -> Result<(), String> {
        let services = self.shared.get();
        let _turn = services.store.turn().await;
        let record = services.store.get(Collection::Runs, run.as_str()).await;
        let Some(Record::Run(study)) = record.map_err(|error| error.to_string())? else {
            return Err("This study is no longer on this device: start another.".to_owned());
        };
        let records = vec![Record::Run(with_luck(study, found)?)];
        services.store.write(Batch { records, blobs: Vec::new() }).await.map_err(|error| error.to_string())
    }

    fn tell(self, run: &RunId, kept: Result<Vec<(ModelKind, Luck)>, String>) {
        match kept {
            Ok(found) => {
                self.training.live.update(|live| {
                    if let Loadable::Loaded(live) = live
                        && live.run.as_ref() == Some(run)
                    {
                        live.luck = found;
                    }
                });
                self.show(LuckStage::NotAsked);
            }
            Err(sentence) => self.show(LuckStage::Failed(sentence)),
        }
    }

    fn show(self, stage: LuckStage) {
        self.asked_of.update(|asked_of| asked_of.1 = stage);
    }
}

/// A study's record with how much of its scores is luck.
fn with_luck(study: Run, found: &[(ModelKind, Luck)]) -> Result<Run, String> {
    if !study.has_ended() {
        return Err("The study went on meanwhile, with other trials: ask again when it has ended.".to_owned());
    }
    let mut tags = study.tags.clone();
    tags.retain(|name, _| !name.starts_with(LUCK_TAG));
    let metric = match &study.spec {
        Some(RunSpec::Study(spec)) => spec.metric,
        _ => Metric::default(),
    };
    tags.extend(luck_tags(found, metric));
    Ok(Run { tags, ..study })
}

pub(super) fn provide_luck(shared: Shared, training: Training, plots: StudyPlots, lab: Lab) {
    let asked_of = State::new((None, LuckStage::default()));
    provide_context(HowMuchLuck { asked_of, asked: Latest::new(), training, plots, lab, shared });
}

/// How much is luck.
pub fn use_luck() -> HowMuchLuck {
    use_context().expect("`provide_app_state` in `App` provides how much is luck")
}

#[cfg(test)]
mod tests {
    use track::run::RunState;

    use super::*;
    use crate::state::comparison::samples::run;

    #[test]
    fn luck_is_kept_with_a_study_that_has_ended_and_with_no_other() {
        let old = (format!("{LUCK_TAG}old"), "0.1".to_owned());
        let study = Run { tags: [old, ("team".into(), "a".into())].into(), ..run(&[], &[]) };
        let kept = with_luck(study.clone(), &[]).expect("it has ended");
        assert_eq!(kept.tags, [("team".to_owned(), "a".to_owned())].into());
        let again = Run { state: RunState::Running, ended: None, ..study };
        assert!(with_luck(again, &[]).is_err_and(|said| said.contains("went on meanwhile")));
    }
}
