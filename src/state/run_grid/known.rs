//! Which keys runs have, with values seen, for completion and for the choice of columns. Pure.

use engine::num::SortedMap;
use track::filter::{Key, KnownKeys};

use super::AllRuns;

/// Values of a key that completion offers.
const MAX_VALUES_OFFERED: usize = 12;

impl AllRuns {
    /// Every key that a run has, with values seen.
    pub fn known(&self) -> KnownKeys {
        let (mut metrics, mut params, mut tags) = (Seen::default(), Seen::default(), Seen::default());
        for run in &self.runs {
            metrics.note(&run.metrics);
            params.note(&run.params);
            tags.note(&run.tags);
        }
        let metrics = metrics.0.into_iter().map(|(name, _)| (Key::Metric(name.to_owned()), Vec::new()));
        let param = |(name, values): (&str, Vec<&track::run::ParamValue>)| {
            (Key::Param(name.to_owned()), values.into_iter().map(|value| value.as_logged()).collect())
        };
        let tag = |(name, values): (&str, Vec<&String>)| {
            (Key::Tag(name.to_owned()), values.into_iter().cloned().collect())
        };
        let params = params.0.into_iter().map(param);
        KnownKeys { keys: metrics.chain(params).chain(tags.0.into_iter().map(tag)).collect() }
    }
}

/// Names in order, each with its first different values. Runs have mostly the same names, so that one walk along both
/// lists finds each at once.
struct Seen<'a, V>(Vec<(&'a str, Vec<&'a V>)>);

impl<V> Default for Seen<'_, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'a, V: PartialEq> Seen<'a, V> {
    fn note(&mut self, entries: &'a SortedMap<String, V>) {
        let mut at = 0;
        for (name, value) in entries {
            while self.0.get(at).is_some_and(|(seen, _)| *seen != name && *seen < name.as_str()) {
                at += 1;
            }
            if self.0.get(at).is_none_or(|(seen, _)| *seen != name) {
                self.0.insert(at, (name, Vec::new()));
            }
            let values = &mut self.0[at].1;
            if values.len() < MAX_VALUES_OFFERED && !values.contains(&value) {
                values.push(value);
            }
            at += 1;
        }
    }
}
