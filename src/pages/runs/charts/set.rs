//! Runs, and a key of their records, in; what each has for it as a number along an axis out. Pure.
//!
//! Charts of runs are drawn from this. Never: a row of the store, a colour.

use std::rc::Rc;

use engine::models::ModelKind;
use engine::num::{ContentHash, SortedMap, stable_sort};
use track::filter::{Attribute, DatasetKey, Key, Subject, Value};
use track::run::{ParamValue, Run};

use crate::charts::axis::{Axis, AxisKind};
use crate::state::format;
use crate::state::record_views::{model_of, param_words};
use crate::state::run_grid::column_name;

/// Most words of an axis; those beyond, in the order of the alphabet, are one.
pub const MAX_WORDS: usize = 24;
/// What the words beyond are called.
const OTHERS: &str = "others";
/// A positive number of settings that spans more than this is measured in its logarithm.
const LOG_SPAN: f64 = 50.0;
/// The parameter of a fit that says which trial it fits: no setting.
const TRIAL: &str = "trial";
/// An axis of scores never spans less.
const LEAST_SPAN: f64 = 0.02;

/// Names of datasets by the hash of the file.
pub type DatasetNames = SortedMap<ContentHash, String>;

/// Some runs, in the order they are shown.
#[derive(Clone, Debug, Default)]
pub struct RunSet {
    runs: Rc<Vec<Rc<Run>>>,
    dataset_names: Rc<DatasetNames>,
}

impl PartialEq for RunSet {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.runs, &other.runs)
    }
}

/// What a run has for a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// A key as an axis, and where each run lies along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The axis.
    pub axis: Axis,
    /// One a run; none for those that lack it.
    pub values: Vec<Option<f64>>,
}

impl RunSet {
    /// These runs, in their order.
    pub fn new(runs: Rc<Vec<Rc<Run>>>, dataset_names: Rc<DatasetNames>) -> Self {
        Self { runs, dataset_names }
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The run at a place of the set.
    pub fn get(&self, place: usize) -> Option<&Run> {
        self.runs.get(place).map(|run| &**run)
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|run| &**run)
    }

    /// What a run has for a key.
    pub fn measure(&self, run: &Run, key: &Key) -> Option<Measure> {
        if let Key::Param(name) = key {
            return Some(match run.params.get(name)? {
                ParamValue::Int(whole) => Measure::Number(*whole as f64),
                ParamValue::Float(real) => Measure::Number(*real),
                ParamValue::Text(text) if name == "model" => Measure::Word(
                    model_of(run).map_or_else(|| text.clone(), |kind| format::model_name(kind).to_owned()),
                ),
                other => Measure::Word(param_words(other)),
            });
        }
        let dataset_name = self.dataset_names.get(&run.dataset.file).map(String::as_str);
        Some(match (Subject { run, dataset_name }).value(key)? {
            Value::Number(number) => Measure::Number(number),
            Value::At(at) => Measure::Number(at.0 as f64),
            Value::Text(text) => Measure::Word(text),
        })
    }

    /// A key's axis with all runs along it: numbers where every run that has it has a number, else words.
    pub fn measured(&self, key: &Key) -> Measured {
        let found: Vec<Option<Measure>> = self.iter().map(|run| self.measure(run, key)).collect();
        let name = axis_name(key);
        let is_word = |measure: &Measure| matches!(measure, Measure::Word(_));
        if found.iter().flatten().any(is_word) {
            return of_words(name, &found);
        }
        let values: Vec<Option<f64>> = found
            .iter()
            .map(|measure| match measure {
                Some(Measure::Number(number)) if number.is_finite() => Some(*number),
                _ => None,
            })
            .collect();
        let axis = axis_of_numbers(name, key, &values);
        Measured { axis, values }
    }

    /// Keys that charts can be made of: metrics, parameters and properties that differ, each with what it is called.
    /// The words of a key are few.
    pub fn keys(&self) -> Vec<Key> {
        let mut metrics: SortedMap<&str, ()> = SortedMap::new();
        let mut params: SortedMap<&str, ()> = SortedMap::new();
        let mut tags: SortedMap<&str, ()> = SortedMap::new();
        for run in self.iter() {
            metrics.extend(run.metrics.keys().map(|name| (name.as_str(), ())));
            params.extend(run.params.keys().map(|name| (name.as_str(), ())));
            tags.extend(run.tags.keys().map(|name| (name.as_str(), ())));
        }
        let metrics = metrics.keys().map(|name| Key::Metric((*name).to_owned()));
        let params = params.keys().map(|name| Key::Param((*name).to_owned()));
        let tags = tags.keys().map(|name| Key::Tag((*name).to_owned()));
        let further = [
            Key::Attribute(Attribute::Kind),
            Key::Attribute(Attribute::Status),
            Key::Attribute(Attribute::Duration),
            Key::Attribute(Attribute::Seed),
            Key::Dataset(DatasetKey::Name),
        ];
        metrics.chain(params).chain(tags).chain(further).collect()
    }

    /// Names of all metrics.
    pub fn metrics(&self) -> Vec<Key> {
        self.keys().into_iter().filter(|key| matches!(key, Key::Metric(_))).collect()
    }

    /// The score that most runs have.
    pub fn main_metric(&self) -> Option<String> {
        let has = |name: &str| self.iter().filter(|run| run.metrics.contains_key(name)).count();
        let most = ["cv_f1_macro", "test_f1"].into_iter().max_by_key(|name| has(name))?;
        (has(most) > 0).then(|| most.to_owned())
    }

    /// The settings whose values differ: those that all runs have, where there are two; else those first that most
    /// have.
    pub fn differing_params(&self) -> Vec<Key> {
        let mut found: Vec<(usize, Key)> = Vec::new();
        let is_setting = |key: &Key| matches!(key, Key::Param(name) if name != TRIAL);
        for key in self.keys().into_iter().filter(is_setting) {
            let values: Vec<Measure> = self.iter().filter_map(|run| self.measure(run, &key)).collect();
            if values.windows(2).any(|pair| pair[0] != pair[1]) {
                found.push((values.len(), key));
            }
        }
        stable_sort(&mut found, |a, b| b.0.cmp(&a.0));
        let n_whole = found.iter().filter(|(n_runs, _)| *n_runs == self.len()).count();
        found.truncate(if n_whole > 1 { n_whole } else { found.len() });
        found.into_iter().map(|(_, key)| key).collect()
    }

    /// The models among them, in their usual order.
    pub fn models(&self) -> Vec<ModelKind> {
        let mut models: Vec<ModelKind> = Vec::new();
        for model in self.iter().filter_map(model_of) {
            if !models.contains(&model) {
                models.push(model);
            }
        }
        stable_sort(&mut models, |a, b| (*a as u8).cmp(&(*b as u8)));
        models
    }
}

fn axis_of_numbers(name: String, key: &Key, values: &[Option<f64>]) -> Axis {
    let known = || values.iter().flatten().copied();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let is_score = matches!(key, Key::Metric(_)) && low >= -1.0 && high <= 1.0;
    if high < low || is_score {
        return Axis::around(name, known(), LEAST_SPAN);
    }
    let kind = match key {
        Key::Param(_) | Key::Metric(_) if low > 0.0 && high > LOG_SPAN * low => AxisKind::Log(low, high),
        _ if known().all(|value| value.fract() == 0.0) => AxisKind::Whole(low, high),
        _ => AxisKind::Even(low, high),
    };
    Axis { name, kind }
}

fn of_words(name: String, found: &[Option<Measure>]) -> Measured {
    let word = |measure: &Measure| match measure {
        Measure::Number(number) => number.to_string(),
        Measure::Word(word) => word.clone(),
    };
    let words: SortedMap<String, ()> = found.iter().flatten().map(|measure| (word(measure), ())).collect();
    let mut shown: Vec<String> = words.keys().cloned().collect();
    if shown.len() > MAX_WORDS {
        shown.truncate(MAX_WORDS - 1);
    }
    let n_own = shown.len();
    if words.len() > n_own {
        shown.push(OTHERS.to_owned());
    }
    let place = |measure: &Measure| {
        let own = shown[..n_own].binary_search(&word(measure)).unwrap_or(n_own);
        own as f64
    };
    let values = found.iter().map(|measure| measure.as_ref().map(place)).collect();
    Measured { axis: Axis { name, kind: AxisKind::Choices(shown) }, values }
}

/// What a key is called beside an axis.
pub fn axis_name(key: &Key) -> String {
    match key {
        Key::Metric(name) => match name.as_str() {
            "cv_f1_macro" => "CV macro F1".to_owned(),
            "train_f1" => "train F1".to_owned(),
            "test_f1" => "test F1".to_owned(),
            _ => name.clone(),
        },
        Key::Param(name) | Key::Tag(name) | Key::Any(name) => name.clone(),
        Key::Attribute(_) | Key::Dataset(_) => column_name(key),
    }
}

#[cfg(test)]
pub mod samples {
    //! Runs for the tests of what is drawn of them.

    use engine::num::ContentHash;
    use track::dataset::DatasetRef;
    use track::experiment::Lifecycle;
    use track::id::{ExperimentId, Millis, RunId};
    use track::run::{FoldScore, RunKind, RunState};

    use super::*;

    /// A finished fit of a model with a `C` and a test score.
    pub fn fit(number: u8, model: &str, c: f64, test_f1: f64) -> Run {
        let hash = ContentHash::of(b"file");
        let metrics = [("test_f1", test_f1), ("train_f1", test_f1 + 0.05), ("accuracy", test_f1 + 0.02)];
        let folds = [test_f1 - 0.01, test_f1 + 0.01];
        Run {
            schema: 1,
            id: RunId(format!("RUN{number:03}")),
            experiment: ExperimentId("E".into()),
            parent: None,
            kind: RunKind::Fit,
            name: format!("run-{number}"),
            state: RunState::Finished,
            created: Millis(1_000 + u64::from(number)),
            ended: Some(Millis(2_000 + u64::from(number))),
            lifecycle: Lifecycle::Active,
            params: [
                ("model".to_owned(), ParamValue::Text(model.to_owned())),
                ("C".to_owned(), ParamValue::Float(c)),
                ("min_df".to_owned(), ParamValue::Int(3)),
            ]
            .into(),
            metrics: metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            folds: folds.map(|f1_macro| FoldScore { f1_macro, score: None, fit_ms: 1.0 }).to_vec(),
            tags: SortedMap::new(),
            note: String::new(),
            dataset: DatasetRef { file: hash, recipe: hash },
            spec: None,
            seed: 42,
            engine_version: "0.1.0".into(),
            artifacts: Vec::new(),
        }
    }

    /// A set of these.
    pub fn set(runs: Vec<Run>) -> RunSet {
        RunSet::new(Rc::new(runs.into_iter().map(Rc::new).collect()), Rc::new(SortedMap::new()))
    }

    /// Four fits of two models, one without `C`.
    pub fn four() -> RunSet {
        let mut without = fit(4, "MultinomialNB", 0.0, 0.78);
        without.params.remove("C");
        set(vec![
            fit(1, "LogisticRegression", 0.1, 0.80),
            fit(2, "LogisticRegression", 10.0, 0.83),
            fit(3, "LinearSVC", 1.0, 0.82),
            without,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{fit, four, set};
    use super::*;

    fn param(name: &str) -> Key {
        Key::Param(name.to_owned())
    }

    #[test]
    fn numbers_words_and_logarithms_get_their_axes() {
        let c = four().measured(&param("C"));
        assert_eq!(c.axis.kind, AxisKind::Log(0.1, 10.0));
        assert_eq!(c.values, [Some(0.1), Some(10.0), Some(1.0), None]);
        let model = four().measured(&param("model"));
        let words = ["Linear SVM", "Logistic regression", "Naive Bayes"].map(str::to_owned).to_vec();
        assert_eq!(model.axis.kind, AxisKind::Choices(words));
        assert_eq!(model.values, [Some(1.0), Some(1.0), Some(0.0), Some(2.0)]);
        let score = four().measured(&Key::Metric("test_f1".into()));
        assert_eq!(score.axis.kind, AxisKind::Even(0.78, 0.83));
        assert_eq!(four().measured(&param("min_df")).axis.kind, AxisKind::Whole(3.0, 3.0));
    }

    #[test]
    fn words_beyond_the_bound_are_one() {
        let runs = (0..40).map(|number| {
            let mut run = fit(number, "LinearSVC", 1.0, 0.8);
            run.tags.insert("who".into(), format!("{number:02}"));
            run
        });
        let found = set(runs.collect()).measured(&Key::Tag("who".into()));
        let AxisKind::Choices(words) = &found.axis.kind else { panic!("{:?}", found.axis) };
        assert_eq!((words.len(), words.last().map(String::as_str)), (MAX_WORDS, Some(OTHERS)));
        assert_eq!((found.values[0], found.values[39]), (Some(0.0), Some(23.0)));
    }

    #[test]
    fn parameters_that_differ_are_found() {
        assert_eq!(four().differing_params(), [param("model"), param("C")]);
        assert_eq!(set(Vec::new()).differing_params(), []);
    }
}
