//! How Python makes answers of scores, by what stands in the JSON: `review_answer.py`, line by line.

use json::FromJson;

use crate::answer::ReadAnswer;

#[derive(FromJson)]
struct ReadCurve {
    scores: Vec<f64>,
    probabilities: Vec<f64>,
}

/// The fields of a JSON file that say it.
#[derive(FromJson)]
pub(crate) struct ReadDecision {
    probabilities: String,
    sigmoids: Vec<(f64, f64)>,
    curves: Vec<ReadCurve>,
    threshold: f64,
    abstain_margin: Option<f64>,
    labels: Vec<String>,
}

impl ReadDecision {
    /// Classes.
    pub(crate) fn n_classes(&self) -> usize {
        self.labels.len()
    }
}

/// How one score becomes a share.
enum Sided {
    Own,
    Sigmoids(Vec<(f64, f64)>),
    Curves(Vec<ReadCurve>),
}

/// How scores become answers.
pub(crate) struct Decision {
    sided: Sided,
    is_shares: bool,
    is_softmax: bool,
    threshold: f64,
    margin: Option<f64>,
    labels: Vec<String>,
}

impl Decision {
    /// Of so many scores; none where the parts do not fit together.
    pub(crate) fn new(read: ReadDecision, n_scores: usize) -> Option<Self> {
        let ReadDecision { probabilities, sigmoids, curves, threshold, abstain_margin, labels } = read;
        let n_needed = if labels.len() == 2 { 1 } else { labels.len() };
        let is_rising =
            |curve: &ReadCurve| !curve.scores.is_empty() && curve.scores.len() == curve.probabilities.len();
        let (sided, fits) = match probabilities.as_str() {
            "sigmoids" => {
                let fits = sigmoids.len() == n_scores;
                (Sided::Sigmoids(sigmoids), fits)
            }
            "curves" => {
                let fits = curves.len() == n_scores && curves.iter().all(is_rising);
                (Sided::Curves(curves), fits)
            }
            "shares" | "one_vs_rest" | "softmax" => (Sided::Own, true),
            _ => return None,
        };
        let decision = Self {
            sided,
            is_shares: probabilities == "shares",
            is_softmax: probabilities == "softmax",
            threshold,
            margin: abstain_margin,
            labels,
        };
        (fits && n_scores == n_needed && n_scores > 0).then_some(decision)
    }

    fn share(&self, place: usize, score: f64) -> f64 {
        match &self.sided {
            Sided::Own => sigmoid(score),
            Sided::Sigmoids(sigmoids) => sigmoid(-(sigmoids[place].0 * score + sigmoids[place].1)),
            Sided::Curves(curves) => on_curve(&curves[place], score),
        }
    }

    fn probabilities(&self, scores: &[f64]) -> Vec<f64> {
        if let [score] = scores {
            let own = (score + 0.5).clamp(0.0, 1.0);
            let second = if self.is_shares { own } else { self.share(0, *score) };
            return vec![1.0 - second, second];
        }
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let share = |(place, score): (usize, &f64)| match () {
            () if self.is_shares => *score,
            () if self.is_softmax => libm::exp(score - largest),
            () => self.share(place, *score),
        };
        let shares: Vec<f64> = scores.iter().enumerate().map(share).collect();
        let total: f64 = shares.iter().sum();
        let equal = 1.0 / scores.len() as f64;
        shares.into_iter().map(|share| if total > 0.0 { share / total } else { equal }).collect()
    }

    /// The answer to one score of two classes, or one a class.
    pub(crate) fn answer(&self, scores: &[f64]) -> ReadAnswer {
        let probabilities = self.probabilities(scores);
        let (label, margin) = if let [score] = scores {
            let at_cut = self.probabilities(&[self.threshold])[1];
            (usize::from(*score > self.threshold), 2.0 * (probabilities[1] - at_cut).abs())
        } else {
            let mut label = 0;
            for (place, score) in scores.iter().enumerate() {
                if *score > scores[label] {
                    label = place;
                }
            }
            let others = probabilities.iter().enumerate().filter(|(place, _)| *place != label);
            let second = others.map(|(_, share)| *share).fold(f64::NEG_INFINITY, f64::max);
            (label, probabilities[label] - second)
        };
        let unsure = self.margin.is_some_and(|least| margin < least);
        ReadAnswer { label: self.labels[label].clone(), probabilities, unsure }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

fn on_curve(ReadCurve { scores, probabilities }: &ReadCurve, score: f64) -> f64 {
    let place = scores.partition_point(|corner| *corner < score);
    match place {
        0 => probabilities[0],
        place if place == scores.len() => probabilities[place - 1],
        place => {
            let rise =
                (probabilities[place] - probabilities[place - 1]) / (scores[place] - scores[place - 1]);
            rise * (score - scores[place - 1]) + probabilities[place - 1]
        }
    }
}
