//! Linear models on the matrix of a large file, and how near LIBLINEAR's come to the same minimum.
//! In: a file of reviews; a model file of LIBLINEAR. Out: seconds and objectives; the matrix as LIBLINEAR reads it.
//! Never: an objective but the one that both minimise, computed here for both.

use anyhow::{Context as _, Result, bail, ensure};
use engine::dataset::LabelId;
use engine::models::{
    EvaluateError, Fitted, FittedModel, ModelKind, ModelSpec, TrainingSet, Truth, fit_model,
    fit_model_within, objective,
};
use engine::num::Csr;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use crate::{reviews, scale};

/// Rows, labels and the two models.
struct Problem {
    x: Csr,
    labels: Vec<LabelId>,
}

impl Problem {
    fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file)?;
        let corpus = reviews::counted(reviews::read(&bytes, &reviews::recipe(&bytes)?)?)?;
        let rows: Vec<u32> = (0..corpus.counts.labels.len() as u32).collect();
        let x = reviews::matrix(&corpus, &rows, &reviews::vectorizer(Some(scale::MAX_FEATURES)))?;
        Ok(Self { x, labels: corpus.counts.labels })
    }

    fn truth(&self) -> Truth<'_> {
        Truth { labels: &self.labels, n_classes: 2, sample_weights: None }
    }

    fn objective(&self, spec: &ModelSpec, model: &FittedModel) -> Result<f64> {
        let FittedModel::Linear { coef, intercept, .. } = model else { bail!("no linear model") };
        let score = |row: usize| self.x.row(row).dot(coef) + intercept[0];
        let scores: Vec<f64> = (0..self.x.n_rows).map(score).collect();
        objective(&self.truth(), spec, model, &scores).context("the model has no objective")
    }

    fn fit(&self, spec: &ModelSpec, gap: f64) -> Result<Value> {
        let set = TrainingSet { x: &self.x, truth: self.truth() };
        let (seconds, objective) = self.timed(spec, || fit_model_within(&set, spec, gap))?;
        let (seconds_to_minimum, minimum) = self.timed(spec, || fit_model(&set, spec))?;
        Ok(json!({
            "model": spec.kind().as_str(),
            "C": strength(spec),
            "seconds": seconds,
            "objective": objective,
            "seconds_to_minimum": seconds_to_minimum,
            "minimum": minimum,
        }))
    }

    /// Seconds of a fit, and what is minimised where it ended.
    fn timed(
        &self,
        spec: &ModelSpec,
        fit: impl FnOnce() -> Result<Fitted, EvaluateError>,
    ) -> Result<(f64, f64)> {
        let begun = Instant::now();
        let fitted = fit()?;
        let seconds = begun.elapsed().as_secs_f64();
        ensure!(fitted.warnings.is_empty(), "{} did not converge", spec.kind().as_str());
        Ok((seconds, self.objective(spec, &fitted.model)?))
    }

    /// What scikit-learn's `balanced` gives the unhappy and the happy.
    fn class_weights(&self) -> [f64; 2] {
        let n_rows = self.labels.len() as f64;
        let n_happy = self.labels.iter().filter(|label| label.0 == 1).count() as f64;
        [n_rows - n_happy, n_happy].map(|n_of_class| n_rows / (2.0 * n_of_class))
    }
}

/// The two models LIBLINEAR fits, too.
fn linear_models() -> impl Iterator<Item = ModelSpec> {
    scale::models().into_iter().filter(|model| model.kind() != ModelKind::MultinomialNb)
}

/// Fits both models to within `gap` of the minimum, relatively, and as the product does; writes the matrix where that
/// is asked for.
///
/// # Errors
/// Where the file cannot be read or the matrix not be written.
pub fn run(file: &Path, gap: f64, matrix: Option<&Path>) -> Result<Value> {
    let problem = Problem::read(file)?;
    if let Some(path) = matrix {
        std::fs::write(path, in_liblinears_form(&problem)?)?;
    }
    let fits: Result<Vec<Value>> = linear_models().map(|spec| problem.fit(&spec, gap)).collect();
    let [unhappy, happy] = problem.class_weights();
    Ok(json!({ "fits": fits?, "weight_of_unhappy": unhappy, "weight_of_happy": happy }))
}

fn strength(spec: &ModelSpec) -> Option<f64> {
    match spec {
        ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. } => Some(*c),
        _ => None,
    }
}

/// A line a row: `1 3:0.25 17:0.5`, columns counted from 1, values to the last bit.
fn in_liblinears_form(problem: &Problem) -> Result<String> {
    let mut text = String::new();
    for (row, label) in problem.x.rows().zip(&problem.labels) {
        text.push_str(if label.0 == 1 { "1" } else { "-1" });
        for (column, value) in row.entries() {
            write!(text, " {}:{value}", column + 1)?;
        }
        text.push('\n');
    }
    Ok(text)
}

/// What the model that LIBLINEAR wrote minimises comes to.
///
/// # Errors
/// Where there is no such model, or the file is no model of this matrix.
pub fn objective_of(file: &Path, model: &str, fitted: &Path) -> Result<Value> {
    let problem = Problem::read(file)?;
    let spec = linear_models().find(|spec| spec.kind().as_str() == model);
    let spec = spec.with_context(|| format!("'{model}' is no linear model"))?;
    let text = std::fs::read_to_string(fitted)?;
    let (head, weights) = text.split_once("\nw\n").context("no model of LIBLINEAR's")?;
    // Weights are those of the label named first.
    let sign = if head.contains("label 1 ") { 1.0 } else { -1.0 };
    let numbers: Result<Vec<f64>, _> = weights.split_whitespace().map(str::parse).collect();
    let mut coef: Vec<f64> = numbers?.into_iter().map(|weight| sign * weight).collect();
    let intercept = coef.pop().into_iter().collect();
    ensure!(coef.len() == problem.x.n_columns, "{} weights for {} columns", coef.len(), problem.x.n_columns);
    let objective = problem.objective(&spec, &FittedModel::Linear { kind: spec.kind(), coef, intercept })?;
    Ok(json!({ "objective": objective }))
}
