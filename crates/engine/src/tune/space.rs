//! Names and values of parameters, the reference's space, and from a setting to a pipeline.

use crate::dataset::{DatasetRecipe, Fix};
use crate::features::{Counting, DocumentFrequency, VectorizerSpec};
use crate::models::{ClassWeight, DummyStrategy, ForestSpec, ModelKind, ModelSpec};
use crate::pipeline::{DecisionSpec, PipelineSpec};
use crate::split::{SplitKind, SplitSpec};
use crate::text::reference_cleaning;
use crate::tune::{ParamName, Range, SamplerSpec, SearchSpec, Setting, StudySpec, Value};

/// The schema number of a study's instructions: 2 brought groups of the dataset to part rows by, and decisions.
pub const STUDY_SCHEMA: u32 = 2;

impl ParamName {
    /// Its name in scikit-learn, which is its name in records and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Alpha => "alpha",
            Self::MaxFeatures => "max_features",
            Self::MinDf => "min_df",
            Self::MaxDf => "max_df",
        }
    }
}

impl Value {
    /// The value as a real number.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

impl Range {
    /// Whether there is one value only.
    pub fn is_single(&self) -> bool {
        match self {
            Self::Float { low, high, .. } => low >= high,
            Self::Int { low, high, .. } => low >= high,
        }
    }

    /// Whether `value` lies within it.
    pub fn holds(&self, value: f64) -> bool {
        (self.low()..=self.high()).contains(&value)
    }

    /// The smallest value.
    pub fn low(&self) -> f64 {
        match self {
            Self::Float { low, .. } => *low,
            Self::Int { low, .. } => *low as f64,
        }
    }

    /// The largest value.
    pub fn high(&self) -> f64 {
        match self {
            Self::Float { high, .. } => *high,
            Self::Int { high, .. } => *high as f64,
        }
    }
}

impl SearchSpec {
    /// The model family.
    pub fn model(&self) -> ModelKind {
        self.base.model.kind()
    }

    /// The pipeline of one setting: the base with the searched values put in. A value that the base's
    /// model does not have is left out.
    pub fn pipeline(&self, setting: &Setting) -> PipelineSpec {
        let mut pipeline = self.base.clone();
        for (name, value) in setting {
            let number = value.as_f64();
            // `as` saturates, and validated values are within u32.
            match (name, &mut pipeline.model) {
                (ParamName::C, ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. }) => {
                    *c = number;
                }
                (
                    ParamName::Alpha,
                    ModelSpec::MultinomialNb { alpha } | ModelSpec::ComplementNb { alpha, .. },
                ) => *alpha = number,
                (ParamName::C | ParamName::Alpha, _) => {}
                (ParamName::MaxFeatures, _) => pipeline.vectorizer.max_features = Some(number as u32),
                (ParamName::MinDf, _) => {
                    pipeline.vectorizer.min_df = DocumentFrequency::Count(number as u32);
                }
                (ParamName::MaxDf, _) => pipeline.vectorizer.max_df = DocumentFrequency::Share(number),
            }
        }
        pipeline
    }

    /// The reference's space for one model family.
    fn reference(model: ModelKind, n_trials: u32, seed: u64) -> Self {
        let (strength, range, sizes) = match model {
            ModelKind::LogisticRegression => (Some(ParamName::C), (0.01, 2.0), (2000, 5000, 500)),
            ModelKind::LinearSvc => (Some(ParamName::C), (0.01, 2.0), (3000, 10_000, 1000)),
            ModelKind::MultinomialNb | ModelKind::ComplementNb => {
                (Some(ParamName::Alpha), (0.01, 1.0), (3000, 10_000, 1000))
            }
            ModelKind::RandomForest | ModelKind::Dummy => (None, (0.0, 0.0), (2000, 5000, 500)),
        };
        let class_weight = ClassWeight::Balanced;
        let (low, high) = range;
        let strength = strength.map(|name| (name, Range::Float { low, high, log: true }));
        let sizes = [
            (ParamName::MaxFeatures, Range::Int { low: sizes.0, high: sizes.1, step: sizes.2 }),
            (ParamName::MinDf, Range::Int { low: 3, high: 7, step: 1 }),
            (ParamName::MaxDf, Range::Float { low: 0.7, high: 0.9, log: false }),
        ];
        Self {
            base: PipelineSpec {
                cleaning: reference_cleaning(),
                vectorizer: VectorizerSpec {
                    ngram_range: (1, 2),
                    sublinear_tf: true,
                    min_df: DocumentFrequency::Count(3),
                    max_df: DocumentFrequency::Share(0.9),
                    max_features: None,
                    ..VectorizerSpec::tf_idf((1, 2))
                },
                model: match model {
                    ModelKind::LogisticRegression => ModelSpec::logistic_regression(1.0, class_weight),
                    ModelKind::MultinomialNb => ModelSpec::MultinomialNb { alpha: 1.0 },
                    ModelKind::LinearSvc => ModelSpec::linear_svc(1.0, class_weight),
                    ModelKind::ComplementNb => ModelSpec::ComplementNb { alpha: 1.0, norm: false },
                    ModelKind::RandomForest => {
                        ModelSpec::RandomForest(ForestSpec { class_weight, ..ForestSpec::new(100, seed) })
                    }
                    ModelKind::Dummy => ModelSpec::Dummy { strategy: DummyStrategy::Prior },
                },
            },
            space: strength.into_iter().chain(sizes).collect(),
            n_trials,
        }
    }

    /// The smallest number of documents that `min_df` may ask for.
    fn df_floor(&self) -> u32 {
        let searched = self.space.iter().find(|(name, _)| *name == ParamName::MinDf);
        match (searched, self.base.vectorizer.min_df) {
            (Some((_, range)), _) => range.low() as u32,
            (None, DocumentFrequency::Count(count)) => count,
            (None, DocumentFrequency::Share(_)) => 1,
        }
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
            decision: DecisionSpec::default(),
            seed,
        }
    }

    /// What has to be counted for all of its searches: n-grams (of one kind in a valid study) and the smallest
    /// `min_df`.
    pub fn counting(&self) -> Counting {
        let df_floor = self.searches.iter().map(SearchSpec::df_floor).min().unwrap_or(1).max(1);
        match self.searches.first() {
            Some(search) => search.base.vectorizer.counting(df_floor),
            None => Counting::words((1, 1), df_floor),
        }
    }

    /// Takes over what a recipe says of a study: its cleaning, and that equal texts stay on one side.
    pub fn follow(&mut self, recipe: &DatasetRecipe) {
        self.cleaning.clone_from(&recipe.cleaning);
        self.searches.iter_mut().for_each(|search| search.base.cleaning.clone_from(&recipe.cleaning));
        if recipe.fixes.contains(&Fix::KeepTogether)
            && matches!(self.split.kind, SplitKind::Stratified | SplitKind::Plain)
        {
            self.split.kind = SplitKind::Grouped;
        }
    }

    /// Trials of all searches.
    pub fn n_trials(&self) -> u64 {
        self.searches.iter().map(|search| u64::from(search.n_trials)).sum()
    }
}

impl SamplerSpec {
    /// Optuna 5.0's default for one objective.
    pub fn optuna() -> Self {
        Self::Tpe { n_startup_trials: 10, n_ei_candidates: 24, multivariate: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_becomes_a_pipeline() {
        let study = StudySpec::reference(&ModelKind::ALL, 20, 42);
        let setting = Setting::from([
            (ParamName::C, Value::Float(0.5)),
            (ParamName::MaxFeatures, Value::Int(2500)),
            (ParamName::MinDf, Value::Int(4)),
            (ParamName::MaxDf, Value::Float(0.75)),
        ]);
        let pipeline = study.searches[0].pipeline(&setting);
        let class_weight = ClassWeight::Balanced;
        assert_eq!(pipeline.model, ModelSpec::logistic_regression(0.5, class_weight));
        assert_eq!(
            pipeline.vectorizer,
            VectorizerSpec {
                ngram_range: (1, 2),
                sublinear_tf: true,
                min_df: DocumentFrequency::Count(4),
                max_df: DocumentFrequency::Share(0.75),
                max_features: Some(2500),
                ..VectorizerSpec::tf_idf((1, 2))
            }
        );
        assert_eq!(pipeline.cleaning, reference_cleaning());
    }

    #[test]
    fn a_foreign_value_changes_nothing() {
        let study = StudySpec::reference(&[ModelKind::MultinomialNb], 20, 42);
        let setting = Setting::from([(ParamName::C, Value::Float(0.5))]);
        assert_eq!(study.searches[0].pipeline(&setting), study.searches[0].base);
    }

    #[test]
    fn the_smallest_min_df_of_all_searches_is_counted() {
        let mut study = StudySpec::reference(&ModelKind::ALL, 20, 42);
        assert_eq!(study.counting(), Counting::words((1, 2), 3));
        study.searches[1].space.clear();
        study.searches[1].base.vectorizer.min_df = DocumentFrequency::Share(0.01);
        assert_eq!(study.counting(), Counting::words((1, 2), 1));
    }
}
