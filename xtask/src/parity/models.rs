//! Final fits on the training part, measured on both parts, against models.json and three_classes.json.
//! In: reviews, the files. Out: lines of the report: objective within 1e-10 relative or below, scores within
//! 1e-5 (naive Bayes 1e-12), confusion matrices equal, other metrics within 1e-4, rank metrics for some order of the
//! rows whose scores are equal to 1e-5; folds within 1e-6; of forests the mean over five seeds within 0.008 or 2.5
//! standard errors.
//! Never: a model of another solver in place of the one asked for.

use anyhow::Result;
use engine::features::{Corpus, Counting, VectorizerSpec};
use engine::metrics::{Metrics, average_precision, roc_auc};
use engine::models::{CrossValidator, ModelKind, ModelSpec};
use engine::pipeline::{FinalFit, FinalTask, PipelineSpec, Preset, fit_final_with};
use engine::text::reference_cleaning;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::data::Data;
use super::report::{Report, worst_gap};
use super::splits::{TheirSplit, compare_split};
use super::{Reference, settings};

const OBJECTIVE_GAP: f64 = 1e-10;
const SCORE_GAP: f64 = 1e-5;
const BAYES_SCORE_GAP: f64 = 1e-12;
const METRIC_GAP: f64 = 1e-4;
const THREE_CLASS_FOLD_GAP: f64 = 1e-6;
/// How far two forests' mean scores may lie apart, or this many standard errors of their difference.
const FOREST_GAP: f64 = 0.008;
const MAX_STANDARD_ERRORS: f64 = 2.5;

#[derive(Deserialize)]
struct TheirMetrics {
    confusion: Vec<Vec<u64>>,
    precision: Vec<f64>,
    recall: Vec<f64>,
    f1: Vec<f64>,
    accuracy: f64,
    f1_macro: f64,
    f1_weighted: f64,
    mcc: f64,
    roc_auc: Option<f64>,
    average_precision: Option<f64>,
    log_loss: Option<f64>,
    brier: Option<f64>,
}

#[derive(Deserialize)]
struct Case {
    vectorizer: String,
    vectorizer_params: Map<String, Value>,
    model: String,
    value: f64,
    train: TheirMetrics,
    test: TheirMetrics,
    test_scores_first_50: Vec<f64>,
    objective: Option<f64>,
    /// Only of what is random.
    test_f1_macro_of_5_seeds: Option<Vec<f64>>,
}

#[derive(Deserialize)]
struct ThreeClasses {
    counts: Vec<u64>,
    #[serde(flatten)]
    split: TheirSplit,
    models: Vec<ThreeClassCase>,
}

#[derive(Deserialize)]
struct ThreeClassCase {
    model: String,
    value: f64,
    vectorizer_params: Map<String, Value>,
    #[serde(flatten)]
    test: TheirMetrics,
    test_scores_first_20: Vec<Vec<f64>>,
    cv_f1_macro: Vec<f64>,
}

pub fn compare(report: &mut Report, reference: &Reference, data: &Data) -> Result<()> {
    if !reference.has("models.json") {
        report.absent("models.json");
        return Ok(());
    }
    let cases: Vec<Case> = reference.json("models.json")?;
    let mut fitter = Fitter::new(data);
    for case in &cases {
        let what = format!("{} {} on {}", case.model, case.value, case.vectorizer);
        let features = settings::vectorizer(&case.vectorizer, &case.vectorizer_params);
        let (Some(features), Some(model)) = (features, settings::model(&case.model, case.value)) else {
            report.not_yet(format!("{what} {}", settings::shown(&case.vectorizer_params)));
            continue;
        };
        if case.vectorizer_params.contains_key("stop_words") {
            let preset = Preset::ScheduledJob;
            let PipelineSpec { vectorizer, model: of_preset, .. } = preset.pipeline();
            let holds = (&vectorizer, &of_preset) == (&features, &model);
            let values = [preset.name().to_owned(), settings::shown(&case.vectorizer_params)];
            let worst = if holds { "none" } else { "differs" };
            report.add(format!("{what}: the preset"), values, worst, holds);
        }
        if let Some(theirs) = &case.test_f1_macro_of_5_seeds {
            compare_forests(report, &what, &mut fitter, (&features, &model), theirs)?;
            continue;
        }
        let (fit, objective) = fitter.fit(features, model.clone())?;
        compare_objective(report, &what, objective, case);
        compare_case(report, (&what, data), &model, &fit, case);
    }
    Ok(())
}

fn compare_objective(report: &mut Report, what: &str, ours: Option<f64>, case: &Case) {
    if let (Some(ours), Some(theirs)) = (ours, case.objective) {
        let over = (ours - theirs) / theirs.abs();
        let values = [ours, theirs].map(|value| format!("{value:.8}"));
        let worst = format!("{over:.1e} of {OBJECTIVE_GAP:.0e}");
        report.add(format!("{what}: objective"), values, worst, over <= OBJECTIVE_GAP);
    }
}

fn compare_case(
    report: &mut Report,
    (what, data): (&str, &Data),
    model: &ModelSpec,
    fit: &FinalFit,
    case: &Case,
) {
    let scores: Vec<f64> = if model.kind().has_probabilities() {
        fit.test_probabilities.chunks_exact(2).map(|row| row[1]).collect()
    } else {
        fit.test_scores.clone()
    };
    let theirs = &case.test_scores_first_50;
    let ours = &scores[..scores.len().min(theirs.len())];
    report.all_within(format!("{what}: scores"), ours, theirs, score_gap(model));
    let leeway = |rows: &[u32], scores: &[f64]| RankLeeway::new(data, rows, scores, score_gap(model));
    let of_train = leeway(&data.plan.train, &fit.train_scores);
    compare_metrics(report, &format!("{what}: train"), &fit.train, &case.train, of_train);
    let of_test = leeway(&data.plan.test, &fit.test_scores);
    compare_metrics(report, &format!("{what}: test"), &fit.test, &case.test, of_test);
}

/// How much metrics of the rows' order are left open by the agreement asked of scores. Words that all training
/// reviews have together weigh the same, so reviews that differ in them alone have one score but for rounding, and
/// come in either order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct RankLeeway {
    roc_auc: f64,
    average_precision: f64,
}

impl RankLeeway {
    /// Shapes: `rows`, `scores`: as many of each.
    fn new(data: &Data, rows: &[u32], scores: &[f64], score_gap: f64) -> Self {
        let positive: Vec<bool> = rows.iter().map(|&row| data.docs.labels[row as usize].0 == 1).collect();
        let moved = |by: f64| -> Vec<f64> {
            scores
                .iter()
                .zip(&positive)
                .map(|(score, positive)| score + f64::from(u8::from(*positive)) * by)
                .collect()
        };
        let leeway = |metric: fn(&[bool], &[f64]) -> Option<f64>| {
            let [least, given, most] =
                [-score_gap, 0.0, score_gap].map(|by| metric(&positive, &moved(by)).unwrap_or(0.0));
            (most - given).max(given - least)
        };
        Self { roc_auc: leeway(roc_auc), average_precision: leeway(average_precision) }
    }

    /// `theirs`, brought nearer to `ours` by what is left open.
    fn nearer(theirs: f64, ours: f64, leeway: f64) -> f64 {
        ours + (theirs - ours).signum() * ((theirs - ours).abs() - leeway).max(0.0)
    }
}

/// Forests are random: the means over as many seeds of ours as of theirs lie close together.
fn compare_forests(
    report: &mut Report,
    what: &str,
    fitter: &mut Fitter<'_>,
    (features, model): (&VectorizerSpec, &ModelSpec),
    theirs: &[f64],
) -> Result<()> {
    let mut ours = Vec::new();
    for seed in 0..theirs.len() as u64 {
        let mut model = model.clone();
        if let ModelSpec::RandomForest(forest) = &mut model {
            forest.seed = seed;
        }
        ours.push(fitter.fit(features.clone(), model)?.0.test.f1_macro);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let square_error = |values: &[f64]| {
        let deviations = values.iter().map(|value| value - mean(values));
        let squares: f64 = deviations.map(|deviation| deviation * deviation).sum();
        squares / (values.len() as f64 - 1.0).max(1.0) / values.len() as f64
    };
    let allowed = MAX_STANDARD_ERRORS * (square_error(&ours) + square_error(theirs)).sqrt();
    let what = format!("{what}: mean test f1_macro of {} seeds", theirs.len());
    report.within(what, mean(&ours), mean(theirs), allowed.max(FOREST_GAP));
    Ok(())
}

fn score_gap(model: &ModelSpec) -> f64 {
    if model.kind() == ModelKind::MultinomialNb { BAYES_SCORE_GAP } else { SCORE_GAP }
}

fn compare_metrics(
    report: &mut Report,
    what: &str,
    ours: &Metrics,
    theirs: &TheirMetrics,
    leeway: RankLeeway,
) {
    let holds = ours.confusion == theirs.confusion;
    let values = [&ours.confusion, &theirs.confusion].map(|matrix| format!("{matrix:?}"));
    let worst = if holds { "none" } else { "differs" };
    report.add(format!("{what} confusion"), values, worst, holds);

    let mut pairs = vec![
        (ours.accuracy, theirs.accuracy),
        (ours.f1_macro, theirs.f1_macro),
        (ours.f1_weighted, theirs.f1_weighted),
        (ours.mcc, theirs.mcc),
    ];
    for (ours, theirs) in
        [(&ours.precision, &theirs.precision), (&ours.recall, &theirs.recall), (&ours.f1, &theirs.f1)]
    {
        pairs.extend(ours.iter().copied().zip(theirs.iter().copied()));
    }
    // What the reference gives we must give: a missing value is no number, and NaN never holds.
    let optional = [
        (ours.roc_auc, theirs.roc_auc, leeway.roc_auc),
        (ours.average_precision, theirs.average_precision, leeway.average_precision),
        (ours.log_loss, theirs.log_loss, 0.0),
        (ours.brier, theirs.brier, 0.0),
    ];
    pairs.extend(optional.into_iter().filter_map(|(ours, theirs, leeway)| {
        let ours = ours.unwrap_or(f64::NAN);
        Some((ours, RankLeeway::nearer(theirs?, ours, leeway)))
    }));
    let (ours_all, theirs_all): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let worst = worst_gap(&ours_all, &theirs_all);
    let values = [ours.f1_macro, theirs.f1_macro].map(|f1| format!("f1_macro {f1:.6}"));
    let shown = format!("{worst:.1e} of {METRIC_GAP:.0e}");
    report.add(format!("{what}: {} metrics", ours_all.len()), values, shown, worst <= METRIC_GAP);
}

/// Compares everything beyond two classes.
pub fn compare_three_classes(report: &mut Report, reference: &Reference, data: &Data) -> Result<()> {
    let theirs: ThreeClasses = reference.json("three_classes.json")?;
    let count = |class: usize| data.docs.labels.iter().filter(|label| usize::from(label.0) == class).count();
    let counts: Vec<u64> = (0..data.labels.len()).map(|class| count(class) as u64).collect();
    report.same("three classes: rows", format!("{counts:?}"), format!("{:?}", theirs.counts));
    compare_split(report, "three classes", &data.plan, &theirs.split);
    let mut fitter = Fitter::new(data);
    for case in &theirs.models {
        let what = format!("three classes {} {}", case.model, case.value);
        let specs = (
            settings::vectorizer("tfidf", &case.vectorizer_params),
            settings::model(&case.model, case.value),
        );
        let (Some(features), Some(model)) = specs else {
            report.not_yet(what);
            continue;
        };
        let (fit, _) = fitter.fit(features, model.clone())?;
        let scores =
            if model.kind().has_probabilities() { &fit.test_probabilities } else { &fit.test_scores };
        let theirs: Vec<f64> = case.test_scores_first_20.concat();
        let ours = &scores[..scores.len().min(theirs.len())];
        report.all_within(format!("{what}: scores"), ours, &theirs, SCORE_GAP);
        compare_metrics(report, &format!("{what}: test"), &fit.test, &case.test, RankLeeway::default());
        let folds = &fit.cv.fold_f1_macro;
        report.all_within(format!("{what}: folds"), folds, &case.cv_f1_macro, THREE_CLASS_FOLD_GAP);
    }
    Ok(())
}

/// Fits settings on one file, counting each kind of n-grams once.
struct Fitter<'a> {
    data: &'a Data,
    counted: Vec<(Counting, Corpus, CrossValidator)>,
}

impl<'a> Fitter<'a> {
    fn new(data: &'a Data) -> Self {
        Self { data, counted: Vec::new() }
    }

    /// The fit, and what was minimised over the training part.
    fn fit(&mut self, vectorizer: VectorizerSpec, model: ModelSpec) -> Result<(FinalFit, Option<f64>)> {
        let counting = vectorizer.counting(1);
        let place = match self.counted.iter().position(|(known, ..)| *known == counting) {
            Some(place) => place,
            None => {
                let corpus = self.data.corpus(&counting)?;
                let validator = CrossValidator::new(&corpus.counts, &self.data.plan)?;
                self.counted.push((counting, corpus, validator));
                self.counted.len() - 1
            }
        };
        let (_, corpus, validator) = &mut self.counted[place];
        let spec = PipelineSpec { cleaning: reference_cleaning(), vectorizer, model };
        let (counts, terms) = (&corpus.counts, corpus.terms.as_slice());
        let task = FinalTask { counts, terms, plan: &self.data.plan, spec: &spec, labels: &self.data.labels };
        let fit = fit_final_with(validator, task)?;
        let objective = fit.train_objective(counts, &self.data.plan, &spec.model);
        Ok((fit, objective))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_leeway_counts() {
        assert_eq!(RankLeeway::nearer(0.75, 0.5, 0.125), 0.625);
        assert_eq!(RankLeeway::nearer(0.25, 0.5, 0.125), 0.375);
        assert_eq!(RankLeeway::nearer(0.75, 0.5, 0.5), 0.5);
        assert!(RankLeeway::nearer(0.75, f64::NAN, 0.5).is_nan(), "a missing value never holds");
    }
}
