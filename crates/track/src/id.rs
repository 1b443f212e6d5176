//! Identifiers that sort by time, and the instants they carry.
//!
//! A root id is 26 characters of Crockford's base 32: 48 bits of milliseconds, then 80 bits given by
//! the caller (random in the program, counted in tests). A trial's or a final fit's id is derived from
//! its study's, so the same study names its children alike whatever worker finished them first.

use std::fmt;

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToJson,
    FromJson,
)]
#[serde(transparent)]
pub struct Millis(pub u64);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Formats 48 bits of time and 80 bits of the caller's entropy as 26 characters that sort by time.
pub fn sortable(created: Millis, entropy: [u8; 10]) -> String {
    let mut bits = u128::from(created.0 & ((1 << 48) - 1)) << 80;
    for (i, byte) in entropy.iter().enumerate() {
        bits |= u128::from(*byte) << (72 - 8 * i);
    }
    (0..26).map(|i| char::from(CROCKFORD[((bits >> (125 - 5 * i)) & 31) as usize])).collect()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToJson, FromJson)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// An id that sorts by `created`.
            pub fn new(created: Millis, entropy: [u8; 10]) -> Self {
                Self(sortable(created, entropy))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// Names an experiment.
    ExperimentId,
    /// Names a dataset: one stored file read by one recipe.
    DatasetId,
    /// Names a run of any kind: study, trial, fit.
    RunId,
    /// Names an entry of the registry's history.
    EventId,
    /// Names something kept under a name.
    SavedId,
    /// Names an answer that was kept, or those of a file.
    PredictionId,
    /// Names what a person said of an answer.
    FeedbackId,
    /// Names a flow, in all its versions.
    FlowId,
    /// Names a deployment: a flow with its parameters and schedules.
    DeploymentId,
    /// Names a run of a flow.
    FlowRunId,
    /// Names a run of a task; it begins with its flow run's.
    TaskRunId,
    /// Names an automation.
    AutomationId,
    /// Names something that happened to flows.
    FlowEventId,
    /// Names an A/B test.
    AbTestId,
    /// Names a review that both sides of an A/B test answered.
    AbAnswerId,
    /// Names a report of drift.
    ReportId,
}

impl RunId {
    /// The id of trial `number` of the study's search `search`: it sorts after the study and in order.
    pub fn trial(&self, search: usize, number: usize) -> RunId {
        RunId(format!("{}.{search:02}.{number:06}", self.0))
    }

    /// The id of the final fit of the study's search `search`: it sorts after that search's trials.
    pub fn final_fit(&self, search: usize) -> RunId {
        RunId(format!("{}.{search:02}.fit", self.0))
    }

    /// The id of the final fit after the study was resumed and `n_earlier` fits of that search were recorded.
    pub fn later_fit(&self, search: usize, n_earlier: usize) -> RunId {
        match n_earlier {
            0 => self.final_fit(search),
            later => RunId(format!("{}.{search:02}.fit.{later:03}", self.0)),
        }
    }

    /// Of a trial's or fit's id its search, and the trial's number; `None` of another study's child.
    pub fn child_of(&self, study: &RunId) -> Option<(usize, Option<usize>)> {
        let (search, rest) = self.0.strip_prefix(&study.0)?.strip_prefix('.')?.split_once('.')?;
        Some((search.parse().ok()?, rest.parse().ok()))
    }
}

impl FlowRunId {
    /// The id of its task number `number`: tasks of a flow run stand together, in order.
    pub fn task(&self, number: usize) -> TaskRunId {
        TaskRunId(format!("{}.{number:03}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_says_whose_it_is() {
        let study = RunId::new(Millis(7), [3; 10]);
        assert_eq!(study.trial(2, 41).child_of(&study), Some((2, Some(41))));
        assert_eq!(study.later_fit(11, 1).child_of(&study), Some((11, None)));
        assert_eq!(study.trial(2, 41).child_of(&RunId::new(Millis(8), [3; 10])), None);
        assert_eq!(study.child_of(&study), None);
    }

    #[test]
    fn ids_sort_by_time_whatever_their_entropy() {
        let early = RunId::new(Millis(1_700_000_000_000), [255; 10]);
        let late = RunId::new(Millis(1_700_000_000_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.0.len(), 26);
    }

    #[test]
    fn children_sort_after_their_study_in_order() {
        let study = RunId::new(Millis(7), [3; 10]);
        let ids =
            [study.clone(), study.trial(0, 9), study.trial(0, 10), study.final_fit(0), study.trial(1, 0)];
        assert!(ids.is_sorted());
        let later = [study.later_fit(0, 0), study.later_fit(0, 1), study.later_fit(0, 2), study.trial(1, 0)];
        assert!(later.is_sorted() && later[0] == ids[3]);
    }
}
