//! What a flow run says: lines in pages, and events for the feed.

use engine::num::ContentHash;
use track::SCHEMA;
use track::flow::{
    FlowEvent, FlowRun, Happening, LINES_PER_PAGE, LogLevel, LogLine, LogPage, MAX_LOG_LINES, State,
    StateName,
};
use track::id::{FlowEventId, FlowRunId, Millis};

/// The lines of a flow run.
#[derive(Debug)]
pub(super) struct Journal {
    flow_run: FlowRunId,
    /// The page that is being filled, and full ones that were not taken yet.
    pages: Vec<LogPage>,
    n_lines: usize,
    n_warnings: u32,
    is_changed: bool,
    n_events: u64,
}

impl Journal {
    pub fn new(flow_run: FlowRunId) -> Self {
        Self { flow_run, pages: Vec::new(), n_lines: 0, n_warnings: 0, is_changed: false, n_events: 0 }
    }

    /// Warnings and errors so far.
    pub fn n_warnings(&self) -> u32 {
        self.n_warnings
    }

    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Adds a line; of lines above `MAX_LOG_LINES` the last kept one says that there are more.
    pub fn say(&mut self, at: Millis, level: LogLevel, task: &str, text: impl Into<String>) {
        if level >= LogLevel::Warning {
            self.n_warnings += 1;
        }
        let text = match (self.n_lines + 1).cmp(&MAX_LOG_LINES) {
            std::cmp::Ordering::Less => text.into(),
            std::cmp::Ordering::Equal => "More was said than is kept.".to_owned(),
            std::cmp::Ordering::Greater => return,
        };
        let number = (self.n_lines / LINES_PER_PAGE) as u32;
        self.n_lines += 1;
        if self.pages.last().is_none_or(|page| page.number != number) {
            let flow_run = self.flow_run.clone();
            self.pages.push(LogPage { schema: SCHEMA, flow_run, number, lines: Vec::new() });
        }
        if let Some(page) = self.pages.last_mut() {
            page.lines.push(LogLine { at, level, task: task.to_owned(), text });
        }
        self.is_changed = true;
    }

    /// The pages that have changed since they were last taken.
    pub fn take_changed(&mut self) -> Vec<LogPage> {
        if !std::mem::take(&mut self.is_changed) {
            return Vec::new();
        }
        let pages = self.pages.clone();
        let n_full = self.pages.len().saturating_sub(1);
        self.pages.drain(..n_full);
        pages
    }

    /// A task came to a state: a line for each.
    pub fn task_came_to(&mut self, (task, n_begun): (&str, u32), state: &State) {
        let (level, text) = match state.name {
            StateName::Pending => return,
            StateName::Running => (LogLevel::Info, "Begins.".to_owned()),
            StateName::Retrying => (LogLevel::Info, format!("Is tried for the {}. time.", n_begun)),
            StateName::AwaitingRetry => {
                let wait_s = state.due.map_or(0, |due| due.0.saturating_sub(state.at.0)) as f64 / 1000.0;
                (LogLevel::Warning, format!("{} It is tried again in {wait_s:.1} s.", state.message))
            }
            StateName::Failed | StateName::TimedOut if n_begun > 1 => {
                (LogLevel::Error, format!("{} It was tried {n_begun} times.", state.message))
            }
            StateName::Failed | StateName::TimedOut | StateName::Crashed => {
                (LogLevel::Error, state.message.clone())
            }
            name if state.message.is_empty() => (LogLevel::Info, format!("{}.", name.as_str())),
            name => (LogLevel::Info, format!("{}: {}", name.as_str(), state.message)),
        };
        self.say(state.at, level, task, text);
    }

    /// The flow run came to a state: a line and an event.
    pub fn flow_came_to(&mut self, run: &FlowRun) -> FlowEvent {
        let State { name, at, message, .. } = &run.state;
        let level = match name {
            StateName::Failed | StateName::TimedOut | StateName::Crashed => LogLevel::Error,
            _ => LogLevel::Info,
        };
        // What failed has been said by its task, and counts once.
        let level = if level == LogLevel::Error && self.n_warnings > 0 { LogLevel::Info } else { level };
        let text = match message.as_str() {
            "" => format!("The run is {}.", name.as_str()),
            message => format!("The run is {}: {message}", name.as_str()),
        };
        self.say(*at, level, "", text);
        let happening = Happening::FlowRunState {
            flow_run: run.id.clone(),
            name: run.name.clone(),
            deployment: run.deployment.clone(),
            state: *name,
            message: message.clone(),
        };
        self.event(*at, happening)
    }

    /// Something happened: its event, whose id follows from the flow run and how many events came before.
    pub fn event(&mut self, at: Millis, happening: Happening) -> FlowEvent {
        let ContentHash(hash) =
            ContentHash::of(format!("event {} of {}", self.n_events, self.flow_run).as_bytes());
        let mut entropy = [0; 10];
        // Of events of one millisecond the later sorts later.
        entropy[..2].copy_from_slice(&(self.n_events as u16).to_be_bytes());
        entropy[2..].copy_from_slice(&hash[..8]);
        self.n_events += 1;
        FlowEvent { schema: SCHEMA, id: FlowEventId::new(at, entropy), at, happening }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        Journal::new(FlowRunId("01".into()))
    }

    #[test]
    fn lines_fill_pages_and_only_changed_pages_are_taken() {
        let mut journal = journal();
        for number in 0..250 {
            journal.say(Millis(number), LogLevel::Info, "fit", format!("line {number}"));
        }
        let sizes = |pages: Vec<LogPage>| {
            pages.iter().map(|page| (page.number, page.lines.len())).collect::<Vec<_>>()
        };
        assert_eq!(sizes(journal.take_changed()), [(0, 100), (1, 100), (2, 50)]);
        assert_eq!(sizes(journal.take_changed()), []);
        journal.say(Millis(250), LogLevel::Warning, "", "one more");
        assert_eq!(sizes(journal.take_changed()), [(2, 51)]);
        assert_eq!(journal.n_warnings(), 1);
    }

    #[test]
    fn a_run_that_talks_without_end_is_cut() {
        let mut journal = journal();
        (0..MAX_LOG_LINES + 50).for_each(|_| journal.say(Millis(0), LogLevel::Error, "", "again"));
        let pages = journal.take_changed();
        assert_eq!(pages.iter().map(|page| page.lines.len()).sum::<usize>(), MAX_LOG_LINES);
        let last = pages.last().and_then(|page| page.lines.last()).expect("a line");
        assert_eq!(last.text, "More was said than is kept.");
        assert_eq!(journal.n_warnings() as usize, MAX_LOG_LINES + 50);
    }
}
