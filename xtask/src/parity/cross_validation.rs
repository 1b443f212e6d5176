//! Fold scores of many settings, against cv.json.
//! In: reviews, the file. Out: lines of the report: all fold scores but 2 of 375 equal within 1e-12, every
//! mean within 1e-4. Never: a setting left out.

use anyhow::{Context as _, Result};
use engine::features::{Counting, DocumentFrequency, VectorizerSpec};
use engine::models::CrossValidator;
use serde::Deserialize;
use std::collections::BTreeMap;

use super::data::Data;
use super::report::Report;
use super::{Reference, settings};

/// Fold scores that are the same.
const FOLD_GAP: f64 = 1e-12;
const MEAN_GAP: f64 = 1e-4;
/// Fold scores that may differ: rows that lie on the border within the solvers' precision.
const MAX_OTHER_FOLDS: usize = 2;

#[derive(Deserialize)]
struct Case {
    model: String,
    value: f64,
    max_features: u32,
    min_df: u32,
    max_df: f64,
    f1_macro: Vec<f64>,
}

#[derive(Default)]
struct OfModel {
    n_settings: usize,
    n_equal: usize,
    n_folds: usize,
    worst_mean: f64,
    means: [f64; 2],
}

pub fn compare(report: &mut Report, reference: &Reference, data: &Data) -> Result<()> {
    if !reference.has("cv.json") {
        report.absent("cv.json");
        return Ok(());
    }
    let cases: Vec<Case> = reference.json("cv.json")?;
    let corpus = data.corpus(&Counting::words((1, 2), 1))?;
    let mut validator = CrossValidator::new(&corpus.counts, &data.plan)?;
    let mut models: BTreeMap<&str, OfModel> = BTreeMap::new();
    for case in &cases {
        let Some(model) = settings::model(&case.model, case.value) else {
            report.not_yet(format!("cv: {} {}", case.model, case.value));
            continue;
        };
        let scores = validator
            .evaluate(&features(case), &model)
            .with_context(|| format!("{} {} with min_df {}", case.model, case.value, case.min_df))?;
        models.entry(&case.model).or_default().add(&scores.fold_f1_macro, &case.f1_macro);
    }
    let (mut n_equal, mut n_folds) = (0, 0);
    for (model, of_model) in models {
        let means = of_model.means.map(|sum| format!("mean {:.6}", sum / of_model.n_settings as f64));
        let what = format!("cv: {model}, {} settings, means", of_model.n_settings);
        let worst = of_model.worst_mean;
        report.add(what, means, format!("{worst:.1e} of {MEAN_GAP:.0e}"), worst <= MEAN_GAP);
        n_equal += of_model.n_equal;
        n_folds += of_model.n_folds;
    }
    let n_other = n_folds - n_equal;
    let values = [format!("{n_equal} equal"), format!("{n_folds} scores")];
    report.add(
        "cv: fold scores",
        values,
        format!("{n_other} of {MAX_OTHER_FOLDS}"),
        n_other <= MAX_OTHER_FOLDS,
    );
    Ok(())
}

impl OfModel {
    fn add(&mut self, ours: &[f64], theirs: &[f64]) {
        let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
        let means = [mean(ours), mean(theirs)];
        let gap = (means[0] - means[1]).abs();
        self.n_settings += 1;
        self.n_folds += theirs.len();
        self.n_equal += ours.iter().zip(theirs).filter(|(a, b)| (*a - *b).abs() <= FOLD_GAP).count();
        self.worst_mean = if gap.is_nan() { f64::INFINITY } else { self.worst_mean.max(gap) };
        self.means = [self.means[0] + means[0], self.means[1] + means[1]];
    }
}

fn features(case: &Case) -> VectorizerSpec {
    VectorizerSpec {
        ngram_range: (1, 2),
        sublinear_tf: true,
        min_df: DocumentFrequency::Count(case.min_df),
        max_df: DocumentFrequency::Share(case.max_df),
        max_features: Some(case.max_features),
        ..VectorizerSpec::tf_idf((1, 2))
    }
}
