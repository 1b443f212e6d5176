//! What a flow run does next: begins what can be begun, waits, ends; and what time limits and a stop come to.

use track::flow::{State, StateName, StateType};
use track::id::Millis;

use crate::protocol::Event;

use super::{FlowDriver, HEARTBEAT_MS};

impl FlowDriver {
    /// Moves on as far as it can without anything happening.
    pub(super) fn advance(&mut self) {
        loop {
            let has_moved = match self.run.state.of_type() {
                StateType::Scheduled => self.flow_to(StateName::Pending, ""),
                StateType::Pending => self.flow_to(StateName::Running, ""),
                StateType::Running if self.active.is_some() => false,
                StateType::Running => match self.next_task() {
                    Some(place) => {
                        self.begin(place);
                        true
                    }
                    None if self.waits_until().is_some() => false,
                    None => self.end(),
                },
                StateType::Cancelling if self.active.is_none() => {
                    self.give_up_waiting();
                    self.flow_to(StateName::Cancelled, "")
                }
                _ => false,
            };
            if !has_moved {
                return;
            }
        }
    }

    /// The first task in order that can be begun now.
    pub(super) fn next_task(&self) -> Option<usize> {
        let is_done = |key: &String| {
            let place = self.plan.flow.tasks.iter().position(|task| task.key == *key);
            place.is_some_and(|place| self.outputs[place].is_some())
        };
        let can_begin = |place: &&usize| match &self.tasks[**place] {
            None => self.plan.flow.tasks[**place].needs.iter().all(is_done),
            Some(run) => {
                run.state.of_type() == StateType::Scheduled && run.state.due.is_none_or(|due| due <= self.now)
            }
        };
        self.order.iter().find(can_begin).copied()
    }

    /// When the next task that waits may be tried again.
    pub(super) fn waits_until(&self) -> Option<Millis> {
        let waiting = self.tasks.iter().flatten().filter(|run| run.state.of_type() == StateType::Scheduled);
        waiting.filter_map(|run| run.state.due).min()
    }

    /// Nothing is left that could be begun.
    pub(super) fn end(&mut self) -> bool {
        let failed = self
            .tasks
            .iter()
            .flatten()
            .find(|run| run.has_ended() && run.state.of_type() != StateType::Completed);
        match failed {
            None => self.flow_to(StateName::Completed, ""),
            Some(run) => {
                let message = format!("Task '{}': {}", run.task, run.state.message);
                self.flow_to(StateName::Failed, &message)
            }
        }
    }

    /// Tasks that wait to be tried again are not.
    pub(super) fn give_up_waiting(&mut self) {
        for place in 0..self.tasks.len() {
            if self.tasks[place].as_ref().is_some_and(|run| run.state.of_type() == StateType::Scheduled) {
                self.task_to(place, State::new(StateName::Cancelled, self.now));
            }
        }
    }

    pub(super) fn stop(&mut self) {
        if self.run.has_ended() {
            // It waits for nothing but the store.
            self.is_given_up = self.outbox.refused().is_some();
            return;
        }
        self.outbox.retry();
        self.flow_to(StateName::Cancelling, "Somebody cancelled it.");
        self.stop_work(StateName::Cancelled);
    }

    pub(super) fn stop_work(&mut self, ends_as: StateName) {
        let Some(active) = &mut self.active else { return };
        active.ends_as = Some(ends_as);
        active.deadline = None;
        active.work.on(Event::Stop { now: self.now });
    }

    /// Time limits and heartbeats.
    pub(super) fn look_at_the_time(&mut self) {
        if self.active.as_ref().and_then(|active| active.deadline).is_some_and(|end| end <= self.now) {
            self.stop_work(StateName::TimedOut);
        }
        if self.beats_at().is_some_and(|at| at <= self.now) {
            self.run.heartbeat = Some(self.now);
            self.is_changed = true;
        }
    }

    /// When it next has to say that it is under way.
    pub(super) fn beats_at(&self) -> Option<Millis> {
        let is_under_way = matches!(self.run.state.of_type(), StateType::Running | StateType::Cancelling);
        let last = self.run.heartbeat.or(self.run.begun)?;
        is_under_way.then(|| Millis(last.0.saturating_add(HEARTBEAT_MS)))
    }
}
