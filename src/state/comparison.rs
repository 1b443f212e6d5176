//! Runs in; what they have side by side, what differs and what is best out. Pure.

use std::rc::Rc;

use engine::num::{ContentHash, SortedMap};
use track::filter::{Key, Value};
use track::run::{Run, RunKind};

use super::format;
use super::metric_sense::Sense;
use super::record_views::{model_of, param_words};
use super::views::StateWord;

/// A part of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What a run is.
    About,
    /// Its settings.
    Settings,
    /// Its scores.
    Scores,
    /// Its tags.
    Tags,
}

impl Section {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::About, Self::Settings, Self::Scores, Self::Tags];

    /// Its heading.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::About => "About",
            Self::Settings => "Settings",
            Self::Scores => "Scores",
            Self::Tags => "Tags",
        }
    }
}

/// A line of the table: one thing, of every run.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedLine {
    /// Where it stands.
    pub section: Section,
    /// What it is.
    pub name: String,
    /// What each run has; none for those that lack it.
    pub cells: Vec<Option<String>>,
    /// Not all have the same.
    pub differs: bool,
    /// Which have the best value; none where there is no best or all are alike.
    pub best: Vec<bool>,
}

/// The whole table.
pub fn compared(runs: &[Rc<Run>], dataset_names: &SortedMap<ContentHash, String>) -> Vec<ComparedLine> {
    let mut lines = about(runs, dataset_names);
    lines.extend(named(runs, Section::Settings, |run| {
        run.params.iter().map(|(name, value)| (name.clone(), param_words(value))).collect()
    }));
    lines.extend(scores(runs));
    lines.extend(named(runs, Section::Tags, |run| {
        run.tags.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }));
    lines
}

/// The lines of which runs differ.
pub fn only_differences(lines: Vec<ComparedLine>) -> Vec<ComparedLine> {
    lines.into_iter().filter(|line| line.differs).collect()
}

fn line(section: Section, name: &str, cells: Vec<Option<String>>) -> ComparedLine {
    let differs = cells.windows(2).any(|pair| pair[0] != pair[1]);
    let best = vec![false; cells.len()];
    ComparedLine { section, name: name.to_owned(), cells, differs, best }
}

fn about(runs: &[Rc<Run>], dataset_names: &SortedMap<ContentHash, String>) -> Vec<ComparedLine> {
    let of = |name: &str, read: &dyn Fn(&Run) -> Option<String>| {
        line(Section::About, name, runs.iter().map(|run| read(run)).collect())
    };
    let state = |run: &Run| -> StateWord { super::record_views::state_word(&run.state) };
    let attribute = |run: &Run, key: &str| {
        let key = Key::parse(key).ok()?;
        let dataset_name = dataset_names.get(&run.dataset.file).map(String::as_str);
        match (track::filter::Subject { run, dataset_name }).value(&key)? {
            Value::Text(text) => Some(text),
            Value::Number(_) | Value::At(_) => None,
        }
    };
    vec![
        of("Kind", &|run| Some(kind_word(run.kind).to_owned())),
        of("State", &|run| Some(state(run).as_str().to_owned())),
        of("Model", &|run| model_of(run).map(|model| format::model_name(model).to_owned())),
        of("Dataset", &|run| attribute(run, "dataset.name").or_else(|| Some(run.dataset.digest()))),
        of("Recipe", &|run| Some(run.dataset.recipe.to_string().chars().take(8).collect())),
        of("Seed", &|run| Some(run.seed.to_string())),
        of("Engine", &|run| Some(run.engine_version.clone())),
        of("Time", &|run| {
            run.ended.map(|ended| format::duration(ended.0.saturating_sub(run.created.0) as f64))
        }),
    ]
}

fn kind_word(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Study => "Study",
        RunKind::Trial => "Trial",
        RunKind::Fit => "Fit",
    }
}

/// A line for each name that any run has.
fn named(
    runs: &[Rc<Run>],
    section: Section,
    read: impl Fn(&Run) -> SortedMap<String, String>,
) -> Vec<ComparedLine> {
    let values: Vec<SortedMap<String, String>> = runs.iter().map(|run| read(run)).collect();
    let names: SortedMap<String, ()> =
        values.iter().flat_map(|one| one.keys().map(|name| (name.clone(), ()))).collect();
    let of = |name: &String| line(section, name, values.iter().map(|one| one.get(name).cloned()).collect());
    names.keys().map(of).collect()
}

fn scores(runs: &[Rc<Run>]) -> Vec<ComparedLine> {
    let metrics = runs.iter().flat_map(|run| run.metrics.keys());
    let names: SortedMap<&String, ()> = metrics.map(|name| (name, ())).collect();
    let of = |name: &&String| {
        let values: Vec<Option<f64>> = runs.iter().map(|run| run.metrics.get(*name).copied()).collect();
        let cells = values.iter().map(|value| value.map(|value| format::metric_words(name, value))).collect();
        let mut line = line(Section::Scores, name, cells);
        // What looks alike may differ in a digit that is not shown.
        line.differs = values.windows(2).any(|pair| pair[0] != pair[1]);
        line.best = best(&values, Sense::of(name));
        line
    };
    names.keys().map(of).collect()
}

/// Which are best: all that equal the best, where not all do.
fn best(values: &[Option<f64>], sense: Sense) -> Vec<bool> {
    let found = sense.best(values.iter().flatten().copied());
    let is_alone = values.len() > 1 && values.iter().any(|value| *value != found);
    values.iter().map(|value| found.is_some() && is_alone && *value == found).collect()
}

#[cfg(test)]
pub(super) mod samples {
    //! Runs for the tests of what is compared.

    use track::dataset::DatasetRef;
    use track::experiment::Lifecycle;
    use track::id::{ExperimentId, Millis, RunId};
    use track::run::{ParamValue, RunState};

    use super::*;

    /// A finished fit with these settings and scores.
    pub fn run(params: &[(&str, f64)], metrics: &[(&str, f64)]) -> Run {
        let hash = ContentHash::of(b"file");
        let param = |(name, value): &(&str, f64)| ((*name).to_owned(), ParamValue::Float(*value));
        Run {
            schema: 1,
            id: RunId("A".into()),
            experiment: ExperimentId("E".into()),
            parent: None,
            kind: RunKind::Fit,
            name: "calm-owl-7".into(),
            state: RunState::Finished,
            created: Millis(0),
            ended: Some(Millis(1_500)),
            lifecycle: Lifecycle::Active,
            params: params.iter().map(param).collect(),
            metrics: metrics.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect(),
            folds: Vec::new(),
            tags: SortedMap::new(),
            note: String::new(),
            dataset: DatasetRef { file: hash, recipe: hash },
            spec: None,
            seed: 42,
            engine_version: "0.1.0".into(),
            artifacts: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::run;
    use super::*;

    fn lines(runs: Vec<Run>) -> Vec<ComparedLine> {
        let runs: Vec<Rc<Run>> = runs.into_iter().map(Rc::new).collect();
        compared(&runs, &SortedMap::new())
    }

    fn of<'a>(lines: &'a [ComparedLine], name: &str) -> &'a ComparedLine {
        lines.iter().find(|line| line.name == name).expect(name)
    }

    #[test]
    fn what_a_run_lacks_is_empty_and_differs() {
        let found = lines(vec![run(&[("C", 1.0)], &[]), run(&[], &[])]);
        let c = of(&found, "C");
        assert_eq!(
            (c.section, c.cells.as_slice(), c.differs),
            (Section::Settings, [Some("1".into()), None].as_slice(), true)
        );
        let seed = of(&found, "Seed");
        assert_eq!((seed.cells[1].as_deref(), seed.differs), (Some("42"), false));
    }

    #[test]
    fn only_what_differs_is_left() {
        let found =
            lines(vec![run(&[("C", 1.0), ("alpha", 2.0)], &[]), run(&[("C", 3.0), ("alpha", 2.0)], &[])]);
        let left: Vec<String> = only_differences(found).into_iter().map(|line| line.name).collect();
        assert_eq!(left, ["C"]);
    }

    #[track_caller]
    fn check_best(metric: &str, values: &[f64], expected: &[bool]) {
        let found = lines(values.iter().map(|value| run(&[], &[(metric, *value)])).collect());
        assert_eq!(of(&found, metric).best, expected, "{metric} {values:?}");
    }

    #[test]
    fn the_best_is_marked_where_there_is_one() {
        check_best("test_f1", &[0.8, 0.9, 0.9], &[false, true, true]);
        check_best("log_loss", &[0.8, 0.3], &[false, true]);
        check_best("cv_log_loss", &[0.8, 0.3], &[false, true]);
        check_best("dummy_cv_f1_macro", &[0.8, 0.3], &[false, false]);
        check_best("test_f1", &[0.8, 0.8], &[false, false]);
        check_best("n_terms", &[10.0, 20.0], &[false, false]);
    }

    #[test]
    fn a_score_that_differs_in_a_hidden_digit_differs() {
        let found = lines(vec![run(&[], &[("mcc", 0.600_01)]), run(&[], &[("mcc", 0.600_02)])]);
        assert!(of(&found, "mcc").differs);
        assert_eq!(of(&found, "mcc").cells[0], of(&found, "mcc").cells[1]);
    }
}
