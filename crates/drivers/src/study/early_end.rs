//! Searches that end before their last trial: in time, for want of settings, because it is pointless to go on.

use engine::tune::{SearchEnd, best_trial};
use track::id::Millis;

use super::{Stage, StudyDriver};
use crate::protocol::Ticket;

const MS_PER_MINUTE: f64 = 60_000.0;

impl StudyDriver {
    /// A search that is over without a complete trial has failed.
    pub(super) fn fail_without_best(&mut self, search: usize) {
        let state = &self.searches[search];
        if state.failed.is_none() && !state.is_searching() && best_trial(&state.trials).is_none() {
            self.fail(search, state.why_nothing());
        }
    }

    /// When no trial is waited for any more.
    pub(super) fn deadline(&self) -> Option<Millis> {
        let minutes = self.plan.study.minutes?;
        let is_searching = self.stage == Stage::Searching;
        is_searching.then(|| Millis(self.begun.0 + (minutes * MS_PER_MINUTE).ceil() as u64))
    }

    /// The minutes are over: slices under way are given up, and what was found is fitted.
    pub(super) fn end_in_time(&mut self) {
        let (Some(deadline), Some(minutes)) = (self.deadline(), self.plan.study.minutes) else { return };
        if self.last < deadline {
            return;
        }
        for search in 0..self.searches.len() {
            if !self.searches[search].is_searching() {
                continue;
            }
            let of_search = self.in_flight.iter().filter(|(_, busy)| **busy == search);
            let tickets: Vec<Ticket> = of_search.map(|(ticket, _)| *ticket).collect();
            self.in_flight.retain(|ticket, _| !tickets.contains(ticket));
            self.cancelled.extend(tickets);
            self.searches[search].ended = Some(SearchEnd::OutOfTime { minutes });
            self.fail_without_best(search);
        }
    }

    /// Which searches ended early, and why.
    pub(super) fn early_ends(&self) -> Option<String> {
        let said = self
            .searches
            .iter()
            .filter_map(|search| Some(format!("{}: {}", search.model.as_str(), search.ended.as_ref()?)));
        let said: Vec<String> = said.collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}
