//! The last study of the store, shown where this tab makes none: after a reload, and while another tab makes one.

use storage::{Order, Query, StoreError};
use track::id::RunId;
use track::record::Record;
use track::run::{Run, RunKind};

use super::resuming::MAX_CHILDREN;
use super::{Training, is_preparing};
use crate::state::live_study::LiveStudy;
use crate::state::loadable::{self, Loadable};

/// The last study of the store, beside what is shown.
enum Last {
    None,
    /// Shown already, to its end: what was seen of it here says more than its records.
    AsShown,
    Study(Box<LiveStudy>),
}

impl Training {
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
        if ended.is_some_and(|study| self.shared.get().store.takes_up(&study)) {
            self.go_on();
        }
    }

    /// The last study, and its run where that is stored as ended.
    async fn last_study(self) -> Result<(Last, Option<RunId>), StoreError> {
        let services = self.shared.get();
        // Those that flow runs of this tab make are theirs.
        let of_flows = services.studies_of_flows.borrow().clone();
        let studies = Query::RunsOfKind(RunKind::Study);
        let last = services.store.list(&studies, Order::Descending, 1 + of_flows.len()).await?;
        let study = last.into_iter().find_map(|record| match record {
            Record::Run(study) if !of_flows.contains(&study.id) => Some(study),
            _ => None,
        });
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
