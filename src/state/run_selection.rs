//! Runs that a person chose: in the table, by a brush on a chart, by a key. They stay chosen from page to page.
//!
//! In: ids, and the order in which runs are shown. Out: the ids chosen, oldest first. Never: a run itself, which may be
//! gone by now.

use engine::num::SortedMap;
use leptos::prelude::*;
use track::id::RunId;

use crate::reactive::State;

/// Fewest and most runs that can be compared.
pub const COMPARED: std::ops::RangeInclusive<usize> = 2..=20;

/// Which runs are chosen, and from which on the next stretch goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    ids: SortedMap<RunId, ()>,
    /// Where a stretch begins, and what was chosen before it.
    anchor: Option<(RunId, SortedMap<RunId, ()>)>,
}

impl Chosen {
    /// Whether a run is chosen.
    pub fn has(&self, id: &RunId) -> bool {
        self.ids.contains_key(id)
    }

    /// The runs, oldest first.
    pub fn ids(&self) -> Vec<RunId> {
        self.ids.keys().cloned().collect()
    }

    /// Chooses a run, or does so no longer; a stretch begins here.
    pub fn toggle(&mut self, id: &RunId) {
        if self.ids.remove(id).is_none() {
            self.ids.insert(id.clone(), ());
        }
        self.anchor = Some((id.clone(), self.ids.clone()));
    }

    /// Chooses everything from where the stretch began to `to`, as `shown` orders it, besides what was chosen before
    /// the stretch. A stretch that began nowhere that is shown begins at `to`.
    pub fn stretch(&mut self, shown: &[RunId], to: &RunId) {
        let place = |id: &RunId| shown.iter().position(|other| other == id);
        let Some(end) = place(to) else { return };
        let begun = self.anchor.as_ref().and_then(|(id, before)| Some((place(id)?, before.clone())));
        let Some((begin, mut ids)) = begun else {
            self.ids.insert(to.clone(), ());
            self.anchor = Some((to.clone(), self.ids.clone()));
            return;
        };
        ids.extend(shown[begin.min(end)..=begin.max(end)].iter().map(|id| (id.clone(), ())));
        self.ids = ids;
    }

    /// Chooses these and no others.
    pub fn replace(&mut self, ids: impl IntoIterator<Item = RunId>) {
        self.ids = ids.into_iter().map(|id| (id, ())).collect();
        self.anchor = None;
    }
}

/// The runs that are chosen. `Copy`; from context by `use_run_selection`.
#[derive(Clone, Copy)]
pub struct RunSelection {
    chosen: State<Chosen>,
}

impl RunSelection {
    /// The runs, oldest first; followed.
    pub fn ids(self) -> Vec<RunId> {
        self.chosen.with(Chosen::ids)
    }

    /// The same, not followed.
    pub fn ids_untracked(self) -> Vec<RunId> {
        self.chosen.with_untracked(Chosen::ids)
    }

    /// How many they are; followed.
    pub fn n_chosen(self) -> usize {
        self.chosen.with(|chosen| chosen.ids.len())
    }

    /// Whether a run is one of them; followed.
    pub fn has(self, id: &RunId) -> bool {
        self.chosen.with(|chosen| chosen.has(id))
    }

    /// The same, not followed.
    pub fn has_untracked(self, id: &RunId) -> bool {
        self.chosen.with_untracked(|chosen| chosen.has(id))
    }

    /// Chooses a run, or does so no longer.
    pub fn toggle(self, id: &RunId) {
        self.chosen.update(|chosen| chosen.toggle(id));
    }

    /// Chooses everything from the run last chosen by itself to this one, in the order shown.
    pub fn stretch(self, shown: &[RunId], to: &RunId) {
        self.chosen.update(|chosen| chosen.stretch(shown, to));
    }

    /// Chooses these and no others, as a brush does.
    pub fn replace(self, ids: impl IntoIterator<Item = RunId>) {
        self.chosen.update(|chosen| chosen.replace(ids));
    }
}

pub(super) fn provide_run_selection() {
    provide_context(RunSelection { chosen: State::new(Chosen::default()) });
}

/// The runs that are chosen.
pub fn use_run_selection() -> RunSelection {
    use_context().expect("`provide_app_state` in `App` provides the selection of runs")
}

/// Where chosen runs are compared; none where they are too few or too many.
pub fn address_to_compare(ids: &[RunId]) -> Option<String> {
    let listed: Vec<&str> = ids.iter().map(RunId::as_str).collect();
    COMPARED.contains(&ids.len()).then(|| format!("/runs/compare?runs={}", listed.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<RunId> {
        text.chars().map(|c| RunId(c.to_string())).collect()
    }

    /// What is chosen after keys: a letter toggles its run, a capital one stretches to it.
    #[track_caller]
    fn check(keys: &str, expected: &str) {
        let shown = ids("abcdef");
        let mut chosen = Chosen::default();
        for key in keys.chars() {
            let id = RunId(key.to_ascii_lowercase().to_string());
            if key.is_ascii_uppercase() { chosen.stretch(&shown, &id) } else { chosen.toggle(&id) }
        }
        assert_eq!(chosen.ids(), ids(expected), "{keys}");
    }

    #[test]
    fn runs_are_chosen_one_by_one() {
        check("", "");
        check("ca", "ac");
        check("aca", "c");
    }

    #[test]
    fn a_stretch_grows_and_shrinks_and_leaves_what_was_chosen_before() {
        check("bE", "bcde");
        check("bEC", "bc");
        check("dB", "bcd");
        check("facE", "acdef");
        check("facEB", "abcf");
        check("C", "c");
        check("CE", "cde");
        check("Z", "");
    }

    #[test]
    fn a_brush_chooses_nothing_else() {
        let mut chosen = Chosen::default();
        chosen.toggle(&RunId("a".into()));
        chosen.replace(ids("cb"));
        assert_eq!(chosen.ids(), ids("bc"));
        assert!(chosen.has(&RunId("b".into())) && !chosen.has(&RunId("a".into())));
        chosen.stretch(&ids("abc"), &RunId("a".into()));
        assert_eq!(chosen.ids(), ids("abc"), "a stretch of its own");
    }

    #[test]
    fn two_to_twenty_runs_are_compared() {
        assert_eq!(address_to_compare(&ids("a")), None);
        assert_eq!(address_to_compare(&ids("ab")).as_deref(), Some("/runs/compare?runs=a,b"));
        assert_eq!(address_to_compare(&ids("abcdefghijklmnopqrstu")), None);
    }
}
