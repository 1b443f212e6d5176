//! The history of one model: its events, what stood in a stage and when, and the way back.
//!
//! A model is followed through its renames: its events are found by what it is called now.

use engine::num::SortedMap;

use super::change::{RegistryChange, RegistryEvent, Stage};
use super::fold::Registry;
use super::refusal::RegistryError;
use crate::id::Millis;

/// The events of the model that is called `name` now, or was when it was deleted; oldest first.
pub fn history_of<'a>(
    events: impl IntoIterator<Item = &'a RegistryEvent>,
    name: &str,
) -> Vec<&'a RegistryEvent> {
    let mut by_name: SortedMap<&str, Vec<&RegistryEvent>> = SortedMap::new();
    for event in events {
        let own = by_name.get_or_insert_with(event.change.model(), Vec::new);
        if is_gone(own) {
            // Another model begins under the name of one that was deleted.
            own.clear();
        }
        own.push(event);
        if let RegistryChange::Rename { model, to } = &event.change
            && by_name.get(to.as_str()).is_none_or(|taken| is_gone(taken))
        {
            let moved = by_name.remove(model.as_str()).unwrap_or_default();
            by_name.insert(to, moved);
        }
    }
    by_name.remove(name).unwrap_or_default()
}

fn is_gone(history: &[&RegistryEvent]) -> bool {
    history.last().is_some_and(|last| matches!(last.change, RegistryChange::DeleteModel { .. }))
}

/// A time in which one version was in a stage, or none was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The version; none while none was there.
    pub version: Option<u32>,
    /// Since when.
    pub from: Millis,
    /// Until when; none where it still is.
    pub until: Option<Millis>,
}

/// What was in `stage` (the newest of several), one period after the other, since the model began.
pub fn periods_in<'a>(
    events: impl IntoIterator<Item = &'a RegistryEvent>,
    name: &str,
    stage: Stage,
) -> Vec<Period> {
    let mut registry = Registry::default();
    let mut periods: Vec<Period> = Vec::new();
    for event in history_of(events, name) {
        registry.apply(event);
        let known = match &event.change {
            RegistryChange::Rename { to, .. } => registry.model(to),
            change => registry.model(change.model()),
        };
        let version = known.and_then(|model| model.in_stage(stage)).map(|version| version.version);
        match periods.last_mut() {
            Some(last) if last.version == version => {}
            before => {
                if let Some(last) = before {
                    last.until = Some(event.at);
                }
                periods.push(Period { version, from: event.at, until: None });
            }
        }
    }
    periods
}

/// The change that lets aliases and stages of `model` be again as they were at `to`, before the last move where no
/// time is given. What was not registered by then and is in use now is archived.
///
/// # Errors
/// Where there is no such model, or nothing was different then.
pub fn roll_back(
    events: &[RegistryEvent],
    model: &str,
    to: Option<Millis>,
) -> Result<RegistryChange, RegistryError> {
    let now = Registry::from_events(events);
    let known = now.known(model)?;
    let nothing = || RegistryError::NothingToRollBack { model: model.to_owned() };
    let own = history_of(events, model);
    let last_move = || own.iter().rev().find(|event| event.change.moves()).map(|event| event.at);
    let to = match to {
        Some(to) => to,
        None => Millis(last_move().ok_or_else(nothing)?.0.saturating_sub(1)),
    };
    // At that time it may have had another name.
    let mut then = Registry::default();
    let mut name = None;
    for event in own.iter().filter(|event| event.at <= to) {
        then.apply(event);
        name = Some(match &event.change {
            RegistryChange::Rename { to, .. } => to.as_str(),
            change => change.model(),
        });
    }
    let before = name.and_then(|name| then.model(name)).ok_or_else(nothing)?;
    let aliases = before.aliases.clone();
    if let Some((alias, version)) = aliases.iter().find(|(_, version)| known.version(**version).is_none()) {
        let (model, alias, version) = (model.to_owned(), alias.clone(), *version);
        return Err(RegistryError::VersionOfThenDeleted { model, alias, version });
    }
    let stage_of = |number: u32, stage: Stage| match before.version(number) {
        Some(version) => version.stage,
        None if stage.is_active() => Stage::Archived,
        None => stage,
    };
    let stages: Vec<(u32, Stage)> = known
        .versions
        .iter()
        .map(|version| (version.version, stage_of(version.version, version.stage)))
        .filter(|(_, stage)| *stage != Stage::None)
        .collect();
    let stages_now = known.versions.iter().filter(|version| version.stage != Stage::None);
    let is_same =
        aliases == known.aliases && stages_now.map(|v| (v.version, v.stage)).eq(stages.iter().copied());
    if is_same {
        return Err(nothing());
    }
    Ok(RegistryChange::RollBack { model: model.to_owned(), to, aliases, stages })
}
