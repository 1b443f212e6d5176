//! A study's best, registered without being asked for, where a model has a rule for it.
//!
//! A rule looks at studies of the experiment that the model's answering version came from: others' scores say
//! nothing about it.

use leptos::task::spawn_local;
use storage::{Batch, Query};
use track::id::RunId;
use track::record::{Collection, Record};
use track::registry::{CHALLENGER, Opponent, Registry as Versions};
use track::run::{Run, RunKind};

use super::{Changing, Registry, events_of};
use crate::reactive::{Held, follow};
use crate::services::store::StoreService;
use crate::state::format;
use crate::state::live_study::{LivePhase, LiveStudy};
use crate::state::record_views::pipeline_of;
use crate::state::runs::runs_of;
use crate::state::training::Training;

/// Fits of one study that are looked at.
const MAX_FITS: usize = 10_000;

impl Registry {
    /// Follows this tab's studies: when one ends, rules are kept.
    pub(super) fn register_by_rules(self, training: Training) {
        let at_work: Held<Option<RunId>> = Held::new(None);
        follow(move || {
            let seen = training.live.with(|live| live.loaded().map(|live| (live.run.clone(), stands(live))));
            match seen {
                Some((Some(run), Stands::AtWork)) => at_work.set(Some(run)),
                Some((Some(run), Stands::Finished)) if at_work.get() == Some(run.clone()) => {
                    at_work.set(None);
                    spawn_local(async move { self.keep_rules(run).await });
                }
                _ => {}
            }
        });
    }

    async fn keep_rules(self, study: RunId) {
        let services = self.shared.get();
        match self.registered_by_rules(&services.store, &study).await {
            Ok(None) => {}
            Ok(Some(sentence)) => self.changing.set(Changing::Done(sentence)),
            Err(sentence) => self.changing.set(Changing::Failed(sentence)),
        }
    }

    async fn registered_by_rules(
        self,
        store: &StoreService,
        study: &RunId,
    ) -> Result<Option<String>, String> {
        let _turn = store.turn().await;
        let events = events_of(store).await.map_err(|error| error.to_string())?;
        let mut now = Versions::from_events(&events);
        let ruled: Vec<String> = now
            .models()
            .filter(|name| now.model(name).is_some_and(|model| model.rule.is_some()))
            .map(str::to_owned)
            .collect();
        if ruled.is_empty() {
            return Ok(None);
        }
        let children = Query::RunsOfParent(study.clone());
        let fits = store.list(&children, storage::Order::Descending, MAX_FITS).await;
        let fits = runs_of(fits.map_err(|error| error.to_string())?);
        let Some(best) = best_fit(&fits) else { return Ok(None) };
        let mut records = Vec::new();
        let mut said = None;
        for name in ruled {
            let champion = match now.model(&name).and_then(|model| model.answering()) {
                Some(version) => store.get(Collection::Runs, version.run.as_str()).await,
                None => Ok(None),
            };
            let champion = match champion.map_err(|error| error.to_string())? {
                Some(Record::Run(run)) => Some(run),
                _ => None,
            };
            let Some(why) = reason(&now, &name, (best, champion.as_ref())) else { continue };
            let Some(pipeline) = pipeline_of(best) else { continue };
            let change = now.register(&name, best.id.clone(), pipeline);
            let change = change.map_err(|error| format::sentence(&error.to_string()))?;
            let event = self.event(&now, change.clone(), &why)?;
            now.apply(&event);
            records.push(Record::Registry(event));
            let newest = now.model(&name).and_then(|model| model.latest()).map_or(0, |latest| latest.version);
            let challenging = now.set_alias(&name, CHALLENGER, newest);
            let challenging = challenging.map_err(|error| format::sentence(&error.to_string()))?;
            let event = self.event(&now, challenging, &why)?;
            now.apply(&event);
            records.push(Record::Registry(event));
            said = Some(format!("The rule of '{name}' {change}: {why}."));
        }
        if !records.is_empty() {
            let batch = Batch { records, blobs: Vec::new() };
            store.write(batch).await.map_err(|error| error.to_string())?;
        }
        Ok(said)
    }
}

enum Stands {
    AtWork,
    Finished,
    Otherwise,
}

fn stands(live: &LiveStudy) -> Stands {
    match live.phase {
        LivePhase::Finished => Stands::Finished,
        // Another tab keeps the rules of what it makes.
        LivePhase::Elsewhere | LivePhase::Stopped | LivePhase::Failed(_) => Stands::Otherwise,
        LivePhase::Preparing | LivePhase::Searching | LivePhase::Fitting | LivePhase::Storing => {
            Stands::AtWork
        }
    }
}

fn cv(run: &Run) -> Option<f64> {
    run.metrics.get("cv_f1_macro").copied()
}

/// The fit with the best cross-validated score; of equal ones the first.
fn best_fit(fits: &[Run]) -> Option<&Run> {
    let fits = fits.iter().filter(|run| run.kind == RunKind::Fit && pipeline_of(run).is_some());
    let scored = fits.filter_map(|run| Some((run, cv(run)?)));
    scored.min_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.id.cmp(&b.0.id))).map(|(run, _)| run)
}

/// Why a study's best becomes a version of `name`; none where the rule is not met, or it is one already.
fn reason(now: &Versions, name: &str, (best, champion): (&Run, Option<&Run>)) -> Option<String> {
    let model = now.model(name)?;
    let rule = model.rule?;
    let is_known = model.versions.iter().any(|version| version.run == best.id);
    if is_known || champion.is_some_and(|champion| champion.experiment != best.experiment) {
        return None;
    }
    let opponent = match (model.answering(), champion.and_then(cv)) {
        (None, _) => Opponent::Nobody,
        (Some(_), Some(score)) => Opponent::Scores(score),
        // The run is not on this device, or has no score: nobody knows which experiment it is of.
        (Some(_), None) => Opponent::Unknown,
    };
    let best = cv(best)?;
    rule.is_met(best, opponent).then(|| match opponent {
        Opponent::Scores(champion) => {
            format!("a macro F1 of {} beats {}", format::score(best), format::score(champion))
        }
        Opponent::Nobody | Opponent::Unknown => {
            format!("a macro F1 of {}, and nothing to compare it with", format::score(best))
        }
    })
}

#[cfg(test)]
mod tests {
    use engine::num::ContentHash;
    use track::id::{ExperimentId, Millis};

    use super::*;
    use crate::state::comparison::samples::run;

    fn fit(id: &str, experiment: &str, cv: f64) -> Run {
        let experiment = ExperimentId(experiment.into());
        Run { id: RunId(id.into()), experiment, ..run(&[], &[("cv_f1_macro", cv)]) }
    }

    /// A model 'shop' with a rule, and one version, of the run 'champion', where that is asked for.
    fn models(has_version: bool) -> Versions {
        let mut now = Versions::default();
        let mut n_changes = 0;
        let mut make = |now: &mut Versions, change| {
            n_changes += 1;
            let event = now.event(change, ("me", ""), Millis(n_changes), [0; 10]).expect("room");
            now.apply(&event);
        };
        let first = now.register("shop", RunId("champion".into()), ContentHash::of(b"it")).expect("a name");
        make(&mut now, first);
        let rule = now.set_rule("shop", Some(0.01)).expect("a margin");
        make(&mut now, rule);
        if !has_version {
            let gone = now.delete_version("shop", 1, "shop").expect("nothing uses it");
            make(&mut now, gone);
        }
        now
    }

    #[track_caller]
    fn check(has_version: bool, champion: Option<Run>, expected: Option<&str>) {
        let best = fit("best", "e", 0.9);
        let found = reason(&models(has_version), "shop", (&best, champion.as_ref()));
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_rule_compares_with_what_answers_or_does_nothing() {
        check(true, Some(fit("champion", "e", 0.8)), Some("a macro F1 of 0.900 beats 0.800"));
        check(true, Some(fit("champion", "e", 0.9)), None);
        check(true, Some(fit("champion", "other", 0.1)), None);
        check(false, None, Some("a macro F1 of 0.900, and nothing to compare it with"));
        check(true, None, None);
        let unscored = Run { metrics: Default::default(), ..fit("champion", "e", 0.8) };
        check(true, Some(unscored), None);
    }
}
