//! Settings in, fold scores out: all folds of a setting are fitted together, one a lane.
//!
//! A validator is made once a study. What it keeps between settings are sums that would come out the same
//! again, so a setting's bits depend on counts, split and setting alone. It also keeps where fits ended, for others to
//! begin at; of those nothing is told but sides that are proven to be the minimum's, or they are made again from 0.

use kernels::lanes::{F64s, LANES};
use kernels::{
    Goal, LossKind, NotConverged, Solution, Starts, TrainRows, Workspace, bayes_class_sums, bayes_scores,
    fit_linear,
};

use super::extent::Extent;
use super::group::{Lane, LaneGroup, LaneModel, TrainDocs, WeightScheme, check_plan};
use super::plain::PlainPart;
use super::start::WarmStart;
use super::starts::StudyStarts;
use super::weighting::{Weighting, WeightingKey, recall};
use super::{
    CvScores, EvaluateError, FINAL_GAP, FOLD_GAP, FitWarning, FittedModel, ModelKind, ModelSpec, OutOfFold,
};
use crate::features::{Counting, Counts, DfBounds, VectorizerSpec, check_answerable};
use crate::split::SplitPlan;

/// Evaluates settings over one split of one corpus.
pub struct CrossValidator {
    counted: Counting,
    rows: TrainRows,
    pub(super) docs: TrainDocs,
    pub(super) groups: Vec<StudyGroup>,
    workspace: Workspace,
    /// What each training document counts, where not 1.
    sample_weights: Option<Vec<f64>>,
    /// The training part for settings that lanes do not fit; made when the first comes.
    pub(super) plain: Option<PlainPart>,
}

/// Six lanes and the vocabularies last used in them, the latest first.
pub(super) struct StudyGroup {
    pub group: LaneGroup,
    pub weightings: Vec<Weighting>,
    pub starts: StudyStarts,
}

/// Scores of the folds, the fit of the whole training part where it was asked for, and warnings.
pub(super) type Run = (OutOfFold, Option<FinalModel>, Vec<FitWarning>);

/// A model fitted on the whole training part. Shapes: `term_ids` (ascending ids of `Counts`) and `idf`:
/// n_terms.
#[derive(Clone, Debug, PartialEq)]
pub struct FinalModel {
    /// The vocabulary, by the counts' term ids.
    pub term_ids: Vec<u32>,
    /// idf of each term.
    pub idf: Vec<f64>,
    /// The model.
    pub model: FittedModel,
}

impl CrossValidator {
    /// Merges the training part's equal rows and counts each fold's document frequencies.
    ///
    /// # Errors
    /// Where split and counts do not belong together, or a class has no row in some training part.
    pub fn new(counts: &Counts, plan: &SplitPlan) -> Result<Self, EvaluateError> {
        counts.validate()?;
        check_plan(counts, plan)?;
        let rows = TrainRows::new(counts.rows(), &plan.train);
        let docs = TrainDocs::new(plan, &counts.labels, usize::from(counts.n_classes));
        let folds = 0..plan.n_folds as u8;
        let lanes: Vec<Lane> = folds.map(|fold| docs.lane(fold)).chain([Lane::Full]).collect();
        let groups = lanes
            .chunks(LANES)
            .map(|lanes| {
                let lanes = std::array::from_fn(|lane| lanes.get(lane).copied().unwrap_or(Lane::Idle));
                let group = LaneGroup::new(lanes, &rows, &docs)?;
                Ok(StudyGroup { group, weightings: Vec::new(), starts: StudyStarts::default() })
            })
            .collect::<Result<_, EvaluateError>>()?;
        let (workspace, counted) = (Workspace::default(), counts.counting());
        Ok(Self { counted, rows, docs, groups, workspace, sample_weights: None, plain: None })
    }

    /// Lets each training document count so often, in the order of `SplitPlan::train`. Vocabularies are
    /// chosen as without weights. Every setting is then fitted the plain way.
    ///
    /// # Errors
    /// Where there is not one weight a document.
    pub fn with_sample_weights(mut self, weights: Vec<f64>) -> Result<Self, EvaluateError> {
        if weights.len() != self.docs.class_of.len() {
            return Err(EvaluateError::BadSplit { what: "number of weights" });
        }
        self.sample_weights = Some(weights);
        self.plain = None;
        Ok(self)
    }

    /// What each training document counts, where weights were given.
    pub fn sample_weights(&self) -> Option<&[f64]> {
        self.sample_weights.as_deref()
    }

    /// Number of folds.
    pub fn n_folds(&self) -> usize {
        self.docs.n_folds as usize
    }

    /// Macro F1 of each fold.
    ///
    /// # Errors
    /// Where the setting cannot be evaluated on these counts, or a parameter is out of range.
    pub fn evaluate(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
    ) -> Result<CvScores, EvaluateError> {
        let (folds, _, warnings) = self.run(features, model, Extent::Folds)?;
        Ok(self.fold_scores(&folds, warnings))
    }

    /// Macro F1 of each fold, and each training row's scores by the fit that did not see it.
    ///
    /// # Errors
    /// As `evaluate`.
    pub fn evaluate_with_scores(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
    ) -> Result<(CvScores, OutOfFold), EvaluateError> {
        let (folds, _, warnings) = self.run(features, model, Extent::FoldsWithScores)?;
        Ok((self.fold_scores(&folds, warnings), folds))
    }

    /// What `evaluate_with_scores` gives, to the same bits, and the fit of the whole training part.
    ///
    /// # Errors
    /// As `evaluate`.
    pub fn fit(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
    ) -> Result<(CvScores, OutOfFold, FinalModel), EvaluateError> {
        let (folds, full, warnings) = self.run(features, model, Extent::FoldsAndFull)?;
        let full = full.expect("the whole training part was asked for");
        Ok((self.fold_scores(&folds, warnings), folds, full))
    }

    /// Macro F1 of one fold, which is fitted alone: the same as among all of them.
    ///
    /// # Errors
    /// As `evaluate`.
    pub fn evaluate_fold(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        fold: u8,
    ) -> Result<f64, EvaluateError> {
        let (folds, _, warnings) = self.run(features, model, Extent::Fold(fold))?;
        let scores = self.fold_scores(&folds, warnings).fold_f1_macro;
        scores.get(usize::from(fold)).copied().ok_or(EvaluateError::BadSplit { what: "number of the fold" })
    }

    pub(super) fn run(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        extent: Extent,
    ) -> Result<Run, EvaluateError> {
        self.run_from(features, model, extent, (None, None))
    }

    /// Fits that begin at `start`; where they end is left in `reached`.
    pub(super) fn run_from(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        extent: Extent,
        (start, mut reached): (Option<&WarmStart>, Option<&mut WarmStart>),
    ) -> Result<Run, EvaluateError> {
        let n_classes = self.docs.n_classes;
        model.check(n_classes)?;
        let lane_model = LaneModel::of(model, n_classes).filter(|_| self.sample_weights.is_none());
        let Some(lane_model) = lane_model else { return self.run_plain(features, model, extent) };
        match self.run_lanes(features, &lane_model, extent, (start, reached.as_deref_mut())) {
            // Steps that are found in single precision can be too rough for rows as long as bags of words with a large C.
            Err(unsolved @ EvaluateError::NotConverged { .. }) => {
                if let Some(reached) = reached {
                    *reached = WarmStart::default();
                }
                self.run_plain(features, model, extent).map_err(|_| unsolved)
            }
            run => run,
        }
    }

    /// Fold by fold.
    fn run_plain(
        &mut self,
        features: &VectorizerSpec,
        model: &ModelSpec,
        extent: Extent,
    ) -> Result<Run, EvaluateError> {
        let Self { counted, rows, docs, sample_weights, plain, .. } = self;
        let plain = plain.get_or_insert_with(|| PlainPart::new(counted, rows, docs, sample_weights.clone()));
        let run = plain.run(features, model, extent)?;
        Ok((run.folds, run.full, run.warnings))
    }

    /// All folds together, one a lane.
    fn run_lanes(
        &mut self,
        features: &VectorizerSpec,
        model: &LaneModel,
        extent: Extent,
        (start, mut reached): (Option<&WarmStart>, Option<&mut WarmStart>),
    ) -> Result<Run, EvaluateError> {
        let n_classes = self.docs.n_classes;
        let n_scores = if n_classes == 2 { 1 } else { n_classes };
        let n_train = self.rows.row_of.len();
        let mut folds = OutOfFold { n_scores, scores: vec![0.0; n_train * n_scores] };
        let mut full = None;
        let Self { counted, rows, docs, groups, workspace, .. } = self;
        for (place, study) in groups.iter_mut().enumerate() {
            let start = start.and_then(|start| start.groups.get(place)).map_or(&[][..], Vec::as_slice);
            let holds_folds = study.group.lanes.iter().any(|&lane| extent.asks(lane));
            if !holds_folds && extent != Extent::FoldsAndFull {
                continue;
            }
            let bounds = DfBounds::resolve(features, study.group.n_docs[0])?;
            check_answerable(counted, features, bounds)?;
            let key = WeightingKey::new(&study.group, features)?;
            let StudyGroup { group, weightings, starts } = study;
            let weighting = recall(weightings, key, rows, (group, docs));
            let warm = (start, reached.as_deref_mut().map(WarmStart::next_group));
            let mut lanes = GroupRun { rows, docs, group, weighting, starts, workspace, extent, warm };
            let fits = lanes.fit(model)?;
            lanes.hand_out(&fits, &mut folds);
            if extent == Extent::FoldsAndFull {
                full = full.or(lanes.full_model(model, &fits));
            }
        }
        Ok((folds, full, Vec::new()))
    }
}

/// One setting in one group of lanes.
struct GroupRun<'a> {
    rows: &'a TrainRows,
    docs: &'a TrainDocs,
    group: &'a LaneGroup,
    weighting: &'a mut Weighting,
    starts: &'a mut StudyStarts,
    workspace: &'a mut Workspace,
    extent: Extent,
    /// Where fits of these problems ended, and what takes where these end.
    warm: (&'a [Starts], Option<&'a mut Vec<Starts>>),
}

/// What fitting a group gives: scores of each row, and the solution of each linear problem.
struct GroupFits {
    scores: Vec<Vec<F64s>>,
    solutions: Vec<Solution>,
}

impl GroupRun<'_> {
    fn fit(&mut self, model: &LaneModel) -> Result<GroupFits, EvaluateError> {
        match *model {
            LaneModel::NaiveBayes { alpha } => {
                if self.weighting.class_sums.is_empty() {
                    let documents = self.group.documents(self.docs);
                    self.weighting.class_sums =
                        bayes_class_sums(&self.weighting.matrix, self.rows, documents, self.docs.n_classes);
                }
                let n_docs = F64s::from_array(self.group.n_docs.map(f64::from));
                let class_docs = self.group.counted.class_docs.as_slice();
                let Weighting { matrix, class_sums, .. } = &*self.weighting;
                let scores = bayes_scores(matrix, class_sums, (class_docs, n_docs), alpha);
                Ok(GroupFits { scores, solutions: Vec::new() })
            }
            LaneModel::Logistic { c, scheme } => self.fit_linear(c, scheme, LossKind::Logistic),
            LaneModel::SquaredHinge { c, scheme } => self.fit_linear(c, scheme, LossKind::SquaredHinge),
        }
    }

    fn fit_linear(
        &mut self,
        c: f64,
        scheme: WeightScheme,
        loss: LossKind,
    ) -> Result<GroupFits, EvaluateError> {
        let positives = if self.docs.n_classes == 2 { 1..2 } else { 0..self.docs.n_classes };
        let goal = Goal { c, gap: self.gaps(), sides: self.sides() };
        let asked = (loss, scheme, self.weighting.key.rule);
        // Only what is proven of the one minimum may be read from a fit that began elsewhere than at 0.
        let mut starts = self.are_sides_all().then(|| self.starts.of(asked));
        let mut fits = GroupFits { scores: Vec::new(), solutions: Vec::new() };
        for (place, positive) in positives.enumerate() {
            let problem = self.weighting.problem(self.rows, self.group, self.docs, (scheme, positive));
            let shape = (problem.0, self.rows.n_cols());
            let known = self.warm.0.get(place).or(starts.as_deref());
            let start = known.and_then(|starts| starts.near(c, shape));
            let mut fitted = fit_linear(loss, problem, (goal, start.as_ref()), self.workspace);
            let is_told = starts.is_none() || self.workspace.solution.are_sides_proven;
            if start.is_some() && (fitted.is_err() || !is_told) {
                fitted = fit_linear(loss, problem, (goal, None), self.workspace);
            }
            fitted.map_err(|NotConverged { n_steps }| EvaluateError::NotConverged { n_steps })?;
            let Solution { cells, intercept, .. } = &self.workspace.solution;
            if let Some(starts) = &mut starts {
                starts.keep(c, shape, (cells, *intercept));
            }
            if let Some(reached) = &mut self.warm.1 {
                let mut ended = Starts::default();
                ended.keep(c, shape, (cells, *intercept));
                reached.push(ended);
            }
            let mut solution = std::mem::take(&mut self.workspace.solution);
            fits.scores.push(std::mem::take(&mut solution.scores));
            fits.solutions.push(solution);
        }
        Ok(fits)
    }

    /// Whether the sides of the scores held out say all that is asked for.
    fn are_sides_all(&self) -> bool {
        matches!(self.extent, Extent::Folds | Extent::Fold(_)) && self.docs.n_classes == 2
    }

    /// The gap each lane is to reach; a lane nobody asks for is done before it begins. Of two classes the
    /// sides of the scores say all that a fold's F1 needs.
    fn gaps(&self) -> F64s {
        let is_side_enough = self.are_sides_all();
        F64s::from_array(self.group.lanes.map(|lane| match (lane, self.extent) {
            (Lane::Without(_) | Lane::Before { .. }, extent) if is_side_enough || !extent.asks(lane) => {
                f64::INFINITY
            }
            (Lane::Without(_) | Lane::Before { .. }, _) => FOLD_GAP,
            (Lane::Full, Extent::FoldsAndFull) => FINAL_GAP,
            (Lane::Full | Lane::Idle, _) => f64::INFINITY,
        }))
    }

    /// The lanes whose held-out scores must be on the right side of zero, however near they are.
    fn sides(&self) -> [bool; LANES] {
        self.group.lanes.map(|lane| self.docs.n_classes == 2 && self.extent.asks(lane))
    }

    /// Gives each training document the scores of the lane that held it out.
    fn hand_out(&self, fits: &GroupFits, folds: &mut OutOfFold) {
        let n_scores = folds.n_scores;
        for (score, of_rows) in fits.scores.iter().enumerate() {
            self.weighting.matrix.hand_out(
                self.rows,
                (&self.docs.fold_of, &self.group.lane_of_fold),
                of_rows,
                (&mut folds.scores[score..], n_scores),
            );
        }
    }

    /// The model of the lane that learned from all, if this group has it.
    fn full_model(&self, model: &LaneModel, fits: &GroupFits) -> Option<FinalModel> {
        let lane = self.group.lanes.iter().position(|&lane| lane == Lane::Full)?;
        let idf_of = |col: usize| self.weighting.matrix.idf[col].lane(lane);
        let term_of = |col: usize| self.rows.terms[self.weighting.matrix.cols[col] as usize];
        let mut kept: Vec<usize> =
            (0..self.weighting.matrix.cols.len()).filter(|&col| idf_of(col) > 0.0).collect();
        kept.sort_unstable_by_key(|&col| term_of(col));
        let linear = |kind: ModelKind| {
            let weight =
                |solution: &Solution, col: usize| solution.cells[col].weight.lane(lane) / idf_of(col);
            let weights = |solution| kept.iter().map(move |&col| weight(solution, col));
            FittedModel::Linear {
                kind,
                coef: fits.solutions.iter().flat_map(weights).collect(),
                intercept: fits.solutions.iter().map(|solution| solution.intercept.lane(lane)).collect(),
            }
        };
        let model = match *model {
            LaneModel::NaiveBayes { alpha } => self.naive_bayes(alpha, &kept, lane),
            LaneModel::Logistic { .. } => linear(ModelKind::LogisticRegression),
            LaneModel::SquaredHinge { .. } => linear(ModelKind::LinearSvc),
        };
        let term_ids = kept.iter().map(|&col| term_of(col)).collect();
        Some(FinalModel { term_ids, idf: kept.iter().map(|&col| idf_of(col)).collect(), model })
    }

    fn naive_bayes(&self, alpha: f64, kept: &[usize], lane: usize) -> FittedModel {
        let mut feature_log_prob = Vec::with_capacity(kept.len() * self.docs.n_classes);
        for sums in &self.weighting.class_sums {
            let smoothed = kept.iter().map(|&col| sums[col].lane(lane) + alpha);
            let log_total = libm::log(smoothed.clone().sum());
            feature_log_prob.extend(smoothed.map(|sum| libm::log(sum) - log_total));
        }
        let log_n_docs = libm::log(f64::from(self.group.n_docs[lane]));
        let prior = |docs: &F64s| libm::log(docs.lane(lane)) - log_n_docs;
        let class_log_prior = self.group.counted.class_docs.iter().map(prior).collect();
        FittedModel::NaiveBayes { feature_log_prob, class_log_prior }
    }
}
