//! Searches that end before their last trial: in time, for want of settings, because it is pointless to go on.

use engine::models::ModelKind;
use engine::tune::{SearchEnd, best_trial};
use track::id::Millis;

use super::{Stage, StudyDriver};
use crate::protocol::Ticket;

const MS_PER_MINUTE: f64 = 60_000.0;

/// What `ENDED_TAG` says: the models whose searches ended before their last trial, each with why.
pub fn early_ends(tag: &str) -> Vec<(ModelKind, String)> {
    let begins = |model: &ModelKind| {
        let title = format!("{}: ", model.as_str());
        // A name stands at the beginning, or after the sentence of the one before it.
        let is_title = |at: &usize| *at == 0 || tag[..*at].ends_with(". ");
        let at = tag.match_indices(&title).map(|(at, _)| at).find(is_title)?;
        Some((at, at + title.len(), *model))
    };
    let mut titles: Vec<(usize, usize, ModelKind)> = ModelKind::EVERY.iter().filter_map(begins).collect();
    titles.sort_unstable_by_key(|title| title.0);
    let ends = titles.iter().skip(1).map(|next| next.0).chain([tag.len()]);
    titles.iter().zip(ends).map(|((_, from, model), to)| (*model, tag[*from..to].trim().to_owned())).collect()
}

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
        let granted = (minutes * MS_PER_MINUTE).ceil() as u64;
        // A study that goes on has what earlier goes left of its minutes.
        is_searching.then(|| Millis(self.begun.0 + granted.saturating_sub(self.earlier_ms)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_of_early_ends_is_read_again() {
        let one = "Every setting of its space was tried.";
        let other = "The 0.5 minutes were over.";
        let tag = format!("LogisticRegression: {one} MultinomialNB: {other}");
        let expected =
            [(ModelKind::LogisticRegression, one.to_owned()), (ModelKind::MultinomialNb, other.to_owned())];
        assert_eq!(early_ends(&tag), expected);
        assert_eq!(early_ends(""), []);
    }
}
