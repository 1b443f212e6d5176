//! One flow run with all that is kept of it: its flow, its tasks, what they gave, what was said.

use std::rc::Rc;

use leptos::prelude::on_cleanup;
use storage::{Order, Query, StoreError};
use track::flow::{FlowDefinition, FlowRun, LogLevel, LogLine, TaskKind, TaskOutput, TaskRun};
use track::id::{FlowRunId, Millis};
use track::record::{Collection, Record};

use super::Flows;
use super::book::{FlowBook, took_ms};
use super::task_params::given;
use crate::reactive::{Held, State};
use crate::services::store::StoreService;
use crate::state::format;
use crate::state::loadable::{Loadable, show};
use crate::state::refresh::Refresh;

/// Tasks of one run.
const MAX_TASKS: usize = 1_000;
/// Pages of one run's log.
const MAX_PAGES: usize = 1_000;

/// One flow run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunDetail {
    /// Its record.
    pub run: FlowRun,
    /// The version of the flow that it is of; none where it is gone.
    pub flow: Option<FlowDefinition>,
    /// Tasks that were begun, in order.
    pub tasks: Vec<TaskRun>,
    /// What tasks gave, by their names.
    pub outputs: Vec<(String, TaskOutput)>,
    /// What was said, in order.
    pub log: Rc<Vec<LogLine>>,
    /// The runs it went on from and that go on from it, oldest first, with itself.
    pub line: Vec<FlowRun>,
}

impl Flows {
    /// One run, kept true while the current owner lives.
    pub fn detail(self, id: FlowRunId) -> State<Loadable<RunDetail>> {
        let shown = State::new(Loadable::Loading);
        let alive = Held::new(true);
        on_cleanup(move || alive.set(false));
        let refresh = Refresh::new(self.shared, move || {
            let id = id.clone();
            async move {
                let Some(services) = self.shared.try_get() else { return };
                // The page may have been left since this was asked for.
                if alive.try_get() != Some(true) {
                    return;
                }
                let known = shown.with_untracked(|shown: &Loadable<RunDetail>| shown.loaded().cloned());
                // One that has ended stays as it is.
                let is_done = known.as_ref().is_some_and(|known| known.run.has_ended());
                if is_done && !self.has_new_line(known.as_ref()) {
                    return;
                }
                let known = self.book.with_untracked(|book| book.loaded().cloned());
                let found = read(&services.store, &id, known).await;
                if alive.try_get() == Some(true) {
                    match found {
                        Err(_) if shown.with_untracked(Loadable::is_loaded) => {}
                        found => show(shown, Loadable::from_result(found)),
                    }
                }
            }
        });
        refresh.want();
        shown
    }

    /// Whether another run goes on from a known one that was read as the last of its line.
    fn has_new_line(self, known: Option<&RunDetail>) -> bool {
        let Some(known) = known else { return true };
        self.book.with_untracked(|book| {
            let Some(book) = book.loaded() else { return true };
            let n_line = book.runs.iter().filter(|run| run.root == known.run.root).count();
            n_line > known.line.len()
        })
    }
}

/// Flow runs looked at for those of one line.
const MAX_LINE_LOOKED: usize = 500;

async fn read(
    store: &StoreService,
    id: &FlowRunId,
    known: Option<Rc<FlowBook>>,
) -> Result<Option<RunDetail>, StoreError> {
    let Some(Record::FlowRun(run)) = store.get(Collection::FlowRuns, id.as_str()).await? else {
        return Ok(None);
    };
    let key = format!("{}.{:06}", run.flow, run.version);
    let flow = match store.get(Collection::Flows, &key).await? {
        Some(Record::Flow(flow)) => Some(flow),
        _ => None,
    };
    let of_run = |of| Query::OfFlowRun(of, id.clone());
    let tasks = store.list(&of_run(Collection::TaskRuns), Order::Ascending, MAX_TASKS).await?;
    let task = |record| if let Record::TaskRun(task) = record { Some(task) } else { None };
    let tasks: Vec<TaskRun> = tasks.into_iter().filter_map(task).collect();
    let pages = store.list(&of_run(Collection::FlowLogs), Order::Ascending, MAX_PAGES).await?;
    let lines = |record| if let Record::FlowLog(page) = record { page.lines } else { Vec::new() };
    let log: Vec<LogLine> = pages.into_iter().flat_map(lines).collect();
    let mut outputs = Vec::new();
    for task in tasks.iter().filter(|task| task.has_ended()) {
        let found = store.get(Collection::TaskResults, &task.cache_key.to_string()).await?;
        if let Some(Record::TaskResult(result)) = found {
            outputs.push((task.task.clone(), result.output));
        }
    }
    let mut line = match known {
        Some(book) => book.runs.clone(),
        None => super::reading::newest_runs(store, MAX_LINE_LOOKED).await?,
    };
    line.retain(|other| other.root == run.root && other.id != run.id);
    line.push(run.clone());
    engine::num::stable_sort(&mut line, |a, b| a.id.cmp(&b.id));
    Ok(Some(RunDetail { run, flow, tasks, outputs, log: Rc::new(log), line }))
}

/// What is to be seen of a log: a level, a text, a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogFilter {
    /// Lines of this level and above; none: all.
    pub level: Option<LogLevel>,
    /// Lines that hold this text, whatever its letters' case.
    pub text: String,
}

impl LogFilter {
    /// Whether a line is to be seen.
    pub fn holds(&self, line: &LogLine) -> bool {
        let text = self.text.trim().to_lowercase();
        self.level.is_none_or(|level| line.level >= level)
            && (text.is_empty()
                || line.text.to_lowercase().contains(&text)
                || line.task.to_lowercase().contains(&text))
    }
}

/// What a task is asked to do: name and value of each parameter.
pub fn parameters(kind: &TaskKind) -> Vec<(&'static str, String)> {
    let or =
        |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
    match kind {
        TaskKind::LoadData { dataset } => vec![("dataset", or(dataset, "the one used last"))],
        TaskKind::Clean { steps } => {
            let words = |steps: &Vec<_>| format::counted(steps.len() as u64, "step", "steps");
            vec![("cleaning", steps.as_ref().map_or_else(|| "as the dataset's".to_owned(), words))]
        }
        TaskKind::Split { split } => vec![("test share", format::percent(split.test_share))],
        TaskKind::Tune { study } | TaskKind::Fit { study } => {
            let searches = study.searches.iter();
            let models: Vec<&str> = searches.map(|search| format::model_name(search.model())).collect();
            let mut all = vec![("models", models.join(", "))];
            match (kind, study.searches.first()) {
                (TaskKind::Fit { .. }, Some(search)) => all.extend(given(&search.base)),
                _ => all.push(("trials", format::whole(study.n_trials()))),
            }
            all.push(("seed", study.seed.to_string()));
            all
        }
        TaskKind::ScoreFolder { model, folder } => {
            vec![("model", model.clone()), ("folder", or(folder, "none"))]
        }
        TaskKind::Evaluate { model } | TaskKind::Register { model } | TaskKind::CheckDrift { model } => {
            vec![("model", model.clone())]
        }
        TaskKind::Promote { model, rule } => {
            let mut all = vec![
                ("model", model.clone()),
                ("greatest p-value", format::short(rule.max_p_value)),
                ("most recall lost by a class", format::short(rule.max_recall_loss)),
            ];
            all.extend(rule.max_bytes.map(|most| ("most bytes", format::bytes(most))));
            all.extend(
                rule.max_predict_ms.map(|most| ("most time for 1,000 reviews", format::duration(most))),
            );
            all
        }
        _ => Vec::new(),
    }
}

/// What a task gave, in words.
pub fn output_words(output: &TaskOutput) -> Vec<(String, String)> {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    match output {
        TaskOutput::Data { n_rows, .. } => vec![pair("rows", format::whole(*n_rows))],
        TaskOutput::Counts { classes, .. } => {
            classes.iter().map(|(class, n)| pair(class, format::counted(*n, "review", "reviews"))).collect()
        }
        TaskOutput::Scores { metrics, reason } => {
            let mut all: Vec<(String, String)> =
                metrics.iter().map(|(name, value)| pair(name, format::metric_words(name, *value))).collect();
            if !reason.is_empty() {
                all.push(pair("not compared", reason.clone()));
            }
            all
        }
        TaskOutput::Logged { n_runs } => vec![pair("runs marked", format::whole(u64::from(*n_runs)))],
        TaskOutput::Promoted { is_champion, reason } => {
            let word = if *is_champion { "champion" } else { "challenger" };
            vec![pair("it is", word.to_owned()), pair("why", reason.clone())]
        }
        TaskOutput::Scored { folder, model, version, files } => {
            let mut all =
                vec![pair("folder", folder.clone()), pair("by", format!("{model}, version {version}"))];
            all.extend(files.iter().map(|scored| {
                let rows = format::counted(scored.n_rows, "review", "reviews");
                let what = match scored.reason.as_str() {
                    "" => format!("{rows} scored, in {}", scored.result),
                    reason => reason.to_owned(),
                };
                pair(&scored.file.name, what)
            }));
            all
        }
        TaskOutput::Drift { is_found, n_rows, sentence } => vec![
            pair("drift", if *is_found { "found" } else { "not found" }.to_owned()),
            pair("rows", format::whole(*n_rows)),
            pair("why", sentence.clone()),
        ],
        _ => Vec::new(),
    }
}

/// When a task was under way, as shares of its run's span: from, and how long, of each try.
pub fn tries(task: &TaskRun, (begin, end): (Millis, Millis), now: Millis) -> Vec<(f64, f64)> {
    let share = |at: Millis| (at.0.saturating_sub(begin.0)) as f64 / (end.0 - begin.0) as f64;
    let states: Vec<_> = task.earlier.iter().chain([&task.state]).collect();
    let mut tries = Vec::new();
    for (place, state) in states.iter().enumerate() {
        if state.of_type() == track::flow::StateType::Running {
            let until = states.get(place + 1).map_or(now, |next| next.at);
            tries.push((share(state.at), share(until) - share(state.at)));
        }
    }
    tries
}

/// How long a task took; nothing while it waits.
pub fn task_took(task: &TaskRun, now: Millis) -> Option<f64> {
    took_ms((task.begun, task.ended), now)
}

#[cfg(test)]
mod tests {
    use engine::tune::StudyPreset;
    use track::flow::{FolderFile, ScoredFile};

    use super::*;

    #[test]
    fn what_tasks_are_asked_and_what_they_give_is_told() {
        let fit = TaskKind::Fit { study: StudyPreset::ScheduledJob.study(&[], 42) };
        let told = parameters(&fit);
        assert!(told.contains(&("C", "0.5".to_owned())) && told.contains(&("ngram_range", "1-2".to_owned())));
        let folder = TaskKind::ScoreFolder { model: "shop".into(), folder: "inbox".into() };
        assert_eq!(parameters(&folder), [("model", "shop".to_owned()), ("folder", "inbox".to_owned())]);
        let scored = |name: &str, result: &str, reason: &str| ScoredFile {
            file: FolderFile { name: name.into(), n_bytes: 1, modified: Millis(1) },
            result: result.into(),
            n_rows: 2,
            reason: reason.into(),
            ..ScoredFile::default()
        };
        let files =
            vec![scored("may.csv", "may.scored.csv", ""), scored("june.csv", "", "It has no reviews.")];
        let output = TaskOutput::Scored { folder: "inbox".into(), model: "shop".into(), version: 3, files };
        let told = output_words(&output);
        assert_eq!(told[1].1, "shop, version 3");
        assert_eq!(told[2], ("may.csv".into(), "2 reviews scored, in may.scored.csv".into()));
        assert_eq!(told[3].1, "It has no reviews.");
        let drift = TaskOutput::Drift { is_found: true, n_rows: 1_200, sentence: "New words.".into() };
        let told: Vec<String> = output_words(&drift).into_iter().map(|(_, value)| value).collect();
        assert_eq!(told, ["found", "1,200", "New words."]);
    }

    #[test]
    fn a_log_is_filtered_by_level_and_by_text() {
        let line = |level, task: &str, text: &str| LogLine {
            at: Millis(1),
            level,
            task: task.into(),
            text: text.into(),
        };
        let lines = [
            line(LogLevel::Info, "fit", "Begins."),
            line(LogLevel::Warning, "fit", "It is tried again in 10.0 s."),
            line(LogLevel::Error, "load data", "The file is gone."),
        ];
        let seen = |level, text: &str| {
            let filter = LogFilter { level, text: text.into() };
            lines.iter().filter(|line| filter.holds(line)).count()
        };
        assert_eq!(seen(None, ""), 3);
        assert_eq!(seen(Some(LogLevel::Warning), ""), 2);
        assert_eq!(seen(None, "FIT"), 2);
        assert_eq!(seen(Some(LogLevel::Error), "tried"), 0);
    }
}
