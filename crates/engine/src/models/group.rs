//! Up to six training parts side by side, one a lane: what each of them counts, before any setting.

use kernels::lanes::{F64s, LANES};
use kernels::{Documents, LaneCounts, TrainRows};

use super::{ClassWeight, EvaluateError, LogisticSolver, ModelSpec, SvmLoss};
use crate::dataset::LabelId;
use crate::features::{Counts, smooth_idf};
use crate::split::{FoldTraining, MAX_FOLDS, NEVER_HELD_OUT, SplitPlan};

/// Which rows a lane learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// All but those of one fold.
    Without(u8),
    /// Those of the folds before one, and those of no fold, whose number is `of_none`.
    Before { fold: u8, of_none: u8 },
    /// All.
    Full,
    /// None: the lane fills a vector.
    Idle,
}

/// The training documents: class and fold of each; the fold of a document that none holds out is `n_folds`.
pub(super) struct TrainDocs {
    pub n_classes: usize,
    pub n_folds: u32,
    pub class_of: Vec<u8>,
    pub fold_of: Vec<u8>,
    pub learns_from: FoldTraining,
}

impl TrainDocs {
    /// The documents of a plan that was checked. `labels`: of all reviews.
    pub fn new(plan: &SplitPlan, labels: &[LabelId], n_classes: usize) -> Self {
        let fold = |&fold: &u8| if fold == NEVER_HELD_OUT { plan.n_folds as u8 } else { fold };
        Self {
            n_classes,
            n_folds: plan.n_folds,
            class_of: plan.train.iter().map(|&doc| labels[doc as usize].0).collect(),
            fold_of: plan.fold_of.iter().map(fold).collect(),
            learns_from: plan.learns_from,
        }
    }

    /// The lane that holds `fold` out.
    pub fn lane(&self, fold: u8) -> Lane {
        match self.learns_from {
            FoldTraining::Others => Lane::Without(fold),
            FoldTraining::Earlier => Lane::Before { fold, of_none: self.n_folds as u8 },
        }
    }
}

/// Six training parts and what they count. Shapes: `counted.df`, `counted.tf`, `idf`: n_cols;
/// `sorted_df`: one list a lane, ascending; `learned`, `lane_of_fold`: n_folds + 1.
pub(super) struct LaneGroup {
    pub lanes: [Lane; LANES],
    pub n_docs: [u32; LANES],
    pub counted: LaneCounts,
    pub idf: Vec<F64s>,
    pub sorted_df: Vec<Vec<u32>>,
    /// 1 in the lanes that learn from a fold's documents, else 0.
    pub learned: Vec<F64s>,
    /// The lane that holds each fold out.
    pub lane_of_fold: Vec<Option<usize>>,
}

impl LaneGroup {
    pub fn new(lanes: [Lane; LANES], rows: &TrainRows, docs: &TrainDocs) -> Result<Self, EvaluateError> {
        let folds = 0..=docs.n_folds as u8;
        let learned: Vec<[u32; LANES]> =
            folds.clone().map(|fold| lanes.map(|lane| u32::from(lane.learns_from(fold)))).collect();
        let counted = LaneCounts::new(rows, (&docs.class_of, docs.n_classes), (&docs.fold_of, &learned));
        let class_docs = &counted.class_docs;
        let n_docs =
            std::array::from_fn(|lane| class_docs.iter().map(|docs| docs.lane(lane)).sum::<f64>() as u32);
        check_classes(&lanes, class_docs)?;
        let idf = idf_of_columns(&counted.df, &n_docs);
        let sorted_df = (0..LANES).map(|lane| counted.sorted_frequencies(lane)).collect();
        let learned = learned.iter().map(|lanes| F64s::from_array(lanes.map(f64::from))).collect();
        let holds_out = |fold| lanes.iter().position(|lane| lane.held_out() == Some(fold));
        let lane_of_fold = folds.map(holds_out).collect();
        Ok(Self { lanes, n_docs, counted, idf, sorted_df, learned, lane_of_fold })
    }

    /// Counts the documents of each class anew, once some have another.
    pub fn count_classes(&mut self, docs: &TrainDocs) -> Result<(), EvaluateError> {
        let mut class_docs = vec![F64s::default(); docs.n_classes];
        for (&class, &fold) in docs.class_of.iter().zip(&docs.fold_of) {
            class_docs[usize::from(class)] += self.learned[usize::from(fold)];
        }
        check_classes(&self.lanes, &class_docs)?;
        self.counted.class_docs = class_docs;
        Ok(())
    }

    /// The training documents as this group sees them.
    pub fn documents<'a>(&'a self, docs: &'a TrainDocs) -> Documents<'a> {
        Documents { class_of: &docs.class_of, fold_of: &docs.fold_of, learned: &self.learned }
    }

    /// What a row of class `positive`, and one of another class, weighs in each lane.
    pub fn class_weights(&self, scheme: WeightScheme, positive: usize) -> (F64s, F64s) {
        let n_docs = F64s::from_array(self.n_docs.map(f64::from));
        let of_class = self.counted.class_docs[positive];
        let balanced = |n_classes: f64, of_class: F64s| {
            n_docs.zip(of_class * n_classes, |n, part| if part > 0.0 { n / part } else { 0.0 })
        };
        match scheme {
            WeightScheme::Equal => (F64s::splat(1.0), F64s::splat(1.0)),
            WeightScheme::BalancedProblem => (balanced(2.0, of_class), balanced(2.0, n_docs - of_class)),
            WeightScheme::BalancedPositives => {
                (balanced(self.counted.class_docs.len() as f64, of_class), F64s::splat(1.0))
            }
        }
    }
}

/// Whether each lane learns from documents of each class.
fn check_classes(lanes: &[Lane; LANES], class_docs: &[F64s]) -> Result<(), EvaluateError> {
    for (class, docs) in (0..).zip(class_docs) {
        if lanes.iter().zip(docs.to_array()).any(|(&lane, docs)| lane != Lane::Idle && docs == 0.0) {
            return Err(EvaluateError::MissingClass { class: LabelId(class) });
        }
    }
    Ok(())
}

impl Lane {
    /// The fold that it holds out.
    pub fn held_out(self) -> Option<u8> {
        match self {
            Self::Without(fold) | Self::Before { fold, .. } => Some(fold),
            Self::Full | Self::Idle => None,
        }
    }

    /// Whether it learns from the documents of `fold`.
    pub fn learns_from(self, fold: u8) -> bool {
        match self {
            Self::Without(held_out) => held_out != fold,
            Self::Before { fold: held_out, of_none } => fold < held_out || fold == of_none,
            Self::Full => true,
            Self::Idle => false,
        }
    }
}

/// How rows are weighted in the problem of one class against the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WeightScheme {
    /// Every row 1.
    Equal,
    /// Both sides `n / (2 n_side)`: `class_weight="balanced"` of each binary problem.
    BalancedProblem,
    /// Positives `n / (n_classes n_class)`, the rest 1: LIBLINEAR's own one-vs-rest beyond two classes.
    BalancedPositives,
}

/// A setting that is fitted in lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum LaneModel {
    /// L2-regularised logistic regression, intercept penalised.
    Logistic { c: f64, scheme: WeightScheme },
    /// L2-regularised squared hinge, intercept penalised.
    SquaredHinge { c: f64, scheme: WeightScheme },
    /// Multinomial.
    NaiveBayes { alpha: f64 },
}

impl LaneModel {
    /// What lanes fit of `spec`; nothing where it is fitted the plain way.
    pub fn of(spec: &ModelSpec, n_classes: usize) -> Option<Self> {
        let scheme = |weight: ClassWeight, is_svm: bool| match weight {
            ClassWeight::None => Some(WeightScheme::Equal),
            ClassWeight::Balanced if is_svm && n_classes > 2 => Some(WeightScheme::BalancedPositives),
            ClassWeight::Balanced => Some(WeightScheme::BalancedProblem),
            ClassWeight::Given(_) => None,
        };
        match *spec {
            ModelSpec::LogisticRegression { c, class_weight, solver: LogisticSolver::Liblinear } => {
                Some(Self::Logistic { c, scheme: scheme(class_weight, false)? })
            }
            ModelSpec::LinearSvc { c, class_weight, loss: SvmLoss::SquaredHinge } => {
                Some(Self::SquaredHinge { c, scheme: scheme(class_weight, true)? })
            }
            ModelSpec::MultinomialNb { alpha } => Some(Self::NaiveBayes { alpha }),
            _ => None,
        }
    }
}

/// Document frequencies below this have their idf looked up: most terms are rare.
const TABLE_SIZE: u32 = 256;

fn idf_of_columns(df: &[[u32; LANES]], n_docs: &[u32; LANES]) -> Vec<F64s> {
    let table: Vec<F64s> =
        (0..TABLE_SIZE).map(|df| F64s::from_array(n_docs.map(|n_docs| smooth_idf(n_docs, df)))).collect();
    let idf = |df: u32, lane: usize| match table.get(df as usize) {
        Some(known) => known.lane(lane),
        None => smooth_idf(n_docs[lane], df),
    };
    df.iter().map(|df| F64s::from_array(std::array::from_fn(|lane| idf(df[lane], lane)))).collect()
}

/// Whether counts and plan belong together.
pub(super) fn check_plan(counts: &Counts, plan: &SplitPlan) -> Result<(), EvaluateError> {
    let holds = |holds: bool, what: &'static str| {
        if holds { Ok(()) } else { Err(EvaluateError::BadSplit { what }) }
    };
    let n_docs = counts.n_docs();
    holds((2..=MAX_FOLDS).contains(&plan.n_folds), "number of folds")?;
    holds(plan.fold_of.len() == plan.train.len(), "length")?;
    holds(plan.train.iter().chain(&plan.test).all(|&doc| (doc as usize) < n_docs), "row out of range")?;
    let is_fold = |&fold: &u8| u32::from(fold) < plan.n_folds || fold == NEVER_HELD_OUT;
    holds(plan.fold_of.iter().all(is_fold), "fold out of range")?;
    let mut parted = vec![false; n_docs];
    let twice =
        plan.train.iter().chain(&plan.test).any(|&doc| std::mem::replace(&mut parted[doc as usize], true));
    holds(!twice, "a row in two parts")
}
