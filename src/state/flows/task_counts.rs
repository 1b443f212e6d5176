//! How many task runs of each state there were: read after the runs, which are shown first.

use leptos::prelude::on_cleanup;
use leptos::task::spawn_local;
use storage::{Order, Query};
use track::id::Millis;
use track::record::{Collection, Record};

use super::Flows;
use super::figures::Counts;
use crate::reactive::{Held, State, follow};
use crate::services::clock;

/// Task runs that are read, the newest.
pub const MAX_READ: usize = 20_000;
/// How long the page is drawn before task runs are read, and how long after a reading the next may begin.
const PAUSE_MS: i32 = 1_500;

impl Flows {
    /// Counts the task runs made since `from`, again when runs change while the current owner lives.
    pub fn task_counts(self, from: impl Fn() -> Millis + 'static) -> State<Option<Counts>> {
        let counts = State::new(None);
        let alive = Held::new(true);
        let is_stale = Held::new(false);
        let is_reading = Held::new(false);
        on_cleanup(move || alive.set(false));
        follow(move || {
            self.book.track();
            let from = from();
            is_stale.set(true);
            if is_reading.update(|is_reading| std::mem::replace(is_reading, true)) != Some(false) {
                return;
            }
            spawn_local(async move {
                while is_stale.update(std::mem::take) == Some(true) {
                    clock::sleep(PAUSE_MS / 5).await;
                    if alive.try_get() != Some(true) {
                        return;
                    }
                    if let Some(found) = self.count_tasks(from).await {
                        counts.set_if_new(Some(found));
                    }
                    clock::sleep(PAUSE_MS).await;
                }
                is_reading.set(false);
            });
        });
        counts
    }

    async fn count_tasks(self, from: Millis) -> Option<Counts> {
        let services = self.shared.try_get()?;
        let all = Query::All(Collection::TaskRuns);
        let records = services.store.list(&all, Order::Descending, MAX_READ).await.ok()?;
        let mut counts = Counts::new();
        for record in records {
            let Record::TaskRun(task) = record else { continue };
            if task.created >= from {
                *counts.get_or_insert_with(task.state.of_type(), || 0) += 1;
            }
        }
        Some(counts)
    }
}
