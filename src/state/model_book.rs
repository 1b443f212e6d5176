//! The registry's history with the records it names; rows of tables, sentences and figures out. Pure.

use engine::num::{SortedMap, stable_sort};
use engine::pipeline::FittedPipeline;
use track::experiment::Lifecycle;
use track::id::{Millis, RunId};
use track::registry::{
    CHAMPION, ModelVersion, RegisteredModel, Registry, RegistryChange, RegistryEvent, Stage, history_of,
    periods_in, roll_back,
};
use track::run::Run;

use super::format;
use super::record_views::{model_of, param_words, version_row};
use super::views::{HistoryRow, ModelRow, VersionDifference, VersionRow};

/// Most terms told that one version has and another lacks.
pub const MAX_TERMS_TOLD: usize = 30;

/// The whole history, what it adds up to, and the runs that versions came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    /// Oldest first.
    pub events: Vec<RegistryEvent>,
    /// What stands now.
    pub now: Registry,
    /// Fits that versions came from, where their records are here.
    pub runs: SortedMap<RunId, Run>,
    /// Names of datasets by the hash of their file.
    pub datasets: SortedMap<String, String>,
}

impl Book {
    /// Every model, in alphabetical order.
    pub fn models(&self) -> Vec<ModelRow> {
        let row = |model: &RegisteredModel| {
            let answering = model.answering();
            let run = answering.and_then(|version| self.runs.get(&version.run));
            let metric = |name: &str| run.and_then(|run| run.metrics.get(name).copied());
            ModelRow {
                name: model.name.clone(),
                description: model.description.clone(),
                n_versions: model.versions.len(),
                latest: model.latest().map(|version| version.version),
                champion: model.aliases.get(CHAMPION).copied(),
                production: model.in_stage(Stage::Production).map(|version| version.version),
                answering: answering.map(|version| version.version),
                kind: run.and_then(model_of),
                cv: metric("cv_f1_macro"),
                cv_spread: metric("cv_f1_std"),
                test: metric("test_f1"),
            }
        };
        self.now.models().filter_map(|name| self.now.model(name)).map(row).collect()
    }

    /// The versions of every model, newest registered first.
    pub fn versions(&self) -> Vec<VersionRow> {
        let mut rows: Vec<VersionRow> = self.now.all_versions().map(|version| self.row(version)).collect();
        stable_sort(&mut rows, |a, b| b.created.cmp(&a.created).then_with(|| b.version.cmp(&a.version)));
        rows
    }

    /// The versions of one model, newest first.
    pub fn versions_of(&self, model: &str) -> Vec<VersionRow> {
        self.now.versions(model).iter().rev().map(|version| self.row(version)).collect()
    }

    /// One version.
    pub fn version(&self, model: &str, number: u32) -> Option<VersionRow> {
        self.now.version(model, number).map(|version| self.row(version))
    }

    fn row(&self, version: &ModelVersion) -> VersionRow {
        let model = self.now.model(&version.model);
        let is_latest = model.and_then(RegisteredModel::latest).map(|latest| latest.version);
        let row = version_row(version, self.runs.get(&version.run), is_latest == Some(version.version));
        let aliases = model.map(|model| model.aliases_of(version.version)).unwrap_or_default();
        VersionRow { aliases: aliases.into_iter().map(str::to_owned).collect(), ..row }
    }

    /// What happened to a model, newest first; `before` is the last instant before each entry.
    pub fn history(&self, model: &str) -> Vec<HistoryRow> {
        let row = |event: &&RegistryEvent| HistoryRow {
            at: event.at,
            who: event.who.clone(),
            what: event.change.to_string(),
            why: event.why.clone(),
            moves: event.change.moves(),
        };
        history_of(&self.events, model).iter().rev().map(row).collect()
    }

    /// What the one click that goes back would do; none where nothing was moved yet.
    pub fn way_back(&self, model: &str) -> Option<RegistryChange> {
        roll_back(&self.events, model, None).ok()
    }

    /// What was in Production at a time, since when and until when, in one sentence.
    pub fn in_production_at(&self, model: &str, at: Millis, date: impl Fn(Millis) -> String) -> String {
        let periods = periods_in(&self.events, model, Stage::Production);
        let found = periods.iter().rev().find(|period| period.from <= at);
        let Some(period) = found else { return "The model was not registered yet.".to_owned() };
        let until = period.until.map(|until| format!(" until {}", date(until)));
        match period.version {
            None => format!("No version was in Production{}.", until.unwrap_or_default()),
            Some(version) => format!(
                "Version {version} was in Production, from {}{}.",
                date(period.from),
                until.unwrap_or_else(|| " until now".to_owned())
            ),
        }
    }

    /// Settings and scores in which two versions differ; empty where a run's record is gone.
    pub fn differences(&self, first: &RunId, second: &RunId) -> Vec<VersionDifference> {
        let (Some(first), Some(second)) = (self.runs.get(first), self.runs.get(second)) else {
            return Vec::new();
        };
        let mut lines = differing(
            first.params.iter().map(|(name, value)| (name.clone(), param_words(value))),
            second.params.iter().map(|(name, value)| (name.clone(), param_words(value))),
        );
        let words = |(name, value): (&String, &f64)| (name.clone(), format::metric_words(name, *value));
        lines.extend(differing(first.metrics.iter().map(words), second.metrics.iter().map(words)));
        lines
    }

    /// The name of a run's dataset, where its record is here.
    pub fn dataset_of(&self, run: &Run) -> Option<&str> {
        self.datasets.get(&run.dataset.file.to_string()).map(String::as_str)
    }
}

/// Names and values of two, where they differ, in the order of their names.
fn differing(
    first: impl Iterator<Item = (String, String)>,
    second: impl Iterator<Item = (String, String)>,
) -> Vec<VersionDifference> {
    let mut by_name: SortedMap<String, (Option<String>, Option<String>)> = SortedMap::new();
    for (name, value) in first {
        by_name.get_or_insert_with(name, Default::default).0 = Some(value);
    }
    for (name, value) in second {
        by_name.get_or_insert_with(name, Default::default).1 = Some(value);
    }
    let lines = by_name.into_iter().filter(|(_, (first, second))| first != second);
    lines.map(|(name, (first, second))| VersionDifference { name, first, second }).collect()
}

/// How many terms the second pipeline has and the first lacks, and those of them that weigh most by idf, least rare
/// first: what the model came to know.
pub fn terms_gained(first: &FittedPipeline, second: &FittedPipeline) -> (usize, Vec<String>) {
    let known: SortedMap<&str, ()> = first.features.terms.iter().map(|term| (term.as_str(), ())).collect();
    let is_new = |place: &usize| !known.contains_key(second.features.terms[*place].as_str());
    let mut places: Vec<usize> = (0..second.features.terms.len()).filter(is_new).collect();
    let n_gained = places.len();
    let idf = |place: usize| second.features.idf.get(place).copied().unwrap_or(0.0);
    stable_sort(&mut places, |a, b| idf(*a).total_cmp(&idf(*b)));
    let told = places.iter().take(MAX_TERMS_TOLD).map(|place| second.features.terms[*place].clone());
    (n_gained, told.collect())
}

/// The names under which datasets are kept, newest last.
pub fn dataset_names(datasets: impl Iterator<Item = track::dataset::Dataset>) -> SortedMap<String, String> {
    datasets
        .filter(|dataset| dataset.lifecycle == Lifecycle::Active)
        .map(|dataset| (dataset.data.file.to_string(), dataset.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use engine::features::{FittedVectorizer, VectorizerSpec};
    use engine::models::FittedModel;
    use engine::num::ContentHash;
    use engine::pipeline::Calibration;

    use super::*;
    use crate::state::record_views::pipeline_of;

    fn fit(number: u64, cv: f64, c: f64) -> Run {
        let id = RunId::new(Millis(number), [1; 10]);
        let json = format!(
            r#"{{"schema":4,"id":"{id}","experiment":"e","parent":null,"kind":"fit","name":"fit {number}","state":{{"type":"finished"}},"created":{number},"ended":{number},"lifecycle":"active","params":{{"C":{c},"model":"LogisticRegression"}},"metrics":{{"cv_f1_macro":{cv},"n_terms":7}},"dataset":{{"file":"{hash}","recipe":"{hash}"}},"seed":7,"engine_version":"1","artifacts":[{{"name":"model.rlp","media_type":"x","sha256":"{hash}","bytes":1}}]}}"#,
            hash = ContentHash::of(b"x")
        );
        json::from_str(&json).expect("a run")
    }

    fn book() -> Book {
        let mut book = Book::default();
        for (number, cv, c) in [(1, 0.8, 1.0), (2, 0.9, 2.0)] {
            let run = fit(number, cv, c);
            let pipeline = pipeline_of(&run).expect("a finished fit");
            let change = book.now.register("shop", run.id.clone(), pipeline).unwrap();
            book.runs.insert(run.id.clone(), run);
            write(&mut book, number * 10, change);
        }
        book
    }

    fn write(book: &mut Book, at: u64, change: RegistryChange) {
        let event = book.now.event(change, ("me", "because"), Millis(at), [0; 10]).unwrap();
        book.now.apply(&event);
        book.events.push(event);
    }

    #[test]
    fn a_model_answers_with_its_champion() {
        let mut book = book();
        assert_eq!(book.models()[0].answering, Some(2));
        let change = book.now.set_alias("shop", "champion", 1).unwrap();
        write(&mut book, 30, change);
        let row = &book.models()[0];
        assert_eq!((row.answering, row.champion, row.latest, row.cv), (Some(1), Some(1), Some(2), Some(0.8)));
        let versions = book.versions_of("shop");
        let said: Vec<_> =
            versions.iter().map(|row| (row.version, row.is_latest, row.aliases.join(" "))).collect();
        assert_eq!(said, [(2, true, String::new()), (1, false, "champion".to_owned())]);
    }

    #[test]
    fn the_history_is_told_newest_first() {
        let mut book = book();
        let change = book.now.set_stage("shop", 2, Stage::Production, true).unwrap();
        write(&mut book, 30, change);
        let history = book.history("shop");
        assert_eq!(history.len(), 3);
        assert_eq!(
            (history[0].who.as_str(), history[0].why.as_str(), history[0].moves),
            ("me", "because", true)
        );
        assert!(!history[1].moves && book.way_back("shop").is_some());
        assert_eq!(book.history("other"), []);
    }

    #[test]
    fn a_day_says_what_was_in_production() {
        let mut book = book();
        let change = book.now.set_stage("shop", 2, Stage::Production, true).unwrap();
        write(&mut book, 30, change);
        let change = book.now.set_stage("shop", 1, Stage::Production, true).unwrap();
        write(&mut book, 50, change);
        let said = |at: u64| book.in_production_at("shop", Millis(at), |at| at.0.to_string());
        assert_eq!(said(5), "The model was not registered yet.");
        assert_eq!(said(15), "No version was in Production until 30.");
        assert_eq!(said(49), "Version 2 was in Production, from 30 until 50.");
        assert_eq!(said(50), "Version 1 was in Production, from 50 until now.");
    }

    #[test]
    fn only_what_differs_is_compared() {
        let book = book();
        let versions = book.versions_of("shop");
        let lines = book.differences(&versions[1].run, &versions[0].run);
        let said: Vec<_> = lines
            .iter()
            .map(|line| (line.name.as_str(), line.first.as_deref(), line.second.as_deref()))
            .collect();
        assert_eq!(said, [("C", Some("1"), Some("2")), ("cv_f1_macro", Some("0.8000"), Some("0.9000"))]);
    }

    #[test]
    fn the_most_frequent_new_terms_are_told_first() {
        let knows = |terms: &[(&str, f64)]| FittedPipeline {
            engine_version: String::new(),
            cleaning: Vec::new(),
            features: FittedVectorizer {
                spec: VectorizerSpec::tf_idf((1, 1)),
                terms: terms.iter().map(|(term, _)| (*term).to_owned()).collect(),
                idf: terms.iter().map(|(_, idf)| *idf).collect(),
            },
            model: FittedModel::Constant { probabilities: vec![0.5, 0.5] },
            calibration: Calibration::Own,
            threshold: 0.0,
            abstain: None,
            labels: vec!["a".into(), "b".into()],
        };
        let first = knows(&[("good", 1.0), ("slow", 2.0)]);
        let second = knows(&[("bad", 3.0), ("cheap", 1.5), ("good", 1.0)]);
        assert_eq!(terms_gained(&first, &second), (2, vec!["cheap".to_owned(), "bad".to_owned()]));
        assert_eq!(terms_gained(&second, &first), (1, vec!["slow".to_owned()]));
    }
}
