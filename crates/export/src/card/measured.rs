//! What a model says of reviews it did not learn from in; the card's parts about how good it is out.

use engine::errors::{SLICE_LEVEL, Slice, SliceKind};
use engine::metrics::{IntervalSpec, Metric, Metrics, bootstrap_f1_macro};
use engine::pipeline::Coverage;
use engine::quote::{Grouped, Quoted};
use engine::stats::wilson_interval;

use super::CardFacts;
use crate::document::{Block, Table};
use crate::picture::confusion_svg;

/// How sure the intervals are.
const LEVEL: f64 = 0.95;
/// Slices that are listed, the worst.
const MAX_SLICES: usize = 10;
/// What stands where nothing is known.
const NOTHING: &str = "–";

type Tested = (Metrics, Coverage);

/// `0.843`.
pub(super) fn number(value: f64) -> String {
    format!("{value:.3}")
}

fn between((low, high): (f64, f64)) -> String {
    format!("{} to {}", number(low), number(high))
}

/// The model in one sentence; nothing where it was not tested.
pub(super) fn in_a_sentence(facts: &CardFacts<'_>, tested: Option<&Tested>) -> Option<String> {
    let accuracy = tested.map(|(metrics, _)| metrics.accuracy).or_else(|| facts.metric("accuracy"))?;
    let f1 = tested.map(|(metrics, _)| metrics.f1_macro).or_else(|| facts.metric("test_f1"))?;
    let interval = f1_interval(facts, tested).map(|ends| format!(" ({})", between(ends))).unwrap_or_default();
    Some(format!(
        "Gets {:.0} of 100 reviews right that it has not seen; macro F1 {}{interval}.",
        100.0 * accuracy,
        number(f1)
    ))
}

/// Where macro F1 of the test part might lie: as it was stored, else drawn anew from the counts.
fn f1_interval(facts: &CardFacts<'_>, tested: Option<&Tested>) -> Option<(f64, f64)> {
    let stored = facts.metric("test_f1_low").zip(facts.metric("test_f1_high"));
    stored.or_else(|| {
        let seed = facts.fit.as_ref().map_or(0, |fit| fit.seed);
        let drawn = bootstrap_f1_macro(&tested?.0.confusion, &IntervalSpec::usual(seed))?;
        Some((drawn.low, drawn.high))
    })
}

/// Scores of the test part and over the folds.
pub(super) fn blocks(facts: &CardFacts<'_>, tested: Option<&Tested>) -> Vec<Block> {
    let mut rows = of_test(facts, tested);
    rows.extend(over_folds(facts));
    if rows.is_empty() {
        let text = "How good it is is not known here: no run came with the model.";
        return vec![Block::Text(text.to_owned())];
    }
    let n_rows =
        tested.map(|(_, coverage)| format!(", {} reviews", Grouped(coverage.n_rows))).unwrap_or_default();
    let text = format!(
        "Of the test part{n_rows}. Intervals are where the number would lie in 95 of 100 draws of other reviews of the same \
         kind: Wilson's for shares, a bootstrap's for macro F1."
    );
    let mut blocks =
        vec![Block::Text(text), Block::Table(Table::new("Scores", &["Score", "#Value", "#Interval"], rows))];
    blocks.extend(of_classes(facts, tested));
    if let Some((metrics, _)) = tested {
        let labels = &facts.pipeline.labels;
        blocks.push(Block::Picture(confusion_svg(labels, &metrics.confusion)));
        let mut columns = vec!["True class".to_owned()];
        columns.extend(labels.iter().map(|label| format!("#predicted '{}'", Quoted(label))));
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let row = |(label, counts): (&String, &Vec<u64>)| {
            let counts = counts.iter().map(|count| Grouped(*count).to_string());
            std::iter::once(label.clone()).chain(counts).collect()
        };
        let rows = labels.iter().zip(&metrics.confusion).map(row).collect();
        blocks.push(Block::Table(Table::new("Confusion matrix of the test part", &columns, rows)));
    }
    blocks
}

fn row(name: &str, value: Option<f64>, interval: Option<(f64, f64)>) -> Option<Vec<String>> {
    Some(vec![name.to_owned(), number(value?), interval.map_or_else(|| NOTHING.to_owned(), between)])
}

fn of_test(facts: &CardFacts<'_>, tested: Option<&Tested>) -> Vec<Vec<String>> {
    let metrics = tested.map(|(metrics, _)| metrics);
    let of = |metric: Metric, stored: &str| {
        metrics.and_then(|metrics| metric.of(metrics)).or_else(|| facts.metric(stored))
    };
    let right = metrics.and_then(|metrics| {
        let n_right = (0..).zip(&metrics.confusion).map(|(class, row): (usize, _)| row[class]).sum();
        wilson_interval(n_right, metrics.confusion.iter().flatten().sum(), LEVEL)
    });
    let answered = tested.filter(|(_, coverage)| coverage.n_answered < coverage.n_rows);
    let share = answered.map(|(_, coverage)| (coverage.share(), (coverage.n_answered, coverage.n_rows)));
    let among = answered.and_then(|(_, of)| Some((of.accuracy()?, (of.n_right, of.n_answered))));
    let wilson = |(hits, n): (u64, u64)| wilson_interval(hits, n, LEVEL);
    let calibration = metrics.and_then(|metrics| metrics.calibration_error).or_else(|| facts.metric("ece"));
    [
        row("macro F1", of(Metric::F1Macro, "test_f1"), f1_interval(facts, tested)),
        row("accuracy", of(Metric::Accuracy, "accuracy"), right),
        row("weighted F1", of(Metric::F1Weighted, "f1_weighted"), None),
        row("Matthews' correlation", of(Metric::Mcc, "mcc"), None),
        row("area under the ROC curve", of(Metric::RocAuc, "roc_auc"), None),
        row("average precision", of(Metric::AveragePrecision, "average_precision"), None),
        row("log loss (less is better)", of(Metric::LogLoss, "log_loss"), None),
        row("Brier score (less is better)", of(Metric::Brier, "brier"), None),
        row("calibration error (less is better)", calibration, None),
        row("share answered", share.map(|(share, _)| share), share.and_then(|(_, counts)| wilson(counts))),
        row(
            "accuracy of the answers",
            among.map(|(share, _)| share),
            among.and_then(|(_, counts)| wilson(counts)),
        ),
        row("macro F1 of always guessing the commonest class", facts.metric("dummy_f1"), None),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn over_folds(facts: &CardFacts<'_>) -> Option<Vec<String>> {
    let (mean, spread) = (facts.metric("cv_f1_macro")?, facts.metric("cv_f1_std")?);
    let folds =
        facts.study.as_ref().map(|study| format!(" of {} folds", study.split.n_folds)).unwrap_or_default();
    Some(vec![
        format!("macro F1 over the folds (mean{folds} ± standard deviation)"),
        number(mean),
        format!("± {}", number(spread)),
    ])
}

fn of_classes(facts: &CardFacts<'_>, tested: Option<&Tested>) -> Option<Block> {
    let labels = &facts.pipeline.labels;
    let columns = ["Class", "#Reviews", "#Recall", "#95 %", "#Precision", "#95 %", "#F1"];
    let rows: Vec<Vec<String>> = match tested {
        Some((metrics, _)) => {
            let of_class = |(class, label): (usize, &String)| {
                let right = metrics.confusion[class][class];
                let truth: u64 = metrics.confusion[class].iter().sum();
                let predicted: u64 = metrics.confusion.iter().map(|row| row[class]).sum();
                let ends = |n| wilson_interval(right, n, LEVEL).map_or_else(|| NOTHING.to_owned(), between);
                vec![
                    label.clone(),
                    Grouped(truth).to_string(),
                    number(metrics.recall[class]),
                    ends(truth),
                    number(metrics.precision[class]),
                    ends(predicted),
                    number(metrics.f1[class]),
                ]
            };
            labels.iter().enumerate().map(of_class).collect()
        }
        None => {
            let of_class = |label: &String| {
                let of = |name: &str| facts.metric(&format!("test_{name}_{label}")).map(number);
                let nothing = || NOTHING.to_owned();
                Some(vec![
                    label.clone(),
                    nothing(),
                    of("recall")?,
                    nothing(),
                    of("precision")?,
                    nothing(),
                    of("f1")?,
                ])
            };
            labels.iter().filter_map(of_class).collect()
        }
    };
    (!rows.is_empty()).then(|| Block::Table(Table::new("Each class in the test part", &columns, rows)))
}

/// In which kinds of reviews it is worse, as far as that was looked at.
pub(super) fn slices(facts: &CardFacts<'_>, tested: Option<&Tested>) -> Vec<Block> {
    let mut blocks: Vec<Block> = worst_class(facts, tested).map(Block::Text).into_iter().collect();
    let Some(found) = &facts.slices else {
        let text = "Its answers were not looked at by kinds of reviews (length, rating, words, groups) for this card.";
        blocks.push(Block::Text(text.to_owned()));
        return blocks;
    };
    let sure = found.slices.iter().filter(|slice| slice.low > 0.0).count();
    blocks.push(Block::Text(format!(
        "Of {} kinds of reviews (by length, rating, words and group) it is surely worse in {sure}: of their {} test reviews \
         {} were answered wrong. The intervals are wide enough to hold for all kinds together in {:.0} of 100 cases.",
        Grouped(found.n_compared),
        Grouped(found.n_rows),
        Grouped(found.n_wrong),
        100.0 * SLICE_LEVEL
    )));
    let row = |slice: &Slice| {
        vec![
            kind(&slice.kind),
            Grouped(slice.n_rows).to_string(),
            Grouped(slice.n_wrong).to_string(),
            number(slice.worse_by),
            between((slice.low, slice.high)),
        ]
    };
    let rows: Vec<Vec<String>> = found.slices.iter().take(MAX_SLICES).map(row).collect();
    if !rows.is_empty() {
        let columns = ["Reviews", "#Rows", "#Wrong", "#Share wrong, more than of the others", "#Interval"];
        blocks.push(Block::Table(Table::new("Kinds of reviews, the worst first", &columns, rows)));
    }
    blocks
}

fn kind(kind: &SliceKind) -> String {
    match kind {
        SliceKind::Length { from, to: Some(to) } => format!("of {from} to {to} words"),
        SliceKind::Length { from, to: None } => format!("of {from} words or more"),
        SliceKind::Rating { value } => format!("rated '{}'", Quoted(value)),
        SliceKind::Word { word } => format!("with the word '{}'", Quoted(word)),
        SliceKind::Group { value } => format!("of the group '{}'", Quoted(value)),
    }
}

/// The class of which it finds least.
fn worst_class(facts: &CardFacts<'_>, tested: Option<&Tested>) -> Option<String> {
    let (metrics, _) = tested?;
    let recalls = metrics.recall.iter().zip(&facts.pipeline.labels);
    let (recall, label) = recalls.min_by(|one, other| one.0.total_cmp(other.0))?;
    Some(format!(
        "It finds least of the class '{}': {:.0} of 100 of its reviews.",
        Quoted(label),
        100.0 * recall
    ))
}
