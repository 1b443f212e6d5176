//! Tasks that change what stands outside the flow: marks on runs, versions, aliases.
//!
//! Each puts its records beside the task's own, so that all are stored or none.

use engine::num::ContentHash;
use flow::decide;
use track::flow::{Happening, LogLevel, PromotionRule, TaskKind, TaskOutput};
use track::record::Record;
use track::registry::{CHALLENGER, CHAMPION, RegistryChange, RegistryError};
use track::run::Run;

use super::{FlowDriver, note};

/// Tag of a run that a flow made: the flow run's id.
pub const FLOW_RUN_TAG: &str = "reviewlab.flow_run";

impl FlowDriver {
    /// Writes into the runs that this flow run made which flow run it was.
    pub(super) fn mark_runs(&mut self, place: usize) -> Result<TaskOutput, String> {
        let fitted = self.fitted_before(place).ok_or("What is to be marked is missing.")?;
        let root = self.plan.run.root.0.clone();
        let mut n_runs = 0;
        for id in [fitted.study, fitted.fit] {
            let Some(run) = self.plan.runs.iter().find(|run| run.id == id) else { continue };
            // What an earlier flow run made is its.
            if run.tags.contains_key(FLOW_RUN_TAG) {
                continue;
            }
            let mut marked: Run = run.clone();
            marked.tags.insert(FLOW_RUN_TAG.to_owned(), root.clone());
            self.know(marked.clone());
            self.outbox.put(Record::Run(marked));
            n_runs += 1;
        }
        Ok(TaskOutput::Logged { n_runs })
    }

    /// Makes the fit the next version of `model`, where its newest version is another.
    pub(super) fn register(&mut self, place: usize, model: &str) -> Result<TaskOutput, String> {
        let fitted = self.fitted_before(place).ok_or("What is to be registered is missing.")?;
        let newest = self.plan.registry.model(model).and_then(|model| model.latest());
        if let Some(newest) = newest.filter(|newest| newest.pipeline == fitted.pipeline) {
            let version = newest.version;
            let said =
                note(LogLevel::Info, format!("Version {version} is this model already: no new one is made."));
            self.say(place, said);
            return Ok(TaskOutput::Version { model: model.to_owned(), version, is_new: false });
        }
        let change = self.plan.registry.register(model, fitted.fit, fitted.pipeline);
        let change = change.map_err(sentence)?;
        let RegistryChange::Register { model, version, .. } = &change else {
            return Err("The registry gave another change than was asked for.".to_owned());
        };
        let (model, version) = (model.clone(), *version);
        self.change_registry((place, 0), change, "")?;
        self.say(place, note(LogLevel::Info, format!("Registered version {version} of {model}.")));
        let event = self.journal.event(self.now, Happening::NewVersion { model: model.clone(), version });
        self.outbox.put(Record::FlowEvent(event));
        Ok(TaskOutput::Version { model, version, is_new: true })
    }

    /// Makes the version that was registered the champion if it deserves it, else the challenger, with the reason.
    pub(super) fn promote(
        &mut self,
        place: usize,
        model: &str,
        rule: &PromotionRule,
    ) -> Result<TaskOutput, String> {
        let missing = "What is to be promoted is missing.";
        let fitted = self.fitted_before(place).ok_or(missing)?;
        let version = self.given_before(place, |kind| matches!(kind, TaskKind::Register { .. }));
        let Some(TaskOutput::Version { version, .. }) = version else { return Err(missing.to_owned()) };
        let version = *version;
        let scores = self.given_before(place, |kind| matches!(kind, TaskKind::Evaluate { .. }));
        let Some(TaskOutput::Scores { metrics, reason }) = scores else { return Err(missing.to_owned()) };
        let decision = decide(rule, &self.contest(model, &fitted, (metrics, reason)));
        let is_champion = self.champion(model).is_some_and(|champion| champion.version == version);
        let alias = if decision.is_champion { CHAMPION } else { CHALLENGER };
        if !is_champion {
            match self.plan.registry.set_alias(model, alias, version) {
                Ok(change) => self.change_registry((place, 0), change, &decision.reason)?,
                Err(RegistryError::Unchanged) => {}
                Err(error) => return Err(sentence(error)),
            }
            if decision.is_champion
                && let Ok(change) = self.without_challenger(model, version)
            {
                self.change_registry((place, 1), change, &decision.reason)?;
            }
        }
        let standing = if decision.is_champion || is_champion { "champion" } else { "challenger" };
        let text = format!("Version {version} is {standing}. {}", decision.reason);
        self.say(place, note(LogLevel::Info, text));
        let is_champion = decision.is_champion || is_champion;
        Ok(TaskOutput::Promoted { is_champion, reason: decision.reason })
    }

    /// A version that became the champion challenges nobody any more.
    fn without_challenger(&self, model: &str, version: u32) -> Result<RegistryChange, RegistryError> {
        let challenger = self.plan.registry.model(model).and_then(|model| model.aliased(CHALLENGER));
        match challenger.filter(|challenger| challenger.version == version) {
            Some(_) => self.plan.registry.remove_alias(model, CHALLENGER),
            None => Err(RegistryError::Unchanged),
        }
    }

    /// One more entry of the registry's history. Its id follows from flow run, task and number.
    fn change_registry(
        &mut self,
        (place, number): (usize, u8),
        change: RegistryChange,
        why: &str,
    ) -> Result<(), String> {
        let key = format!("{}.{place}.{number}", self.plan.run.root);
        let ContentHash(hash) = ContentHash::of(key.as_bytes());
        let mut entropy = [0; 10];
        entropy.copy_from_slice(&hash[..10]);
        let event = self.plan.registry.event(change, (&self.plan.who, why), self.now, entropy);
        let event = event.map_err(sentence)?;
        self.plan.registry.apply(&event);
        self.outbox.put(Record::Registry(event));
        Ok(())
    }

    /// A line of the task at `place`.
    pub(super) fn say(&mut self, place: usize, (level, text): (LogLevel, String)) {
        let key = self.plan.flow.tasks[place].key.clone();
        self.journal.say(self.now, level, &key, text);
    }
}

fn sentence(error: RegistryError) -> String {
    format!("{error}.")
}
