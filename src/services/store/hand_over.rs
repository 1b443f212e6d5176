//! How the writing goes from one tab to another: the one that writes sets its work down first, and answers.
//!
//! A writer that does not answer in time loses the lock all the same. Never: two writers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use storage::{Order, Query};
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::Run;
use wasm_bindgen_futures::spawn_local;

use super::{Role, StoreService};
use crate::reactive::{Derived, State};
use crate::services::{clock, locks};

/// Said to the writer by a tab that is about to take over: set your work down.
const HAND_OVER: &str = "hand over";
/// The writer's answer: what had finished is stored.
const HANDED_OVER: &str = "handed over";
/// How long a tab that takes over waits for that answer; a writer that hangs loses the lock all the same.
const MAX_HAND_OVER_MS: f64 = 1_500.0;
/// How often it looks for the answer.
const LOOK_MS: i32 = 20;

/// Flow runs looked at for the one that made a study.
const MAX_FLOW_RUNS_LOOKED: usize = 100;
/// Characters of an id that are its time.
const TIME_CHARS: usize = 10;

/// What is known of the way from tab to tab.
pub(super) struct HandOver {
    /// How often another tab asked this one, the writer, to set its work down.
    n_asked: State<u64>,
    /// How often a writer said that it has.
    n_answers: Cell<u64>,
    /// This tab is the writer because a person chose so.
    pub(super) has_taken_over: Cell<bool>,
    /// The study that was under way in another tab when this one became the writer.
    pub(super) cut_off: RefCell<Option<RunId>>,
}

impl Default for HandOver {
    fn default() -> Self {
        Self {
            n_asked: State::new(0),
            n_answers: Cell::new(0),
            has_taken_over: Cell::new(false),
            cut_off: RefCell::new(None),
        }
    }
}

impl StoreService {
    /// Becomes the writer; the tab that was it sets its work down, or loses it where it does not answer in time, and
    /// becomes a reader.
    pub fn take_over(self: &Rc<Self>) {
        let service = self.clone();
        spawn_local(async move {
            let n_before = service.hand_over.n_answers.get();
            service.say(HAND_OVER);
            let begun_ms = clock::elapsed_ms();
            let is_waiting = || {
                service.hand_over.n_answers.get() == n_before
                    && clock::elapsed_ms() - begun_ms < MAX_HAND_OVER_MS
                    && service.role.get_untracked() != Role::Writer
            };
            while is_waiting() {
                clock::sleep(LOOK_MS).await;
            }
            service.hand_over.has_taken_over.set(true);
            if service.role.get_untracked() != Role::Writer {
                service.hold(locks::Ask::Steal).await;
            }
        });
    }

    /// Changes when another tab is about to take over: whoever works sets it down, then calls `hand_over`.
    pub fn asked_to_hand_over(&self) -> Derived<u64> {
        self.hand_over.n_asked.into()
    }

    /// Says that what had finished here is stored.
    pub fn hand_over(&self) {
        self.say(HANDED_OVER);
    }

    /// Whether this tab is the writer because a person chose so, in another tab's place.
    pub fn has_taken_over(&self) -> bool {
        self.hand_over.has_taken_over.get()
    }

    /// Whether a study was under way in the tab that a person took over from, so that it goes on here. Says so once.
    pub fn takes_up(&self, study: &RunId) -> bool {
        self.hand_over.has_taken_over.get()
            && self.hand_over.cut_off.borrow_mut().take_if(|cut_off| *cut_off == *study).is_some()
    }

    /// The first of these studies that no flow run made: a flow run goes on with its own.
    pub(super) async fn newest_of_no_flow(&self, studies: &[Run]) -> Option<RunId> {
        let all = Query::All(Collection::FlowRuns);
        let flow_runs = self.list(&all, Order::Descending, MAX_FLOW_RUNS_LOOKED).await.unwrap_or_default();
        // A flow run's studies have the time of its first run in their ids.
        let is_of = |study: &Run, record: &Record| match record {
            Record::FlowRun(run) => {
                study.id.as_str().get(..TIME_CHARS) == run.root.as_str().get(..TIME_CHARS)
            }
            _ => false,
        };
        let of_none = |study: &&Run| !flow_runs.iter().any(|record| is_of(study, record));
        studies.iter().find(of_none).map(|study| study.id.clone())
    }

    /// Whether a word from another tab is about this, and not about records.
    pub(super) fn hears_of_hand_over(&self, word: &str) -> bool {
        match word {
            HAND_OVER if self.role.get_untracked() == Role::Writer => {
                self.hand_over.n_asked.update(|n_times| *n_times += 1);
            }
            HAND_OVER => {}
            HANDED_OVER => self.hand_over.n_answers.set(self.hand_over.n_answers.get() + 1),
            _ => return false,
        }
        true
    }
}
