//! Views of the runs table kept under a name: columns, filter, order, groups, as the address says them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::experiment::Lifecycle;
use track::id::{Millis, SavedId};
use track::record::{Collection, Record};
use track::saved::{Saved, SavedContent};

use super::Shared;
use super::loadable::{Loadable, show};
use super::refresh::Refresh;
use crate::reactive::{Held, State};
use crate::services::clock;

/// Most things kept under a name that are looked at.
const MAX_KEPT: usize = 500;
/// Longest name, in characters.
const MAX_NAME_CHARS: usize = 80;

/// A view kept under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptView {
    /// Its record.
    pub id: SavedId,
    /// When it was kept first.
    pub created: Millis,
    /// Its name.
    pub name: String,
    /// What the address says, from its `?` on.
    pub query: String,
}

impl KeptView {
    fn of(record: Record) -> Option<Self> {
        let Record::Saved(Saved { id, created, name, lifecycle: Lifecycle::Active, content, .. }) = record
        else {
            return None;
        };
        match content {
            SavedContent::RunsView { query } => Some(Self { id, created, name, query }),
            SavedContent::Study { .. } | SavedContent::Cleaning { .. } | SavedContent::Board { .. } => None,
        }
    }

    fn saved(&self, lifecycle: Lifecycle) -> Saved {
        let content = SavedContent::RunsView { query: self.query.clone() };
        Saved { lifecycle, ..Saved::new(&self.name, content, self.id.clone(), self.created) }
    }
}

/// What is kept, and what was said about it. `Copy`; from context by `use_kept_views`.
#[derive(Clone, Copy)]
pub struct KeptViews {
    /// What is kept, the newest first.
    pub kept: State<Loadable<Vec<KeptView>>>,
    /// How the last wish went, in one sentence.
    pub said: State<String>,
    /// What was wrong with it.
    pub problem: State<Option<String>>,
    /// What was deleted last, to be taken back.
    pub deleted: State<Option<KeptView>>,
    refresh: Refresh,
    shared: Shared,
}

impl KeptViews {
    /// A page shows them: they are read, and kept true.
    pub fn want(self) {
        self.refresh.want();
    }

    /// Keeps a view under a name; one of that name is replaced.
    pub fn keep(self, name: &str, query: String) {
        let Some(name) = self.clean(name) else { return };
        let known = self.find(|kept| kept.name == name);
        let now = clock::now();
        let new = || (SavedId::new(now, clock::entropy()), now);
        let (id, created) = known.map_or_else(new, |known| (known.id, known.created));
        let said = format!("Saved as '{name}'.");
        self.store(&KeptView { id, created, name, query }, Lifecycle::Active, said);
    }

    /// Calls a view otherwise, and calls `then` once it is.
    pub fn rename(self, id: &SavedId, name: &str, then: impl FnOnce() + 'static) {
        let Some(name) = self.clean(name) else { return };
        if self.find(|kept| kept.name == name && kept.id != *id).is_some() {
            return self.problem.set(Some(format!("There is a view called '{name}' already.")));
        }
        if let Some(kept) = self.find(|kept| kept.id == *id) {
            let said = format!("'{}' is called '{name}' now.", kept.name);
            self.store_then(&KeptView { name, ..kept }, Lifecycle::Active, said, Box::new(then));
        }
    }

    /// Puts a view away; `take_back` brings it again.
    pub fn delete(self, id: &SavedId) {
        let Some(kept) = self.find(|kept| kept.id == *id) else { return };
        self.store(&kept, Lifecycle::Deleted, format!("Deleted '{}'.", kept.name));
        self.deleted.set(Some(kept));
    }

    /// Brings back what was deleted last.
    pub fn take_back(self) {
        if let Some(kept) = self.deleted.try_update(Option::take).flatten() {
            self.store(&kept, Lifecycle::Active, format!("'{}' is back.", kept.name));
        }
    }

    fn clean(self, name: &str) -> Option<String> {
        let kept = clean(name);
        if kept.is_none() {
            self.problem.set(Some("Type a name under which to keep this view.".to_owned()));
        }
        kept
    }

    fn find(self, fits: impl Fn(&KeptView) -> bool) -> Option<KeptView> {
        self.kept
            .with_untracked(|kept| kept.loaded().and_then(|kept| kept.iter().find(|one| fits(one)).cloned()))
    }

    fn store(self, kept: &KeptView, lifecycle: Lifecycle, said: String) {
        self.store_then(kept, lifecycle, said, Box::new(|| ()));
    }

    fn store_then(self, kept: &KeptView, lifecycle: Lifecycle, said: String, then: Box<dyn FnOnce()>) {
        let record = Record::Saved(kept.saved(lifecycle));
        spawn_local(async move {
            let batch = Batch { records: vec![record], blobs: Vec::new() };
            let written = self.shared.get().store.write(batch).await;
            self.problem.set(written.as_ref().err().map(ToString::to_string));
            if written.is_err() {
                return self.said.set(String::new());
            }
            self.said.set(said);
            then();
        });
    }

    async fn load(self) {
        let all = Query::All(Collection::Saved);
        let found = self.shared.get().store.list(&all, Order::Descending, MAX_KEPT).await;
        let found = found.map(|records| Some(records.into_iter().filter_map(KeptView::of).collect()));
        show(self.kept, Loadable::from_result(found));
    }
}

/// A name as it is kept; none where nothing is left of it.
fn clean(name: &str) -> Option<String> {
    let kept: String = name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    (!kept.is_empty()).then_some(kept)
}

pub(super) fn provide_kept_views(shared: Shared) {
    let handle: Held<Option<KeptViews>> = Held::new(None);
    let refresh = Refresh::new(shared, move || async move {
        if let Some(kept) = handle.get() {
            kept.load().await;
        }
    });
    let kept = KeptViews {
        kept: State::new(Loadable::Loading),
        said: State::new(String::new()),
        problem: State::new(None),
        deleted: State::new(None),
        refresh,
        shared,
    };
    handle.set(Some(kept));
    provide_context(kept);
}

/// What is kept.
pub fn use_kept_views() -> KeptViews {
    use_context().expect("`provide_app_state` in `App` provides kept views")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_again_until_it_is_put_away() {
        let kept = KeptView {
            id: SavedId::new(Millis(7), [1; 10]),
            created: Millis(7),
            name: "best".into(),
            query: "?sort=metrics.test_f1%20DESC".into(),
        };
        assert_eq!(KeptView::of(Record::Saved(kept.saved(Lifecycle::Active))), Some(kept.clone()));
        assert_eq!(KeptView::of(Record::Saved(kept.saved(Lifecycle::Deleted))), None);
        assert_eq!((clean(" \n"), clean(" a ")), (None, Some("a".to_owned())));
    }
}
