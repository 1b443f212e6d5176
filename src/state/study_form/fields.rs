//! The typed and the chosen fields of a study's form: what each is called, may hold, and is about.
//!
//! In: a field. Out: its words, its bounds, its place among a study's problems. Never: what stands in it.

use engine::split::MAX_REPEATS;
use engine::tune::{MAX_TRIALS, ParamName};

use crate::glossary::Word;

/// A field that is typed into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Trials of each model.
    Trials,
    /// Minutes after which no trial is begun; empty for no limit.
    Minutes,
    /// What all chance derives from.
    Seed,
    /// Folds of the training part.
    Folds,
    /// How often the folds are drawn.
    Repeats,
    /// Share of the reviews that test.
    TestShare,
    /// What the draws of test part and folds derive from.
    SplitSeed,
    /// Trials drawn at random before TPE learns.
    Startup,
    /// Candidates that TPE weighs for a trial.
    Candidates,
    /// Values of each real range of a grid.
    Points,
    /// Complete trials before the first is pruned by the median.
    MedianStartup,
    /// Folds every trial sees before the median is looked at.
    MedianWarmup,
    /// Probability below which Wilcoxon's test prunes.
    WilcoxonP,
    /// Folds every trial sees before Wilcoxon's test.
    WilcoxonStartup,
    /// By how much rows grow in successive halving.
    HalvingFactor,
    /// Subsets of rows before all of them.
    HalvingRungs,
    /// Trials whose gain the stop rule weighs.
    Patience,
    /// Precision that a threshold is to keep.
    Precision,
    /// What mistaking the first class for the second costs.
    CostFirst,
    /// What mistaking the second class for the first costs.
    CostSecond,
    /// Share of the reviews, or width of the band, that gets no answer.
    Unanswered,
}

/// What a typed field may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bounds {
    /// A whole number from the first to the second.
    Whole(u64, u64),
    /// A real number; its bounds are the study's matter.
    Real,
}

/// A study's seed may be any; numpy's, of which rows are dealt, is this at most.
const MAX_SPLIT_SEED: u64 = u32::MAX as u64;

impl Field {
    /// All of them.
    pub const ALL: [Field; 21] = [
        Self::Trials,
        Self::Minutes,
        Self::Seed,
        Self::Folds,
        Self::Repeats,
        Self::TestShare,
        Self::SplitSeed,
        Self::Startup,
        Self::Candidates,
        Self::Points,
        Self::MedianStartup,
        Self::MedianWarmup,
        Self::WilcoxonP,
        Self::WilcoxonStartup,
        Self::HalvingFactor,
        Self::HalvingRungs,
        Self::Patience,
        Self::Precision,
        Self::CostFirst,
        Self::CostSecond,
        Self::Unanswered,
    ];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Trials => "Trials per model",
            Self::Minutes => "At most, minutes",
            Self::Seed => "Seed",
            Self::Folds => "Folds",
            Self::Repeats => "Draws of the folds",
            Self::TestShare => "Test share",
            Self::SplitSeed => "Seed of the split",
            Self::Startup => "Random trials first",
            Self::Candidates => "Candidates a trial",
            Self::Points => "Values of a real range",
            Self::MedianStartup => "Complete trials first",
            Self::MedianWarmup | Self::WilcoxonStartup => "Folds every trial sees",
            Self::WilcoxonP => "Prune below probability",
            Self::HalvingFactor => "Growth of the subsets",
            Self::HalvingRungs => "Subsets before all rows",
            Self::Patience => "Trials without a gain",
            Self::Precision => "Precision to keep",
            Self::CostFirst => "Cost of missing the first class",
            Self::CostSecond => "Cost of missing the second class",
            Self::Unanswered => "How much is left to you",
        }
    }

    /// The word behind it.
    pub fn word(self) -> Option<Word> {
        match self {
            Self::Trials => Some(Word::Trial),
            Self::Seed | Self::SplitSeed => Some(Word::Seed),
            Self::Folds | Self::MedianWarmup | Self::WilcoxonStartup => Some(Word::Fold),
            Self::TestShare => Some(Word::TestShare),
            Self::Startup | Self::Candidates => Some(Word::Tpe),
            Self::Repeats => Some(Word::Repeats),
            Self::Patience => Some(Word::StopRule),
            Self::Precision => Some(Word::Precision),
            Self::Unanswered => Some(Word::Coverage),
            _ => None,
        }
    }

    /// Its place among a study's problems, and its id on the page once dots are dashes.
    pub fn place(self) -> &'static str {
        match self {
            Self::Trials => "n_trials",
            Self::Minutes => "minutes",
            Self::Seed => "seed",
            Self::Folds => "split.n_folds",
            Self::Repeats => "split.n_repeats",
            Self::TestShare => "split.test_share",
            Self::SplitSeed => "split.seed",
            Self::Startup => "sampler.n_startup_trials",
            Self::Candidates => "sampler.n_ei_candidates",
            Self::Points => "sampler.n_points",
            Self::MedianStartup => "pruner.n_startup_trials",
            Self::MedianWarmup => "pruner.n_warmup_folds",
            Self::WilcoxonP => "pruner.p_threshold",
            Self::WilcoxonStartup => "pruner.n_startup_folds",
            Self::HalvingFactor => "pruner.reduction_factor",
            Self::HalvingRungs => "pruner.n_rungs",
            Self::Patience => "stop_rule.patience",
            Self::Precision => "decision.precision",
            Self::CostFirst => "decision.costs.0",
            Self::CostSecond => "decision.costs.1",
            Self::Unanswered => "decision.abstain",
        }
    }

    /// What it may hold, as far as its type says.
    pub fn bounds(self) -> Bounds {
        match self {
            Self::Trials => Bounds::Whole(1, u64::from(MAX_TRIALS)),
            Self::Seed => Bounds::Whole(0, u64::MAX),
            Self::SplitSeed => Bounds::Whole(0, MAX_SPLIT_SEED),
            Self::Repeats => Bounds::Whole(1, u64::from(MAX_REPEATS)),
            Self::Startup | Self::MedianStartup => Bounds::Whole(0, u64::from(MAX_TRIALS)),
            Self::Folds
            | Self::Candidates
            | Self::Points
            | Self::MedianWarmup
            | Self::WilcoxonStartup
            | Self::HalvingFactor
            | Self::HalvingRungs
            | Self::Patience => Bounds::Whole(0, MAX_SPLIT_SEED),
            Self::Minutes
            | Self::TestShare
            | Self::WilcoxonP
            | Self::Precision
            | Self::CostFirst
            | Self::CostSecond
            | Self::Unanswered => Bounds::Real,
        }
    }

    /// What stands in it until something else is typed.
    pub fn usual(self) -> &'static str {
        match self {
            Self::Minutes => "",
            Self::Trials | Self::Patience => "20",
            Self::Seed | Self::SplitSeed => "42",
            Self::Folds | Self::MedianStartup | Self::CostSecond => "5",
            Self::Repeats | Self::HalvingRungs | Self::CostFirst => "1",
            Self::TestShare => "0.3",
            Self::Startup | Self::Points => "10",
            Self::Candidates => "24",
            Self::MedianWarmup => "0",
            Self::WilcoxonP | Self::Unanswered => "0.1",
            Self::WilcoxonStartup | Self::HalvingFactor => "2",
            Self::Precision => "0.9",
        }
    }
}

/// A field with a list to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// What settings are compared by.
    Metric,
    /// How settings are drawn.
    Sampler,
    /// What trials are pruned by.
    Pruner,
    /// What decides which reviews go where.
    Split,
    /// How scores become probabilities.
    Calibration,
    /// Where two classes are parted.
    Threshold,
    /// Whose precision a threshold keeps, by number; its names are the data's.
    PreciseClass,
    /// When no answer is given.
    Abstain,
}

impl Choice {
    /// All of them.
    pub const ALL: [Choice; 8] = [
        Self::Metric,
        Self::Sampler,
        Self::Pruner,
        Self::Split,
        Self::Calibration,
        Self::Threshold,
        Self::PreciseClass,
        Self::Abstain,
    ];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Metric => "Metric",
            Self::Sampler => "Sampler",
            Self::Pruner => "Pruning",
            Self::Split => "Part the reviews",
            Self::Calibration => "Probabilities",
            Self::Threshold => "Where classes are parted",
            Self::PreciseClass => "Class to be precise about",
            Self::Abstain => "Doubtful reviews",
        }
    }

    /// The word behind it.
    pub fn word(self) -> Option<Word> {
        match self {
            Self::Metric => Some(Word::Metric),
            Self::Sampler => Some(Word::Tpe),
            Self::Pruner => Some(Word::Pruning),
            Self::Split => Some(Word::SplitKind),
            Self::Calibration => Some(Word::Calibration),
            Self::Threshold => Some(Word::Threshold),
            Self::PreciseClass => Some(Word::Precision),
            Self::Abstain => Some(Word::Coverage),
        }
    }

    /// Its place among a study's problems, and its id on the page once dots are dashes.
    pub fn place(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Sampler => "sampler",
            Self::Pruner => "pruner",
            Self::Split => "split.kind",
            Self::Calibration => "decision.calibration",
            Self::Threshold => "decision.threshold",
            Self::PreciseClass => "decision.class",
            Self::Abstain => "decision.abstain.kind",
        }
    }

    /// Key and words of each option, the usual one first.
    pub fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Metric => &[
                ("f1_macro", "macro F1: every class alike"),
                ("accuracy", "accuracy: share right"),
                ("balanced_accuracy", "balanced accuracy"),
                ("f1_weighted", "weighted F1"),
                ("mcc", "MCC"),
                ("roc_auc", "ROC AUC: order of the scores"),
                ("average_precision", "average precision"),
                ("log_loss", "log loss: honest probabilities"),
                ("brier", "Brier score"),
            ],
            Self::Sampler => &[
                ("grouped", "TPE, parameters together"),
                ("optuna", "TPE as Optuna 5 by itself"),
                ("independent", "TPE, each by itself (Optuna 4)"),
                ("random", "At random"),
                ("quasi", "Evenly spread"),
                ("grid", "Every combination"),
            ],
            Self::Pruner => &[
                ("none", "None"),
                ("median", "Below the median, fold by fold"),
                ("wilcoxon", "Worse than the best, fold by fold"),
                ("halving", "On growing parts of the reviews"),
            ],
            Self::Split => &[
                ("stratified", "By chance, each class alike"),
                ("plain", "By chance alone"),
                ("grouped", "Equal texts on one side"),
                ("by_group", "Each group on one side"),
                ("by_time", "By time: the latest test"),
            ],
            Self::Calibration => {
                &[("own", "The model's own"), ("platt", "Platt's curve"), ("isotonic", "Any rising curve")]
            }
            Self::Threshold => &[
                ("own", "The model's own cut"),
                ("macro_f1", "Best macro F1"),
                ("precision", "Keep a precision"),
                ("costs", "Least cost"),
            ],
            Self::PreciseClass => &[("0", "First class"), ("1", "Second class")],
            Self::Abstain => &[
                ("never", "Answer all"),
                ("share", "Leave a share to me"),
                ("width", "Leave those in a band to me"),
            ],
        }
    }
}

/// The words of a parameter's choice, for people.
pub fn word_label(name: ParamName, word: &str) -> String {
    let label = match (name, word) {
        (ParamName::Vectorizer, "tfidf") => "TF-IDF",
        (ParamName::Vectorizer, "bow") => "Bag of words",
        (ParamName::NgramRange, "1-1") => "Single words",
        (ParamName::NgramRange, "1-2") => "Words and pairs",
        (ParamName::NgramRange, "1-3") => "Up to three words",
        (ParamName::NgramRange, "2-2") => "Pairs alone",
        (ParamName::StopWords, "none") => "Count all words",
        (ParamName::StopWords, "english") => "Leave out English filler words",
        (_, "true") => "yes",
        (_, "false") => "no",
        (_, other) => other,
    };
    label.to_owned()
}
