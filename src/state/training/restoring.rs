//! The study of the store that was worked at last, or one that a person chose, shown where this tab makes none: after a
//! reload, and while another tab makes one.

use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::{Run, RunKind};

use super::resuming::MAX_CHILDREN;
use super::{Training, is_preparing};
use crate::state::live_study::LiveStudy;
use crate::state::loadable::{self, Loadable};

/// Studies, the newest, among which the one worked at last is looked for: an older one may have gone on.
const RECENT_STUDIES: usize = 20;

/// The last study of the store, beside what is shown.
enum Last {
    None,
    /// Shown already, to its end: what was seen of it here says more than its records.
    AsShown,
    Study(Box<LiveStudy>),
}

impl Training {
    /// Shows a study of the store, whichever it is, and lets it go on if that is wanted. Nothing while another is
    /// under way.
    pub fn choose(self, study: RunId, goes_on: bool) {
        if !self.is_running() {
            self.bench.update(|bench| (bench.chosen, bench.goes_on) = (Some(study), goes_on));
            self.restore();
        }
    }

    /// Reads the last study of the store again and shows it.
    pub(super) fn restore(self) {
        self.live.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Shows the last study of the store, unless this tab is making one or could not begin one.
    pub(super) async fn follow(self) {
        let start = self.bench.with(|bench| bench.n_starts);
        let is_free = move || {
            self.bench.with(|bench| bench.pump.is_none() && bench.n_starts == start)
                && self.live.with_untracked(|live| {
                    !is_preparing(live) && live.loaded().is_none_or(|live| live.run.is_some())
                })
        };
        if !is_free() {
            return;
        }
        let found = self.last_study().await;
        if !is_free() {
            return;
        }
        let ended = found.as_ref().ok().and_then(|(_, ended)| ended.clone());
        match found.map(|(last, _)| last) {
            Ok(Last::AsShown) => {}
            // What was loaded stays: the next change of the store is another chance.
            Err(_) if self.live.with_untracked(Loadable::is_loaded) => {}
            Ok(Last::None) => loadable::show(self.live, Loadable::Nothing),
            Ok(Last::Study(study)) => {
                self.bench.update(|bench| bench.summary_json = None);
                loadable::show(self.live, Loadable::Loaded(*study));
            }
            Err(error) => self.live.set(Loadable::Failed(error.to_string())),
        }
        // The end that cut it off is stored by now, and cannot come after its new beginning.
        let is_taken_up = ended.is_some_and(|study| self.shared.get().store.takes_up(&study));
        let is_asked_to = self.bench.update(|bench| std::mem::take(&mut bench.goes_on)).unwrap_or_default();
        if is_taken_up || is_asked_to {
            self.go_on();
        }
    }

    /// The study that was chosen, if it is there.
    async fn chosen_study(self) -> Result<Option<Run>, StoreError> {
        let Some(chosen) = self.bench.with(|bench| bench.chosen.clone()) else { return Ok(None) };
        let found = self.shared.get().store.get(Collection::Runs, chosen.as_str()).await?;
        Ok(match found {
            Some(Record::Run(study)) if study.kind == RunKind::Study => Some(study),
            _ => None,
        })
    }

    /// The study to show, and its run where that is stored as ended.
    async fn last_study(self) -> Result<(Last, Option<RunId>), StoreError> {
        let services = self.shared.get();
        // Those that flow runs of this tab make are theirs.
        let of_flows = services.studies_of_flows.borrow().clone();
        let study = match self.chosen_study().await? {
            Some(chosen) => Some(chosen),
            None => {
                let studies = Query::RunsOfKind(RunKind::Study);
                let n_looked_at = RECENT_STUDIES + of_flows.len();
                let newest = services.store.list(&studies, Order::Descending, n_looked_at).await?;
                let own = newest.into_iter().filter_map(|record| match record {
                    Record::Run(study) if !of_flows.contains(&study.id) => Some(study),
                    _ => None,
                });
                worked_at_last(own)
            }
        };
        let Some(study) = study else { return Ok((Last::None, None)) };
        let ended = study.has_ended().then(|| study.id.clone());
        let is_shown =
            self.live.with_untracked(|live| live.loaded().is_some_and(|live| live.is_end_of(&study.id)));
        // What was at its end may go on in another tab.
        if is_shown && study.has_ended() {
            return Ok((Last::AsShown, ended));
        }
        let children = Query::RunsOfParent(study.id.clone());
        let children: Vec<Run> = services
            .store
            .list(&children, Order::Descending, MAX_CHILDREN)
            .await?
            .into_iter()
            .rev()
            .filter_map(|record| if let Record::Run(run) = record { Some(run) } else { None })
            .collect();
        // One that has not ended, and that this tab would write but does not drive, was cut off.
        let was_cut_off = !study.has_ended() && services.store.is_writer().await;
        let study = if was_cut_off { study.cut_off(children.last()) } else { study };
        self.plots.show_records(&study, &children);
        Ok((Last::Study(Box::new(LiveStudy::from_records(&study, &children))), ended))
    }
}

/// Of studies, the newest first, the one that is under way or was until last.
fn worked_at_last(studies: impl Iterator<Item = Run>) -> Option<Run> {
    studies.reduce(|last, next| {
        let until = |study: &Run| (!study.has_ended(), study.ended);
        if until(&next) > until(&last) { next } else { last }
    })
}

#[cfg(test)]
mod tests {
    use track::id::Millis;
    use track::run::RunState;

    use super::*;
    use crate::state::comparison::samples::run;

    #[test]
    fn the_study_worked_at_last_is_shown_however_old_it_is() {
        let study = |name: &str, state: RunState, ended: Option<u64>| Run {
            name: name.to_owned(),
            kind: RunKind::Study,
            state,
            ended: ended.map(Millis),
            ..run(&[], &[])
        };
        let names = |studies: Vec<Run>| worked_at_last(studies.into_iter()).map(|study| study.name);
        let new = study("new", RunState::Finished, Some(20));
        let old = study("old", RunState::Finished, Some(10));
        assert_eq!(names(vec![new.clone(), old.clone()]).as_deref(), Some("new"));
        let gone_on = study("gone on", RunState::Finished, Some(30));
        assert_eq!(names(vec![new.clone(), gone_on]).as_deref(), Some("gone on"));
        let at_work = study("at work", RunState::Running, None);
        assert_eq!(names(vec![new.clone(), at_work]).as_deref(), Some("at work"));
        assert_eq!(
            names(vec![new.clone(), study("equal", RunState::Finished, Some(20))]).as_deref(),
            Some("new")
        );
        assert_eq!(names(Vec::new()), None);
    }
}
