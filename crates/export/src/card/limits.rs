//! All that is known of a model in; what it cannot do, and how far its numbers can be trusted, out.

use engine::metrics::Metrics;
use engine::pipeline::{Coverage, Predictor};
use engine::quote::{Grouped, Quoted};
use track::dataset::Origin;

use super::measured::number;
use super::{CardFacts, steps};

/// A class of fewer test rows is named: its scores are rough.
const FEW_ROWS: u64 = 100;
/// A score of the training part that is by so much more than the test's is named.
const OVERFIT: f64 = 0.1;
/// Probabilities that are wrong by more on average are named.
const ROUGH_PROBABILITIES: f64 = 0.1;
/// A score that is not so much above guessing is named.
const LITTLE_GAIN: f64 = 0.1;
/// Classes of which the largest has so many times the reviews of the smallest are uneven.
const UNEVEN: u64 = 4;

/// Each in a sentence.
pub(super) fn points(facts: &CardFacts<'_>, tested: Option<&(Metrics, Coverage)>) -> Vec<String> {
    let mut points = Vec::new();
    points.extend(of_words(facts));
    points.extend(of_language(facts));
    points.extend(of_data(facts));
    points.extend(of_scores(facts, tested));
    points.push(match &facts.fit {
        Some(_) => "The reviews of another shop, product or time may be written otherwise: hold new reviews against these \
                    from time to time (`reviewlab drift`), and answers against labels of your own."
            .to_owned(),
        None => "Nothing is known here of how it was trained and tested: try it on labelled reviews of your own first."
            .to_owned(),
    });
    points
}

/// What it does not know, and what it says then.
fn of_words(facts: &CardFacts<'_>) -> Option<String> {
    let pipeline = facts.pipeline;
    let n_terms = Grouped(pipeline.features.terms.len() as u64);
    let known = format!("It knows {n_terms} terms and no others");
    let Ok(mut predictor) = Predictor::new(pipeline.clone()) else { return Some(format!("{known}.")) };
    let empty = predictor.predict("");
    let class = usize::from(empty.label);
    let (label, probability) = (pipeline.labels.get(class)?, empty.probabilities.get(class)?);
    Some(format!(
        "{known}: a text of none of them is answered as an empty one is, by '{}' with probability {}.",
        Quoted(label),
        number(*probability)
    ))
}

/// For which languages its cleaning is made.
fn of_language(facts: &CardFacts<'_>) -> Option<String> {
    let mut languages: Vec<String> = Vec::new();
    for language in facts.pipeline.cleaning.iter().filter_map(steps::language) {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    if languages.is_empty() {
        return None;
    }
    let named: Vec<String> = languages.iter().map(|language| capital(language)).collect();
    Some(format!("Its cleaning is made for {}: do not trust it in other languages.", named.join(" and ")))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

fn of_data(facts: &CardFacts<'_>) -> Vec<String> {
    let Some(dataset) = &facts.dataset else { return Vec::new() };
    let mut points = Vec::new();
    if dataset.origin == Origin::Sample {
        points.push("Sample reviews follow rules: real reviews are harder.".to_owned());
    }
    let most = dataset.classes.iter().max_by_key(|(_, n)| *n);
    let least = dataset.classes.iter().min_by_key(|(_, n)| *n);
    if let (Some((large, n_most)), Some((small, n_least))) = (most, least)
        && *n_most >= UNEVEN * (*n_least).max(1)
    {
        points.push(format!(
            "Its classes are uneven: {} reviews of '{}' against {} of '{}'. Accuracy looks better than it is then; look at \
             macro F1 and at each class.",
            Grouped(*n_most),
            Quoted(large),
            Grouped(*n_least),
            Quoted(small)
        ));
    }
    points
}

fn of_scores(facts: &CardFacts<'_>, tested: Option<&(Metrics, Coverage)>) -> Vec<String> {
    let mut points = Vec::new();
    if let Some((metrics, coverage)) = tested {
        for (label, row) in facts.pipeline.labels.iter().zip(&metrics.confusion) {
            let n_rows: u64 = row.iter().sum();
            if n_rows < FEW_ROWS {
                points.push(format!(
                    "Only {n_rows} test reviews are of the class '{}': its scores are rough.",
                    Quoted(label)
                ));
            }
        }
        if coverage.n_answered < coverage.n_rows {
            let share = 100.0 * (1.0 - coverage.share());
            points
                .push(format!("It leaves {share:.0} of 100 reviews unanswered: somebody has to read these."));
        }
        if let Some(error) = metrics.calibration_error.filter(|error| *error > ROUGH_PROBABILITIES) {
            points.push(format!(
                "Its probabilities are off by {} on average: take them for an order.",
                number(error)
            ));
        }
    }
    let test = facts.metric("test_f1");
    if let (Some(train), Some(test)) = (facts.metric("train_f1"), test)
        && train - test > OVERFIT
    {
        points.push(format!(
            "It knows the reviews it learned from better than others (macro F1 {} against {}): more reviews would help it.",
            number(train),
            number(test)
        ));
    }
    if let (Some(guess), Some(test)) = (facts.metric("dummy_f1"), test)
        && test - guess < LITTLE_GAIN
    {
        points.push("It is hardly better than always guessing the commonest class.".to_owned());
    }
    points
}
