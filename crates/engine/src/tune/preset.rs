//! Studies with a name: the reference's, and what is offered where nothing else is asked for.

use crate::features::{DocumentFrequency, VectorizerSpec};
use crate::metrics::Metric;
use crate::models::{ClassWeight, DummyStrategy, ForestSpec, ModelKind, ModelSpec};
use crate::pipeline::{DecisionSpec, PipelineSpec, Preset};
use crate::split::SplitSpec;
use crate::text::reference_cleaning;
use crate::tune::{ParamName, PrunerSpec, Range, SamplerSpec, SearchSpec, StudySpec};

/// The schema number of a study's instructions: 2 brought groups of the dataset to part rows by, decisions, choices
/// and conditions of parameters, samplers and budgets.
pub const STUDY_SCHEMA: u32 = 2;
/// Trials of a search of the reference.
const REFERENCE_TRIALS: u32 = 20;

/// A study with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyPreset {
    /// 20 trials a model.
    Fast,
    /// 200 trials a model.
    Balanced,
    /// 1,000 trials a model.
    Thorough,
    /// What the reference searches, sampled as Optuna does by itself.
    Reference,
    /// The one setting of the job that runs unattended.
    ScheduledJob,
}

impl StudyPreset {
    /// All of them, in the order they are shown.
    pub const ALL: [StudyPreset; 5] =
        [Self::Fast, Self::Balanced, Self::Thorough, Self::Reference, Self::ScheduledJob];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "Fast",
            Self::Balanced => "Balanced",
            Self::Thorough => "Thorough",
            Self::Reference => "Reference",
            Self::ScheduledJob => Preset::ScheduledJob.name(),
        }
    }

    /// Trials of each model.
    pub fn n_trials(self) -> u32 {
        match self {
            Self::Fast => 20,
            Self::Balanced => 200,
            Self::Thorough => 1_000,
            Self::Reference => REFERENCE_TRIALS,
            Self::ScheduledJob => 1,
        }
    }

    /// Its study; the scheduled job's is of one model whatever `models` are.
    pub fn study(self, models: &[ModelKind], seed: u64) -> StudySpec {
        let reference = StudySpec::reference(models, self.n_trials(), seed);
        match self {
            Self::Reference => reference,
            Self::Fast | Self::Balanced | Self::Thorough => {
                StudySpec { sampler: SamplerSpec::grouped(), may_repeat: false, ..reference }
            }
            Self::ScheduledJob => {
                let base = Preset::ScheduledJob.pipeline();
                let cleaning = base.cleaning.clone();
                let searches = vec![SearchSpec::new(base, Vec::new(), 1)];
                // The same setting again would be the same result again.
                StudySpec { cleaning, searches, may_repeat: false, ..reference }
            }
        }
    }
}

impl SamplerSpec {
    /// Optuna 5.0's default for one objective.
    pub fn optuna() -> Self {
        Self::Tpe { n_startup_trials: 10, n_ei_candidates: 24, multivariate: true, group: false }
    }

    /// As `optuna`, parameters that matter together drawn together (`group=True`).
    pub fn grouped() -> Self {
        Self::Tpe { n_startup_trials: 10, n_ei_candidates: 24, multivariate: true, group: true }
    }
}

impl StudySpec {
    /// The reference's study: for each model TPE over its space, 70/30 split, five folds.
    pub fn reference(models: &[ModelKind], n_trials: u32, seed: u64) -> Self {
        Self {
            schema: STUDY_SCHEMA,
            cleaning: reference_cleaning(),
            split: SplitSpec::reference(),
            sampler: SamplerSpec::optuna(),
            searches: models.iter().map(|model| SearchSpec::reference(*model, n_trials, seed)).collect(),
            metric: Metric::default(),
            seed,
            decision: DecisionSpec::default(),
            may_repeat: true,
            pruner: PrunerSpec::None,
            stop_rule: None,
            minutes: None,
            cleanings: Vec::new(),
        }
    }
}

impl SearchSpec {
    /// The reference's space for one model family; for those it does not search, of the same kind.
    pub fn reference(model: ModelKind, n_trials: u32, seed: u64) -> Self {
        let (own, sizes) = own_space(model);
        let (low, high, step) = sizes;
        let sizes = [
            (ParamName::MaxFeatures, Range::Int { low, high, step }),
            (ParamName::MinDf, Range::Int { low: 3, high: 7, step: 1 }),
            (ParamName::MaxDf, Range::Float { low: 0.7, high: 0.9, log: false }),
        ];
        let base = PipelineSpec {
            cleaning: reference_cleaning(),
            vectorizer: VectorizerSpec {
                ngram_range: (1, 2),
                sublinear_tf: true,
                min_df: DocumentFrequency::Count(3),
                max_df: DocumentFrequency::Share(0.9),
                max_features: None,
                ..VectorizerSpec::tf_idf((1, 2))
            },
            model: base_model(model, seed),
        };
        Self::new(base, own.into_iter().chain(sizes).collect(), n_trials)
    }
}

fn base_model(model: ModelKind, seed: u64) -> ModelSpec {
    let class_weight = ClassWeight::Balanced;
    match model {
        ModelKind::LogisticRegression => ModelSpec::logistic_regression(1.0, class_weight),
        ModelKind::MultinomialNb => ModelSpec::MultinomialNb { alpha: 1.0 },
        ModelKind::LinearSvc => ModelSpec::linear_svc(1.0, class_weight),
        ModelKind::ComplementNb => ModelSpec::ComplementNb { alpha: 1.0, norm: false },
        ModelKind::RandomForest => {
            ModelSpec::RandomForest(ForestSpec { class_weight, ..ForestSpec::new(100, seed) })
        }
        ModelKind::Dummy => ModelSpec::Dummy { strategy: DummyStrategy::Prior },
    }
}

/// A model's own parameters, and fewest, most and step of its vocabulary's sizes.
fn own_space(model: ModelKind) -> (Vec<(ParamName, Range)>, (i64, i64, i64)) {
    let strength = |name, high| vec![(name, Range::Float { low: 0.01, high, log: true })];
    match model {
        ModelKind::LogisticRegression => (strength(ParamName::C, 2.0), (2000, 5000, 500)),
        ModelKind::LinearSvc => (strength(ParamName::C, 2.0), (3000, 10_000, 1000)),
        ModelKind::MultinomialNb | ModelKind::ComplementNb => {
            (strength(ParamName::Alpha, 1.0), (3000, 10_000, 1000))
        }
        ModelKind::RandomForest => (
            vec![
                (ParamName::NEstimators, Range::Int { low: 50, high: 300, step: 1 }),
                (ParamName::LimitDepth, Range::words(&["false", "true"])),
                (ParamName::MaxDepth, Range::Int { low: 10, high: 60, step: 1 }),
                (ParamName::MinSamplesLeaf, Range::Int { low: 1, high: 5, step: 1 }),
                (ParamName::ForestMaxFeatures, Range::words(&["sqrt", "log2"])),
            ],
            (2000, 5000, 500),
        ),
        ModelKind::Dummy => (Vec::new(), (2000, 5000, 500)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_run_and_saved() {
        for preset in StudyPreset::ALL {
            let study = preset.study(&ModelKind::EVERY, 42);
            assert_eq!(study.problems(&[]), [], "{}", preset.name());
            assert!(study.searches.iter().all(|search| search.n_trials == preset.n_trials()));
            assert_eq!(json::from_str::<StudySpec>(&json::to_string(&study)), Ok(study.clone()));
            let by_serde = serde_json::to_string(&study).expect("a study is JSON");
            assert_eq!(by_serde, json::to_string(&study));
        }
    }

    #[test]
    fn presets_but_the_reference_try_nothing_twice() {
        let may_repeat = |preset: StudyPreset| preset.study(&ModelKind::ALL, 1).may_repeat;
        assert!(may_repeat(StudyPreset::Reference) && !may_repeat(StudyPreset::Fast));
        assert!(!may_repeat(StudyPreset::ScheduledJob));
    }
}
