//! From a setting to a pipeline, and what has to be counted for all the settings of a study.

use crate::dataset::{DatasetRecipe, Fix};
use crate::features::{Counting, DocumentFrequency, VectorizerSpec};
use crate::models::ModelKind;
use crate::pipeline::PipelineSpec;
use crate::split::SplitKind;
use crate::text::CleanStep;
use crate::tune::param::put;
use crate::tune::{ParamName, Range, SearchSpec, Setting, StudySpec, Value};

/// Most corpora (a cleaning and a way to count) that one study may need.
pub const MAX_CORPORA: usize = 16;

/// What is read and counted once for all settings that need it.
#[derive(Clone, Debug, PartialEq)]
pub struct CorpusSpec {
    /// How reviews are cleaned.
    pub cleaning: Vec<CleanStep>,
    /// What is counted.
    pub counting: Counting,
}

impl SearchSpec {
    /// A search that holds no parameter and has nothing queued.
    pub fn new(base: PipelineSpec, space: Vec<(ParamName, Range)>, n_trials: u32) -> Self {
        Self { base, space, n_trials, frozen: Setting::new(), queued: Vec::new() }
    }

    /// The model family.
    pub fn model(&self) -> ModelKind {
        self.base.model.kind()
    }

    /// The range of a searched parameter.
    pub fn range(&self, name: ParamName) -> Option<&Range> {
        self.space.iter().find(|(searched, _)| *searched == name).map(|(_, range)| range)
    }

    /// The pipeline of one setting: the base with the searched values put in. A value that the base's
    /// model does not have is left out, and so is a cleaning variant, which only the study knows.
    pub fn pipeline(&self, setting: &Setting) -> PipelineSpec {
        let mut pipeline = self.base.clone();
        for (name, value) in setting {
            put(&mut pipeline, *name, value);
        }
        pipeline
    }

    /// The smallest number of documents that `min_df` may ask for.
    fn df_floor(&self) -> u32 {
        match (self.range(ParamName::MinDf), self.base.vectorizer.min_df) {
            (Some(range), _) => range.low() as u32,
            (None, DocumentFrequency::Count(count)) => count,
            (None, DocumentFrequency::Share(_)) => 1,
        }
    }

    /// The base with each combination of what changes cleaning or tokens.
    fn variants(&self) -> Vec<Setting> {
        let mut variants = vec![Setting::new()];
        for name in [ParamName::Cleaning, ParamName::NgramRange, ParamName::StopWords] {
            let Some(Range::Choice { choices }) = self.range(name) else { continue };
            let with = |variant: &Setting, choice: &Value| {
                let mut variant = variant.clone();
                variant.insert(name, choice.clone());
                variant
            };
            variants = choices
                .iter()
                .flat_map(|choice| variants.iter().map(move |variant| (variant, choice)))
                .map(|(variant, choice)| with(variant, choice))
                .collect();
        }
        variants
    }
}

impl StudySpec {
    /// The pipeline of one setting of search number `search`.
    pub fn pipeline(&self, search: usize, setting: &Setting) -> PipelineSpec {
        let mut pipeline = self.searches[search].pipeline(setting);
        let chosen = setting.get(&ParamName::Cleaning).and_then(Value::word);
        if let Some(variant) = self.cleanings.iter().find(|variant| Some(variant.name.as_str()) == chosen) {
            pipeline.cleaning = variant.steps.clone();
        }
        pipeline
    }

    /// What has to be counted for its settings, each once: the first search's own cleaning and tokens first,
    /// each with the smallest `min_df` of any search. At least one.
    pub fn corpora(&self) -> Vec<CorpusSpec> {
        let df_floor = self.searches.iter().map(SearchSpec::df_floor).min().unwrap_or(1).max(1);
        let mut corpora: Vec<CorpusSpec> = Vec::new();
        let mut add = |cleaning: &[CleanStep], vectorizer: &VectorizerSpec| {
            let counting = vectorizer.counting(df_floor);
            if !corpora.iter().any(|known| known.cleaning == cleaning && known.counting == counting) {
                corpora.push(CorpusSpec { cleaning: cleaning.to_vec(), counting });
            }
        };
        for (number, search) in self.searches.iter().enumerate() {
            for variant in search.variants() {
                let pipeline = self.pipeline(number, &variant);
                add(&pipeline.cleaning, &pipeline.vectorizer);
            }
        }
        if corpora.is_empty() {
            let counting = Counting::words((1, 1), df_floor);
            corpora.push(CorpusSpec { cleaning: self.cleaning.clone(), counting });
        }
        corpora
    }

    /// Which of `corpora` a pipeline of this study learns from.
    pub fn corpus_of(&self, pipeline: &PipelineSpec) -> Option<usize> {
        let fits = |corpus: &CorpusSpec| {
            let counting = &corpus.counting;
            corpus.cleaning == pipeline.cleaning
                && pipeline.vectorizer.counting(counting.df_floor) == *counting
        };
        self.corpora().iter().position(fits)
    }

    /// What has to be counted for the first corpus.
    pub fn counting(&self) -> Counting {
        self.corpora().swap_remove(0).counting
    }

    /// Takes over what a recipe says of a study: its cleaning, and that equal texts stay on one side. Steps that
    /// the recipe has before or after the study's own are put before and after those of each variant, too.
    pub fn follow(&mut self, recipe: &DatasetRecipe) {
        let (own, read) = (&self.cleaning, &recipe.cleaning);
        if let Some(at) = read.windows(own.len().max(1)).position(|steps| steps == own.as_slice()) {
            let (first, last) = (&read[..at], &read[at + own.len()..]);
            for variant in &mut self.cleanings {
                variant.steps = [first, variant.steps.as_slice(), last].concat();
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{ClassWeight, ModelSpec};
    use crate::text::reference_cleaning;
    use crate::tune::CleaningVariant;

    fn word(word: &str) -> Value {
        Value::Text(word.to_owned())
    }

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
        let setting = Setting::from([(ParamName::C, Value::Float(0.5)), (ParamName::Loss, word("hinge"))]);
        assert_eq!(study.searches[0].pipeline(&setting), study.searches[0].base);
    }

    /// What the setting changes in a model's JSON.
    #[track_caller]
    fn check(model: ModelKind, setting: &[(ParamName, Value)], expected: &str) {
        let study = StudySpec::reference(&[model], 20, 42);
        let pipeline = study.pipeline(0, &setting.iter().cloned().collect());
        let json = json::to_string(&pipeline);
        assert!(json.contains(expected), "{expected} is not in {json}");
    }

    #[test]
    fn every_word_has_its_place() {
        use ModelKind::{ComplementNb, LinearSvc, LogisticRegression, RandomForest};
        check(LogisticRegression, &[(ParamName::Solver, word("lbfgs"))], r#""solver":"lbfgs""#);
        check(LogisticRegression, &[(ParamName::Solver, word("liblinear_l1"))], r#""solver":"liblinear_l1""#);
        check(LinearSvc, &[(ParamName::Loss, word("hinge"))], r#""loss":"hinge""#);
        check(LinearSvc, &[(ParamName::ClassWeight, word("none"))], r#""class_weight":"none""#);
        check(ComplementNb, &[(ParamName::ComplementNorm, word("true"))], r#""norm":true"#);
        check(RandomForest, &[(ParamName::ForestMaxFeatures, word("log2"))], r#""max_features":"log2""#);
        check(RandomForest, &[(ParamName::Criterion, word("entropy"))], r#""criterion":"entropy""#);
        check(RandomForest, &[(ParamName::Bootstrap, word("false"))], r#""bootstrap":false"#);
        check(RandomForest, &[(ParamName::NEstimators, Value::Int(70))], r#""n_estimators":70"#);
        check(RandomForest, &[(ParamName::MinSamplesLeaf, Value::Int(3))], r#""min_samples_leaf":3"#);
        let depth = [(ParamName::LimitDepth, word("true")), (ParamName::MaxDepth, Value::Int(12))];
        check(RandomForest, &depth, r#""max_depth":12"#);
        check(RandomForest, &[(ParamName::LimitDepth, word("false"))], r#""max_depth":null"#);
        check(LinearSvc, &[(ParamName::Vectorizer, word("bow"))], r#""kind":"bag_of_words""#);
        check(LinearSvc, &[(ParamName::NgramRange, word("1-3"))], r#""ngram_range":[1,3]"#);
        check(LinearSvc, &[(ParamName::Binary, word("true"))], r#""binary":true"#);
        check(LinearSvc, &[(ParamName::SublinearTf, word("false"))], r#""sublinear_tf":false"#);
        check(LinearSvc, &[(ParamName::UseIdf, word("false"))], r#""use_idf":false"#);
        check(LinearSvc, &[(ParamName::SmoothIdf, word("false"))], r#""smooth_idf":false"#);
        check(LinearSvc, &[(ParamName::Norm, word("l1"))], r#""norm":"l1""#);
        check(LinearSvc, &[(ParamName::StopWords, word("english"))], r#""stop_words":"english""#);
    }

    #[test]
    fn the_smallest_min_df_of_all_searches_is_counted() {
        let mut study = StudySpec::reference(&ModelKind::ALL, 20, 42);
        assert_eq!(study.counting(), Counting::words((1, 2), 3));
        assert_eq!(study.corpora().len(), 1);
        study.searches[1].space.clear();
        study.searches[1].base.vectorizer.min_df = DocumentFrequency::Share(0.01);
        assert_eq!(study.counting(), Counting::words((1, 2), 1));
    }

    #[test]
    fn each_cleaning_and_each_way_to_count_is_a_corpus_of_its_own() {
        let mut study = StudySpec::reference(&ModelKind::ALL, 20, 42);
        let plain = vec![CleanStep::Lowercase];
        let variant =
            |name: &str, steps: &[CleanStep]| CleaningVariant { name: name.into(), steps: steps.to_vec() };
        study.cleanings = vec![variant("full", &study.cleaning), variant("plain", &plain)];
        study.searches[1].space.push((ParamName::Cleaning, Range::words(&["full", "plain"])));
        study.searches[1].space.push((ParamName::NgramRange, Range::words(&["1-1", "1-2"])));
        let corpora = study.corpora();
        assert_eq!(corpora.len(), 4);
        let setting =
            Setting::from([(ParamName::Cleaning, word("plain")), (ParamName::NgramRange, word("1-1"))]);
        let pipeline = study.pipeline(1, &setting);
        let corpus = &corpora[study.corpus_of(&pipeline).expect("it is one of the study's")];
        assert_eq!((corpus.cleaning.as_slice(), corpus.counting.ngram_range), (plain.as_slice(), (1, 1)));
        assert_eq!(study.corpus_of(&study.searches[0].base), Some(0));
    }
}
