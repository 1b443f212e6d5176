//! Between a flow run and the work at hand: the work's commands go out under the flow run's numbers, and what comes of
//! them is handed back.

use track::record::Record;

use crate::protocol::{Command, Event, Ticket};

use super::FlowDriver;

impl FlowDriver {
    /// What the work wants, under our numbers. Runs it stores are known from then on.
    pub(super) fn work_commands(&mut self) -> Vec<Command> {
        let Some(mut active) = self.active.take() else { return Vec::new() };
        let mut commands = active.work.next();
        for command in &mut commands {
            match command {
                Command::Run { ticket, .. } | Command::Store { ticket, .. } => {
                    let ours = self.new_ticket();
                    active.tickets.insert(ours, *ticket);
                    *ticket = ours;
                }
                Command::Cancel { tickets } => {
                    let of_work = std::mem::take(tickets);
                    let cancelled = active.tickets.iter().filter(|(_, of)| of_work.contains(of));
                    *tickets = cancelled.map(|(ours, _)| *ours).collect();
                    active.tickets.retain(|_, of| !of_work.contains(of));
                }
            }
            if let Command::Store { records, .. } = command {
                let runs = records.iter().filter_map(|record| match record {
                    Record::Run(run) => Some(run.clone()),
                    _ => None,
                });
                runs.collect::<Vec<_>>().into_iter().for_each(|run| self.know(run));
            }
        }
        self.active = Some(active);
        commands
    }

    /// Hands an event to the work, where it is the work's.
    pub(super) fn tell_work(&mut self, event: Event) {
        let Some(active) = &mut self.active else { return };
        let mut own = |ticket: Ticket| active.tickets.remove(&ticket);
        let event = match event {
            Event::Ran { ticket, answer, now } => {
                own(ticket).map(|ticket| Event::Ran { ticket, answer, now })
            }
            Event::Failed { ticket, error, now } => {
                own(ticket).map(|ticket| Event::Failed { ticket, error, now })
            }
            Event::Lost { ticket, reason, now } => {
                own(ticket).map(|ticket| Event::Lost { ticket, reason, now })
            }
            Event::Stored { ticket, now } => own(ticket).map(|ticket| Event::Stored { ticket, now }),
            Event::NotStored { ticket, reason, now } => {
                own(ticket).map(|ticket| Event::NotStored { ticket, reason, now })
            }
            event @ (Event::Tick { .. } | Event::Retry { .. }) => Some(event),
            Event::Stop { .. } => None,
        };
        if let Some(event) = event {
            active.work.on(event);
        }
    }
}
