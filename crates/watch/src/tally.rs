//! The answers to a file's rows counted while they come: by class, by group, and against labels where it has some.

use engine::dataset::LabelId;
use engine::metrics::{Metrics, evaluate};
use engine::num::SortedMap;
use engine::pipeline::Prediction;
use json::{FromJson, ToJson};
use track::prediction::AnsweredClass;

/// Most groups that are counted apart; rows of further ones are counted together.
pub const MAX_GROUPS: usize = 500;
/// Longest name of a group that is kept, in characters.
const MAX_GROUP_CHARS: usize = 80;

/// Rows of one group.
#[derive(Clone, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct GroupCount {
    /// Its name; empty for rows without one.
    pub group: String,
    /// Rows of each class, in label order.
    pub classes: Vec<u64>,
}

/// What a file's answers add up to.
#[derive(Clone, Debug, PartialEq, ToJson, FromJson)]
pub struct Tally {
    /// Rows that were answered.
    pub n_rows: u64,
    /// Rows that were not, for want of a text.
    pub n_without_text: u64,
    /// In label order.
    pub classes: Vec<ClassCount>,
    /// By name, where a column of groups was named.
    pub groups: Vec<GroupCount>,
    /// Rows of groups beyond `MAX_GROUPS`.
    pub n_of_other_groups: u64,
    /// Rows whose label is none of the model's classes, where a column of labels was named.
    pub n_unknown_labels: u64,
    /// Measured against the labels, where there are some.
    pub metrics: Option<Metrics>,
}

/// Rows of one class.
#[derive(Clone, Debug, PartialEq, Eq, ToJson, FromJson)]
pub struct ClassCount {
    /// The class.
    pub class: String,
    /// Rows that got it.
    pub n_rows: u64,
    /// Rows among them that were too close to call.
    pub n_unsure: u64,
}

impl Tally {
    /// As a record of the log has them.
    pub fn answered_classes(&self) -> Vec<AnsweredClass> {
        let of_class = |count: &ClassCount| AnsweredClass {
            class: count.class.clone(),
            n_rows: count.n_rows,
            n_unsure: count.n_unsure,
        };
        self.classes.iter().map(of_class).collect()
    }

    /// The figures that a record of the log keeps, by name.
    pub fn kept_metrics(&self) -> Vec<(String, f64)> {
        let Some(metrics) = &self.metrics else { return Vec::new() };
        let all = [
            ("accuracy", Some(metrics.accuracy)),
            ("f1_macro", Some(metrics.f1_macro)),
            ("mcc", Some(metrics.mcc)),
            ("roc_auc", metrics.roc_auc),
            ("log_loss", metrics.log_loss),
            ("brier", metrics.brier),
        ];
        let known = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        known.filter(|(_, value)| value.is_finite()).collect()
    }
}

/// Counts answers. Of rows with a label it holds label, class, score and probabilities, 50 bytes a row at most; of
/// others nothing.
#[derive(Debug)]
pub struct Counter {
    labels: Vec<String>,
    tally: Tally,
    groups: SortedMap<String, Vec<u64>>,
    truth: Vec<LabelId>,
    predicted: Vec<u8>,
    scores: Vec<f64>,
    probabilities: Vec<f64>,
}

impl Counter {
    /// Of answers in these classes.
    pub fn new(labels: &[String]) -> Self {
        let class = |class: &String| ClassCount { class: class.clone(), n_rows: 0, n_unsure: 0 };
        Self {
            labels: labels.to_vec(),
            tally: Tally {
                n_rows: 0,
                n_without_text: 0,
                classes: labels.iter().map(class).collect(),
                groups: Vec::new(),
                n_of_other_groups: 0,
                n_unknown_labels: 0,
                metrics: None,
            },
            groups: SortedMap::new(),
            truth: Vec::new(),
            predicted: Vec::new(),
            scores: Vec::new(),
            probabilities: Vec::new(),
        }
    }

    /// A row without a text.
    pub fn skip(&mut self) {
        self.tally.n_without_text += 1;
    }

    /// Rows answered so far.
    pub fn n_rows(&self) -> u64 {
        self.tally.n_rows
    }

    /// An answered row, of a group where there are some; `truth`: the class of its label where there are some, none in
    /// it where the label is none of the classes.
    pub fn push(&mut self, answer: &Prediction, group: Option<&str>, truth: Option<Option<LabelId>>) {
        self.tally.n_rows += 1;
        let class = usize::from(answer.label);
        if let Some(count) = self.tally.classes.get_mut(class) {
            count.n_rows += 1;
            count.n_unsure += u64::from(answer.abstains);
        }
        if let Some(group) = group {
            self.push_group(group, class);
        }
        match truth {
            None => {}
            Some(Some(label)) if usize::from(label.0) < self.labels.len() => {
                self.truth.push(label);
                self.predicted.push(answer.label);
                self.scores.extend(answer.scores.first().filter(|_| self.labels.len() == 2));
                self.probabilities.extend_from_slice(&answer.probabilities);
            }
            Some(_) => self.tally.n_unknown_labels += 1,
        }
    }

    fn push_group(&mut self, group: &str, class: usize) {
        let name: String = group.trim().chars().take(MAX_GROUP_CHARS).collect();
        if self.groups.len() >= MAX_GROUPS && !self.groups.contains_key(&name) {
            self.tally.n_of_other_groups += 1;
            return;
        }
        let n_classes = self.labels.len();
        let counts = self.groups.get_or_insert_with(name, || vec![0; n_classes]);
        if let Some(count) = counts.get_mut(class) {
            *count += 1;
        }
    }

    /// What they add up to.
    pub fn finish(self) -> Tally {
        let n_classes = self.labels.len();
        let groups = self.groups.into_iter().map(|(group, classes)| GroupCount { group, classes }).collect();
        let score = (n_classes == 2).then_some(self.scores.as_slice());
        let metrics = (!self.truth.is_empty())
            .then(|| evaluate(&self.truth, &self.predicted, n_classes, score, Some(&self.probabilities)));
        Tally { groups, metrics, ..self.tally }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(label: u8, abstains: bool) -> Prediction {
        let second = if label == 1 { 0.75 } else { 0.25 };
        Prediction { label, probabilities: vec![1.0 - second, second], scores: vec![second - 0.5], abstains }
    }

    fn labels() -> Vec<String> {
        ["negative", "positive"].map(str::to_owned).to_vec()
    }

    #[test]
    fn answers_are_counted_by_class_and_group() {
        let mut counter = Counter::new(&labels());
        for (label, group, abstains) in [(0, "b", false), (1, "a", true), (1, " b ", false), (1, "", false)] {
            counter.push(&answer(label, abstains), Some(group), None);
        }
        counter.skip();
        let tally = counter.finish();
        let classes: Vec<_> = tally.classes.iter().map(|class| (class.n_rows, class.n_unsure)).collect();
        assert_eq!(classes, [(1, 0), (3, 1)]);
        let groups: Vec<_> =
            tally.groups.iter().map(|group| (group.group.as_str(), &group.classes[..])).collect();
        assert_eq!(groups, [("", &[0, 1][..]), ("a", &[0, 1]), ("b", &[1, 1])]);
        assert_eq!((tally.n_rows, tally.n_without_text, tally.metrics), (4, 1, None));
    }

    #[test]
    fn groups_beyond_the_bound_are_counted_together() {
        let mut counter = Counter::new(&labels());
        for group in 0..MAX_GROUPS + 3 {
            counter.push(&answer(1, false), Some(&format!("group {group}")), None);
        }
        counter.push(&answer(0, false), Some("group 1"), None);
        let tally = counter.finish();
        assert_eq!((tally.groups.len(), tally.n_of_other_groups), (MAX_GROUPS, 3));
    }

    #[test]
    fn labels_measure_the_answers() {
        let mut counter = Counter::new(&labels());
        for (label, truth) in [(0, Some(0)), (1, Some(1)), (1, Some(0)), (0, Some(0)), (1, None)] {
            counter.push(&answer(label, false), None, Some(truth.map(LabelId)));
        }
        let tally = counter.finish();
        let metrics = tally.metrics.clone().expect("there are labels");
        assert_eq!(metrics.confusion, [[2, 1], [0, 1]]);
        assert_eq!((metrics.accuracy, tally.n_unknown_labels), (0.75, 1));
        assert!(tally.kept_metrics().iter().any(|(name, value)| name == "accuracy" && *value == 0.75));
    }
}
