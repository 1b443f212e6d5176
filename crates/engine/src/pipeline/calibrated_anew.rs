//! Scores that a fit's calibration was learned from in, what it says of rows that it was not learned from out.

use super::{Answers, CalibrationMethod, Decision, FittedPipeline, HeldOut, fit_calibration};
use crate::dataset::LabelId;

/// Parts that rows are dealt to: each is calibrated by the others.
const N_PARTS: usize = 10;

impl FittedPipeline {
    /// What this pipeline would say of held-out rows by a calibration that saw none of them: each tenth of the rows is
    /// calibrated by the other nine.
    pub fn held_out_answers_anew(&self, held_out: &HeldOut, method: CalibrationMethod) -> Answers {
        let n_rows = held_out.docs.len();
        let (n_scores, n_classes) = (held_out.n_scores, self.labels.len());
        let scores_of = |row: usize| &held_out.scores[row * n_scores..(row + 1) * n_scores];
        let mut all = Answers {
            probabilities: vec![0.0; n_rows * n_classes],
            predicted: vec![0; n_rows],
            abstains: vec![false; n_rows],
        };
        for part in 0..N_PARTS {
            let others = (0..n_rows).filter(|row| row % N_PARTS != part);
            let scores: Vec<f64> = others.clone().flat_map(scores_of).copied().collect();
            let truth: Vec<LabelId> = others.map(|row| held_out.truth[row]).collect();
            let calibration = fit_calibration(method, &scores, n_scores, &truth);
            let decision = Decision { calibration, threshold: self.threshold, abstain: self.abstain };
            let rows = (part..n_rows).step_by(N_PARTS);
            let scores: Vec<f64> = rows.clone().flat_map(scores_of).copied().collect();
            let found = decision.answers(&self.model, &scores, n_scores);
            for (place, row) in rows.enumerate() {
                let said = &found.probabilities[place * n_classes..(place + 1) * n_classes];
                all.probabilities[row * n_classes..(row + 1) * n_classes].copy_from_slice(said);
                all.predicted[row] = found.predicted[place];
                all.abstains[row] = found.abstains[place];
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{FittedVectorizer, VectorizerSpec};
    use crate::models::{FittedModel, ModelKind};
    use crate::pipeline::Calibration;

    fn pipeline() -> FittedPipeline {
        FittedPipeline {
            engine_version: crate::ENGINE_VERSION.into(),
            cleaning: Vec::new(),
            features: FittedVectorizer {
                spec: VectorizerSpec::tf_idf((1, 1)),
                terms: vec!["good".into()],
                idf: vec![1.0],
            },
            model: FittedModel::Linear {
                kind: ModelKind::LogisticRegression,
                coef: vec![1.0],
                intercept: vec![0.0],
            },
            calibration: Calibration::Own,
            threshold: 0.0,
            abstain: None,
            labels: vec!["negative".into(), "positive".into()],
        }
    }

    /// Scores that say far too much: of two rows with the same score one is positive.
    fn held_out() -> HeldOut {
        let n_rows = 200;
        HeldOut {
            docs: (0..n_rows).collect(),
            scores: (0..n_rows).map(|row| if row % 4 < 2 { 4.0 } else { -4.0 }).collect(),
            n_scores: 1,
            truth: (0..n_rows)
                .map(|row| LabelId(u8::from(row % 8 != 1 && row % 4 < 2 || row % 8 == 2)))
                .collect(),
        }
    }

    #[test]
    fn what_is_said_too_surely_is_calibrated_by_other_rows() {
        let (pipeline, held_out) = (pipeline(), held_out());
        let own = pipeline.held_out_answers(&held_out);
        let anew = pipeline.held_out_answers_anew(&held_out, CalibrationMethod::Platt);
        assert_eq!(anew.predicted, own.predicted, "a threshold of scores moves by no calibration");
        assert!(
            own.probabilities[1] > 0.98 && (anew.probabilities[1] - 0.75).abs() < 0.05,
            "{}",
            anew.probabilities[1]
        );
        assert!(anew.probabilities.chunks(2).all(|row| (row[0] + row[1] - 1.0).abs() < 1e-12));
    }

    #[test]
    fn a_row_says_nothing_of_its_own_calibration() {
        let pipeline = pipeline();
        let (one, mut other) = (held_out(), held_out());
        other.truth[3] = LabelId(1 - other.truth[3].0);
        let of = |held_out: &HeldOut| {
            pipeline.held_out_answers_anew(held_out, CalibrationMethod::Isotonic).probabilities[6..8].to_vec()
        };
        assert_eq!(of(&one), of(&other));
    }
}
