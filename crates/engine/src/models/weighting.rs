//! One vocabulary in six training parts: which columns each keeps, what they weigh, and the sums that any
//! model over them begins with. Kept for the next trial with the same vocabulary; a cache changes no bit.

use super::EvaluateError;
use super::group::{Lane, LaneGroup, TrainDocs, WeightScheme};
use super::kernels::{ColIdx, Rows};
use super::rows::TrainRows;
use crate::features::{
    DfBounds, FeatureError, Norm, VectorizerSpec, WeightRule, plain_idf, term_frequency_weight,
};
use crate::num::lanes::{F32s, F64s, LANES};

/// What decides a vocabulary and its weights, in its plainest form, so equal vocabularies have equal keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WeightingKey {
    /// Smallest and largest document frequency kept in each lane.
    bounds: [(u32, u32); LANES],
    /// The vocabulary's size, where it cuts.
    limit: Option<usize>,
    rule: WeightRule,
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

    /// idf of a column in each lane; 1 where the weights have none.
    fn idf(&self, group: &LaneGroup, col: usize) -> [f64; LANES] {
        let plain = |lane: usize| match group.df[col][lane] {
            0 => 1.0,
            df => plain_idf(group.n_docs[lane], df),
        };
        match (self.rule.use_idf, self.rule.smooth_idf) {
            (true, true) => group.idf[col].to_array(),
            (true, false) => std::array::from_fn(plain),
            (false, _) => [1.0; LANES],
        }
    }

    /// Which columns each lane keeps.
    fn select(&self, group: &LaneGroup, terms: &[u32]) -> Vec<[bool; LANES]> {
        let keeps = |df: &[u32; LANES]| {
            std::array::from_fn(|lane| self.bounds[lane].0 <= df[lane] && df[lane] <= self.bounds[lane].1)
        };
        let mut selected: Vec<[bool; LANES]> = group.df.iter().map(keeps).collect();
        if let Some(limit) = self.limit {
            let cut =
                |lane| cut_to_most_frequent(&mut selected, group, terms, (lane, limit, self.rule.binary));
            (0..LANES).for_each(cut);
        }
        selected
    }
}

/// Leaves a lane its most frequent terms; equally frequent ones by id, which is alphabetical.
fn cut_to_most_frequent(
    selected: &mut [[bool; LANES]],
    group: &LaneGroup,
    terms: &[u32],
    (lane, limit, binary): (usize, usize, bool),
) {
    let mut kept: Vec<usize> = (0..selected.len()).filter(|&col| selected[col][lane]).collect();
    if kept.len() <= limit {
        return;
    }
    // Term frequencies are whole numbers far below 2^53.
    let frequency = |col: usize| match binary {
        false => group.tf[col].lane(lane) as u64,
        true => u64::from(group.df[col][lane]),
    };
    kept.select_nth_unstable_by_key(limit, |&col| (std::cmp::Reverse(frequency(col)), terms[col]));
    kept[limit..].iter().for_each(|&col| selected[col][lane] = false);
}

/// Column numbers in two bytes or four.
pub(super) enum AnyRows {
    Short(Rows<u16>),
    Long(Rows<u32>),
}

/// Runs the same code for either width.
macro_rules! each_width {
    ($any:expr, $rows:ident => $body:expr) => {
        match $any {
            AnyRows::Short($rows) => $body,
            AnyRows::Long($rows) => $body,
        }
    };
}
pub(super) use each_width;

/// A vocabulary's rows and weights. Shapes: `cols`, `idf`: n_cols; `row_of`, `norm`: n_rows in the order of
/// `rows`; `place_of`: base rows.
pub(super) struct Weighting {
    pub key: WeightingKey,
    pub rows: AnyRows,
    /// The study's column of each of this vocabulary's columns.
    pub cols: Vec<u32>,
    /// idf in each lane, 0 where the lane does not keep the column.
    pub idf: Vec<F64s>,
    /// Weight of the penalty in `u = idf w`: `1 / idf^2`; 1 where the lane does not keep the column, whose
    /// `u` stays 0.
    pub ridge: Vec<F64s>,
    /// 1 where the lane keeps the column, else 0.
    pub kept: Vec<F32s>,
    /// 1 / norm of each row in each lane, 0 for a row without kept terms.
    pub norm: Vec<F64s>,
    /// `norm` in single precision.
    pub norm32: Vec<F32s>,
    /// The lanes that hold documents of a row out, one a bit.
    pub held_out: Vec<u8>,
    /// Where each distinct row of the study stands.
    pub place_of: Vec<u32>,
    pub problems: Vec<Problem>,
    /// Sums of weights of each class and column, for naive Bayes; empty until first asked for.
    pub class_sums: Vec<Vec<F64s>>,
}

impl Weighting {
    pub fn new(key: WeightingKey, base: &TrainRows, group: &LaneGroup, docs: &TrainDocs) -> Self {
        let selected = key.select(group, &base.terms);
        let cols: Vec<u32> =
            (0..).zip(&selected).filter(|(_, lanes)| lanes.contains(&true)).map(|(col, _)| col).collect();
        let weigh = |&col: &u32| {
            let lanes = selected[col as usize];
            let idf = key.idf(group, col as usize);
            F64s::from_array(std::array::from_fn(|lane| if lanes[lane] { idf[lane] } else { 0.0 }))
        };
        let idf: Vec<F64s> = cols.iter().map(weigh).collect();
        let mut new_col = vec![u32::MAX; base.n_cols()];
        (0..).zip(&cols).for_each(|(new, &old)| new_col[old as usize] = new);
        let (rows, place_of) = if cols.len() <= usize::from(u16::MAX) {
            let (rows, place_of) = compact::<u16>(base, &new_col, &key, cols.len());
            (AnyRows::Short(rows), place_of)
        } else {
            let (rows, place_of) = compact::<u32>(base, &new_col, &key, cols.len());
            (AnyRows::Long(rows), place_of)
        };
        let norm = inverse_norms(&rows, &idf, key.rule.norm, base.n_rows());
        let ridge =
            idf.iter().map(|idf| idf.map(|idf| if idf > 0.0 { 1.0 / (idf * idf) } else { 1.0 })).collect();
        let mut held_out = vec![0; base.n_rows()];
        for (&fold, &row) in docs.fold_of.iter().zip(&base.row_of) {
            if let Some(lane) = group.lane_of_fold(fold) {
                held_out[place_of[row as usize] as usize] |= 1 << lane;
            }
        }
        let is_kept = |idf: f64| f64::from(u8::from(idf > 0.0));
        let kept = idf.iter().map(|idf| idf.map(is_kept).narrow()).collect();
        let (problems, class_sums) = (Vec::new(), Vec::new());
        let norm32 = norm.iter().map(|norm| norm.narrow()).collect();
        Self { key, rows, cols, idf, ridge, kept, norm, norm32, held_out, place_of, problems, class_sums }
    }

    /// Memory held, roughly, in bytes.
    pub fn n_bytes(&self) -> usize {
        let vectors = self.idf.len()
            + self.norm.len() * (1 + 2 * self.problems.len())
            + self.idf.len() * (2 * self.problems.len() + self.class_sums.len());
        size_of::<F64s>() * vectors + 8 * self.place_of.len()
    }

    /// Index in `problems` of the problem of `positive` against the rest, made where it is new.
    pub fn problem(
        &mut self,
        base: &TrainRows,
        group: &LaneGroup,
        docs: &TrainDocs,
        (scheme, positive): (WeightScheme, usize),
    ) -> usize {
        let known = self.problems.iter().position(|p| p.scheme == scheme && p.positive == positive);
        known.unwrap_or_else(|| {
            let problem = Problem::new(self, base, group, docs, (scheme, positive));
            self.problems.push(problem);
            self.problems.len() - 1
        })
    }

    /// Number of training documents of the class that each row stands for, and of all others.
    pub fn sides(
        &self,
        base: &TrainRows,
        group: &LaneGroup,
        docs: &TrainDocs,
        positive: usize,
    ) -> (Vec<F64s>, Vec<F64s>) {
        // What a document of each fold adds in each lane.
        let learned: Vec<F64s> = (0..=docs.n_folds as u8)
            .map(|fold| F64s::from_array(group.lanes.map(|lane| f64::from(u8::from(lane.learns_from(fold))))))
            .collect();
        let mut positives = vec![F64s::default(); self.norm.len()];
        let mut negatives = positives.clone();
        for (doc, &row) in base.row_of.iter().enumerate() {
            let place = self.place_of[row as usize] as usize;
            let is_positive = usize::from(docs.labels[doc].0) == positive;
            let side = if is_positive { &mut positives[place] } else { &mut negatives[place] };
            *side += learned[usize::from(docs.fold_of[doc])];
        }
        (positives, negatives)
    }
}

fn inverse_norms(rows: &AnyRows, idf: &[F64s], norm: Norm, n_rows: usize) -> Vec<F64s> {
    let mut inverse = vec![F64s::default(); n_rows];
    let squares: Vec<F64s>;
    let (weights, squared) = match norm {
        Norm::L2 => {
            squares = idf.iter().map(|&idf| idf * idf).collect();
            (squares.as_slice(), true)
        }
        Norm::L1 | Norm::None => (idf, false),
    };
    let invert = |sum: f64| match norm {
        Norm::L2 => 1.0 / sum.sqrt(),
        Norm::L1 => 1.0 / sum,
        Norm::None => 1.0,
    };
    each_width!(rows, rows => rows.gather(weights, squared, |row, sum| {
        inverse[row] = sum.map(|sum| if sum > 0.0 { invert(sum) } else { 0.0 });
    }));
    inverse
}

/// Drops columns no lane keeps, sets rows with repeated terms apart and sorts the others by length.
/// Returns the rows and where each base row went.
fn compact<I: ColIdx>(
    base: &TrainRows,
    new_col: &[u32],
    key: &WeightingKey,
    n_cols: usize,
) -> (Rows<I>, Vec<u32>) {
    let weighs_one = |count: u16| count == 1 || key.rule.binary;
    // Entries of weight 1 and others.
    let shapes: Vec<(usize, usize)> = (0..base.n_rows())
        .map(|row| {
            let (cols, counts) = base.row(row);
            let kept = cols.iter().zip(counts).filter(|(col, _)| new_col[**col as usize] != u32::MAX);
            kept.fold(
                (0, 0),
                |(ones, others), (_, &count)| {
                    if weighs_one(count) { (ones + 1, others) } else { (ones, others + 1) }
                },
            )
        })
        .collect();
    let mut order: Vec<u32> = (0..base.n_rows() as u32).collect();
    order.sort_by_key(|&row| {
        let (ones, others) = shapes[row as usize];
        (others, ones)
    });
    // Most counts are 1, and a logarithm each would be a good part of a trial.
    let weigh = |count: u16| match weighs_one(count) {
        true => 1.0,
        false => term_frequency_weight(u32::from(count), key.rule.sublinear_tf),
    };
    let mut rows = Rows::new(n_cols);
    let mut place_of = vec![0; base.n_rows()];
    for (place, &row) in (0..).zip(&order) {
        place_of[row as usize] = place;
        let (cols, counts) = base.row(row as usize);
        let kept = cols.iter().zip(counts).filter(|(col, _)| new_col[**col as usize] != u32::MAX);
        rows.push(kept.map(|(&col, &count)| (new_col[col as usize], weigh(count))));
    }
    (rows, place_of)
}

/// One class against the rest with its weights, and the sums a fit starts from. Shapes: `positive_weight`,
/// `negative_weight`: n_rows; `lean`, `squares`: n_cols.
pub(super) struct Problem {
    scheme: WeightScheme,
    positive: usize,
    /// Weight of the row's documents of the class, in each lane.
    pub positive_weight: Vec<F64s>,
    /// Weight of its other documents.
    pub negative_weight: Vec<F64s>,
    /// Sum over rows of x times (negative - positive weight), before idf.
    pub lean: Vec<F64s>,
    /// The same for the intercept.
    pub lean_of_all: F64s,
    /// Sum over rows of x squared times the row's weight, before idf.
    pub squares: Vec<F32s>,
    /// Sum of all weights.
    pub weight_of_all: F64s,
}

impl Problem {
    fn new(
        weighting: &Weighting,
        base: &TrainRows,
        group: &LaneGroup,
        docs: &TrainDocs,
        (scheme, positive): (WeightScheme, usize),
    ) -> Self {
        let (of_positive, of_negative) = group.class_weights(scheme, positive);
        let (mut positive_weight, mut negative_weight) = weighting.sides(base, group, docs, positive);
        positive_weight.iter_mut().for_each(|weight| *weight = *weight * of_positive);
        negative_weight.iter_mut().for_each(|weight| *weight = *weight * of_negative);
        let mut lean = vec![F64s::default(); weighting.cols.len()];
        let mut squares = lean.clone();
        let norm = &weighting.norm;
        each_width!(&weighting.rows, rows => {
            rows.scatter(&mut lean, false, |row| norm[row] * (negative_weight[row] - positive_weight[row]));
            rows.scatter(&mut squares, true, |row| {
                norm[row] * norm[row] * (negative_weight[row] + positive_weight[row])
            });
        });
        let sum = |vectors: &[F64s]| vectors.iter().fold(F64s::default(), |sum, &vector| sum + vector);
        let (all_positive, all_negative) = (sum(&positive_weight), sum(&negative_weight));
        Self {
            scheme,
            positive,
            lean,
            lean_of_all: all_negative - all_positive,
            squares: squares.into_iter().map(F64s::narrow).collect(),
            weight_of_all: all_negative + all_positive,
            positive_weight,
            negative_weight,
        }
    }
}
