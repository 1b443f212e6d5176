//! One vocabulary in six training parts: which columns each keeps, what they weigh, and the sums that any
//! model over them begins with. Kept for the next trial with the same vocabulary; a cache changes no bit.

use std::borrow::Cow;

use kernels::lanes::{F64s, LANES};
use kernels::{
    LaneCounts, Matrix, Problem, RowNorm, Selected, TrainRows, Weighing, keep_most_frequent, keep_within,
};

use super::EvaluateError;
use super::group::{Lane, LaneGroup, TrainDocs, WeightScheme};
use crate::features::{
    DfBounds, FeatureError, Norm, VectorizerSpec, WeightRule, plain_idf, term_frequency_weight,
};

/// Most vocabularies kept at a time, and most memory they may hold; one is always kept.
const MAX_WEIGHTINGS: usize = 8;
const MAX_WEIGHTING_BYTES: usize = 64 << 20;

/// What decides a vocabulary and its weights, in its plainest form, so equal vocabularies have equal keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WeightingKey {
    /// Smallest and largest document frequency kept in each lane.
    bounds: [(u32, u32); LANES],
    /// The vocabulary's size, where it cuts.
    limit: Option<usize>,
    pub rule: WeightRule,
}

impl WeightingKey {
    pub fn new(group: &LaneGroup, spec: &VectorizerSpec) -> Result<Self, EvaluateError> {
        let mut bounds = [(1, 0); LANES];
        let mut limit = None;
        for lane in (0..LANES).filter(|&lane| group.lanes[lane] != Lane::Idle) {
            let wanted = DfBounds::resolve(spec, group.n_docs[lane])?;
            let df = &group.sorted_df[lane];
            let kept = &df[df.partition_point(|&df| df < wanted.low)..];
            let kept = &kept[..kept.partition_point(|&df| df <= wanted.high)];
            let (Some(&low), Some(&high)) = (kept.first(), kept.last()) else {
                return Err(FeatureError::NoTerms.into());
            };
            bounds[lane] = (low, high);
            let cut = spec.max_features.map(|most| most as usize).filter(|&most| most < kept.len());
            limit = limit.or(cut);
        }
        if limit == Some(0) {
            return Err(FeatureError::NoTerms.into());
        }
        Ok(Self { bounds, limit, rule: spec.weights() })
    }

    /// idf of each of the study's columns in each lane; 1 where the weights have none.
    fn idf<'a>(&self, group: &'a LaneGroup) -> Cow<'a, [F64s]> {
        let plain = |df: &[u32; LANES]| {
            F64s::from_array(std::array::from_fn(|lane| match df[lane] {
                0 => 1.0,
                df => plain_idf(group.n_docs[lane], df),
            }))
        };
        match (self.rule.use_idf, self.rule.smooth_idf) {
            (true, true) => group.idf.as_slice().into(),
            (true, false) => group.counted.df.iter().map(plain).collect(),
            (false, _) => vec![F64s::splat(1.0); group.idf.len()].into(),
        }
    }

    /// Which columns each lane keeps.
    fn select(&self, group: &LaneGroup, terms: &[u32]) -> Vec<Selected> {
        let LaneCounts { df, tf, .. } = &group.counted;
        let mut selected = keep_within(df, &self.bounds);
        if let Some(limit) = self.limit {
            for lane in 0..LANES {
                // Term frequencies are whole numbers far below 2^53.
                let frequency: Vec<u64> = match self.rule.binary {
                    false => tf.iter().map(|tf| tf.lane(lane) as u64).collect(),
                    true => df.iter().map(|df| u64::from(df[lane])).collect(),
                };
                keep_most_frequent(&mut selected, (lane, limit), &frequency, terms);
            }
        }
        selected
    }
}

/// A vocabulary's rows and weights, and what fits over them begin with.
pub(super) struct Weighting {
    pub key: WeightingKey,
    pub matrix: Matrix,
    problems: Vec<KnownProblem>,
    /// Sums of weights of each class and column, for naive Bayes; empty until first asked for.
    pub class_sums: Vec<Vec<F64s>>,
}

/// A class against the rest, weighted by a scheme.
struct KnownProblem {
    asked: (WeightScheme, usize),
    problem: Problem,
}

impl Weighting {
    pub fn new(key: WeightingKey, base: &TrainRows, group: &LaneGroup, docs: &TrainDocs) -> Self {
        let selected = key.select(group, &base.terms);
        let sublinear_tf = key.rule.sublinear_tf;
        let weighing = Weighing {
            binary: key.rule.binary,
            weight_of: &|count| term_frequency_weight(count, sublinear_tf),
            norm: match key.rule.norm {
                Norm::L1 => RowNorm::L1,
                Norm::L2 => RowNorm::L2,
                Norm::None => RowNorm::None,
            },
        };
        let folds = (docs.fold_of.as_slice(), group.lane_of_fold.as_slice());
        let matrix = Matrix::new(base, (&key.idf(group), &selected), weighing, folds);
        Self { key, matrix, problems: Vec::new(), class_sums: Vec::new() }
    }

    /// Forgets what depends on the documents' classes.
    pub fn forget_classes(&mut self) {
        self.problems.clear();
        self.class_sums.clear();
    }

    /// Memory held, roughly, in bytes.
    pub fn n_bytes(&self) -> usize {
        let Matrix { idf, norm, place_of, .. } = &self.matrix;
        let n_problems = self.problems.len();
        let vectors = norm.len() + idf.len() * (1 + 2 * n_problems + self.class_sums.len());
        size_of::<F64s>() * vectors + 8 * place_of.len() + 4 * norm.len() * n_problems
    }

    /// The problem of `positive` against the rest, made where it is new.
    pub fn problem(
        &mut self,
        base: &TrainRows,
        group: &LaneGroup,
        docs: &TrainDocs,
        (scheme, positive): (WeightScheme, usize),
    ) -> (&Matrix, &Problem) {
        let asked = (scheme, positive);
        let known = self.problems.iter().position(|known| known.asked == asked);
        let place = known.unwrap_or_else(|| {
            let sides = self.matrix.sides(base, group.documents(docs), positive as u8);
            let problem = Problem::new(&self.matrix, sides, group.class_weights(scheme, positive));
            self.problems.push(KnownProblem { asked, problem });
            self.problems.len() - 1
        });
        (&self.matrix, &self.problems[place].problem)
    }
}

/// The vocabulary of `key`, from the last ones used or made anew; it is moved to the front.
pub(super) fn recall<'a>(
    weightings: &'a mut Vec<Weighting>,
    key: WeightingKey,
    rows: &TrainRows,
    (group, docs): (&LaneGroup, &TrainDocs),
) -> &'a mut Weighting {
    match weightings.iter().position(|known| known.key == key) {
        Some(known) => weightings[..=known].rotate_right(1),
        None => {
            weightings.insert(0, Weighting::new(key, rows, group, docs));
            let mut n_bytes = 0;
            let fits = |weighting: &Weighting| {
                n_bytes += weighting.n_bytes();
                n_bytes <= MAX_WEIGHTING_BYTES
            };
            let n_kept = weightings.iter().map(fits).take_while(|&fits| fits).count();
            weightings.truncate(n_kept.clamp(1, MAX_WEIGHTINGS));
        }
    }
    &mut weightings[0]
}
