//! One line on the standard error that says how far the work is, where a person is looking.
//! In: how a pass or a study stands. Out: the line, rewritten in place. Never: anything on a pipe or in a file.

use drivers::{PassProgress, StudyPhase, StudyStatus};
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const BAR_WIDTH: usize = 24;
/// Lines written closer together than this only cost time.
const MIN_GAP: Duration = Duration::from_millis(40);

/// The line.
pub struct Progress {
    is_shown: bool,
    written: Option<Instant>,
}

impl Progress {
    /// Shown where the standard error is a terminal.
    pub fn new() -> Self {
        Self { is_shown: std::io::stderr().is_terminal(), written: None }
    }

    /// How far a pass over the file is.
    pub fn pass(&mut self, what: &str, progress: PassProgress) {
        let share = progress.n_bytes as f64 / progress.total_bytes.max(1) as f64;
        self.write(&format!("{what} {} {} rows", bar(share), progress.n_rows));
    }

    /// How far a study is.
    pub fn study(&mut self, status: &StudyStatus) {
        self.write(&study_line(status));
    }

    /// How far a flow run is.
    pub fn task(&mut self, task: &str, study: Option<&StudyStatus>) {
        match study {
            Some(status) => self.write(&format!("{task}: {}", study_line(status))),
            None => self.write(&format!("{task} …")),
        }
    }

    /// How many runs are on a server.
    pub fn pushed(&mut self, n_done: usize, n_all: usize) {
        self.write(&format!("Pushing {} {n_done} of {n_all} runs", bar(n_done as f64 / n_all.max(1) as f64)));
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.written.take().is_some() {
            eprint!("\r\x1b[2K");
        }
    }

    fn write(&mut self, line: &str) {
        let is_too_soon = self.written.is_some_and(|written| written.elapsed() < MIN_GAP);
        if !self.is_shown || is_too_soon {
            return;
        }
        self.written = Some(Instant::now());
        eprint!("\r\x1b[2K{line}");
        // A terminal that is gone shows no progress; the work goes on.
        let _ = std::io::stderr().flush();
    }
}

fn study_line(status: &StudyStatus) -> String {
    let share = status.n_done as f64 / status.n_total.max(1) as f64;
    let mut line = format!("Tuning {} {} of {} trials", bar(share), status.n_done, status.n_total);
    if let Some((search, best)) = status.best() {
        let (metric, model) = (status.metric, search.model.as_str());
        line.push_str(&format!(", best {} {:.4} ({model})", metric.name(), metric.signed(best.score)));
    }
    if let (StudyPhase::Searching, Some(left_ms)) = (status.phase, status.left_ms) {
        line.push_str(&format!(", {:.0} s left", (left_ms / 1000.0).ceil()));
    }
    if status.phase == StudyPhase::Fitting {
        line.push_str(", fitting the best settings");
    }
    line
}

fn bar(share: f64) -> String {
    let n_full = (share.clamp(0.0, 1.0) * BAR_WIDTH as f64).round() as usize;
    format!("[{}{}]", "#".repeat(n_full), "-".repeat(BAR_WIDTH - n_full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_keeps_its_width_whatever_the_share() {
        for share in [-1.0, 0.0, 0.4, 1.0, 7.0, f64::NAN] {
            assert_eq!(bar(share).len(), BAR_WIDTH + 2, "{share}");
        }
        assert_eq!(bar(0.5), "[############------------]");
    }
}
