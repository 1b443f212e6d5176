//! Cleanings kept under a name: listed, kept, opened, forgotten.

use engine::text::CleanStep;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::experiment::Lifecycle;
use track::id::{Millis, SavedId};
use track::record::{Collection, Record};
use track::saved::{Saved, SavedContent};

use super::Playground;
use super::form::CleaningForm;
use crate::services::clock;
use crate::state::loadable::{Loadable, begin, show};

/// Most things kept under a name that are looked at.
const MAX_KEPT: usize = 500;
/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// A cleaning kept under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptCleaning {
    /// Its record.
    pub id: SavedId,
    /// Its name.
    pub name: String,
    /// When it was kept first.
    pub created: Millis,
    /// Its steps.
    pub steps: Vec<CleanStep>,
}

impl Playground {
    /// A part of the page shows what is kept: it is read, and kept true.
    pub fn want_kept(self) {
        self.refresh.want();
    }

    /// Keeps the steps under a name; a cleaning of that name is replaced.
    pub fn keep(self, name: &str) {
        let name: String = name.trim().chars().take(MAX_NAME_CHARS).collect();
        if name.is_empty() {
            return self.problem.set(Some("Type a name under which to keep this cleaning.".to_owned()));
        }
        let Some(steps) = self.form.with_untracked(CleaningForm::cleaning) else { return };
        let known = self.kept.with_untracked(|kept| {
            kept.loaded().and_then(|kept| kept.iter().find(|kept| kept.name == name)).cloned()
        });
        let now = clock::now();
        let (id, created) = match known {
            Some(known) => (known.id, known.created),
            None => (SavedId::new(now, clock::entropy()), now),
        };
        self.store(Saved::new(&name, SavedContent::Cleaning { steps }, id, created));
    }

    /// The steps become those of a cleaning that is kept.
    pub fn open_kept(self, kept: &KeptCleaning) {
        self.form.set(CleaningForm::of(&kept.steps));
    }

    /// Puts a kept cleaning away.
    pub fn forget(self, kept: &KeptCleaning) {
        let KeptCleaning { id, name, created, steps } = kept.clone();
        let saved = Saved::new(&name, SavedContent::Cleaning { steps }, id, created);
        self.store(Saved { lifecycle: Lifecycle::Deleted, ..saved });
    }

    fn store(self, saved: Saved) {
        spawn_local(async move {
            let batch = Batch { records: vec![Record::Saved(saved)], blobs: Vec::new() };
            let written = self.shared.get().store.write(batch).await;
            self.say(written.map_err(|error| error.to_string()));
        });
    }

    pub(super) async fn load_kept(self) {
        begin(self.kept);
        let all = Query::All(Collection::Saved);
        let found = self.shared.get().store.list(&all, Order::Descending, MAX_KEPT).await;
        show(
            self.kept,
            match found {
                Ok(records) => Loadable::Loaded(records.into_iter().filter_map(kept_cleaning).collect()),
                Err(error) => Loadable::Failed(error.to_string()),
            },
        );
    }
}

fn kept_cleaning(record: Record) -> Option<KeptCleaning> {
    match record {
        Record::Saved(Saved { id, created, name, lifecycle: Lifecycle::Active, content, .. }) => {
            let SavedContent::Cleaning { steps } = content else { return None };
            Some(KeptCleaning { id, name, created, steps })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_away_is_not_listed() {
        let steps = vec![CleanStep::Lowercase];
        let id = SavedId::new(Millis(7), [1; 10]);
        let content = SavedContent::Cleaning { steps: steps.clone() };
        let saved = Saved::new("plain", content, id.clone(), Millis(7));
        let kept = KeptCleaning { id, name: "plain".into(), created: Millis(7), steps };
        assert_eq!(kept_cleaning(Record::Saved(saved.clone())), Some(kept));
        let gone = Saved { lifecycle: Lifecycle::Deleted, ..saved };
        assert_eq!(kept_cleaning(Record::Saved(gone)), None);
    }
}
