//! What a pipeline has a parameter at: the way back from `param`, for forms that show what is not searched.
//!
//! In: a pipeline and a name. Out: the value, as a setting holds it. Never: a value that the name cannot take.

use crate::features::{DocumentFrequency, Norm, TermStopWords, VectorizerKind, VectorizerSpec};
use crate::models::{ClassWeight, Criterion, LogisticSolver, MaxFeatures, ModelSpec, SvmLoss};
use crate::pipeline::PipelineSpec;
use crate::tune::{ParamName, Value};

impl ParamName {
    /// What `pipeline` has it at; `None` where its model does not have it, where there is no limit, or where the
    /// pipeline has it at something that no setting can.
    pub fn held_at(self, pipeline: &PipelineSpec) -> Option<Value> {
        if !self.belongs_to(pipeline.model.kind()) {
            return None;
        }
        self.of_vectorizer(&pipeline.vectorizer).or_else(|| self.of_model(&pipeline.model))
    }

    fn of_vectorizer(self, vectorizer: &VectorizerSpec) -> Option<Value> {
        let (shortest, longest) = vectorizer.ngram_range;
        match (self, vectorizer.min_df, vectorizer.max_df) {
            (Self::MinDf, DocumentFrequency::Count(count), _) => return Some(Value::Int(i64::from(count))),
            (Self::MaxDf, _, DocumentFrequency::Share(share)) => return Some(Value::Float(share)),
            (Self::NgramRange, ..) => return Some(Value::Text(format!("{shortest}-{longest}"))),
            (Self::MaxFeatures, ..) => {
                return vectorizer.max_features.map(|most| Value::Int(i64::from(most)));
            }
            _ => {}
        }
        let word = match (self, vectorizer.kind) {
            (Self::Vectorizer, VectorizerKind::BagOfWords) => "bow",
            (Self::Vectorizer, VectorizerKind::TfIdf) => "tfidf",
            (Self::Binary, _) => switch(vectorizer.binary),
            (Self::SublinearTf, _) => switch(vectorizer.sublinear_tf),
            (Self::UseIdf, _) => switch(vectorizer.use_idf),
            (Self::SmoothIdf, _) => switch(vectorizer.smooth_idf),
            (Self::Norm, _) => match vectorizer.norm {
                Norm::L1 => "l1",
                Norm::L2 => "l2",
                Norm::None => "none",
            },
            (Self::StopWords, _) => match vectorizer.tokens.stop_words {
                TermStopWords::None => "none",
                TermStopWords::English => "english",
            },
            _ => return None,
        };
        Some(Value::Text(word.to_owned()))
    }

    fn of_model(self, model: &ModelSpec) -> Option<Value> {
        let whole = |number: u32| Some(Value::Int(i64::from(number)));
        match (self, model) {
            (Self::C, ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. }) => {
                return Some(Value::Float(*c));
            }
            (Self::Alpha, ModelSpec::MultinomialNb { alpha } | ModelSpec::ComplementNb { alpha, .. }) => {
                return Some(Value::Float(*alpha));
            }
            (Self::NEstimators, ModelSpec::RandomForest(forest)) => return whole(forest.n_estimators),
            (Self::MaxDepth, ModelSpec::RandomForest(forest)) => return forest.max_depth.and_then(whole),
            (Self::MinSamplesLeaf, ModelSpec::RandomForest(forest)) => return whole(forest.min_samples_leaf),
            _ => {}
        }
        let word = match (self, model) {
            (
                Self::ClassWeight,
                ModelSpec::LogisticRegression { class_weight, .. }
                | ModelSpec::LinearSvc { class_weight, .. },
            ) => weight(class_weight)?,
            (Self::Solver, ModelSpec::LogisticRegression { solver, .. }) => match solver {
                LogisticSolver::Liblinear => "liblinear",
                LogisticSolver::LiblinearL1 => "liblinear_l1",
                LogisticSolver::Lbfgs => "lbfgs",
            },
            (Self::Loss, ModelSpec::LinearSvc { loss, .. }) => match loss {
                SvmLoss::Hinge => "hinge",
                SvmLoss::SquaredHinge => "squared_hinge",
            },
            (Self::ComplementNorm, ModelSpec::ComplementNb { norm, .. }) => switch(*norm),
            (Self::ClassWeight, ModelSpec::RandomForest(forest)) => weight(&forest.class_weight)?,
            (Self::LimitDepth, ModelSpec::RandomForest(forest)) => switch(forest.max_depth.is_some()),
            (Self::Bootstrap, ModelSpec::RandomForest(forest)) => switch(forest.bootstrap),
            (Self::Criterion, ModelSpec::RandomForest(forest)) => match forest.criterion {
                Criterion::Gini => "gini",
                Criterion::Entropy => "entropy",
            },
            (Self::ForestMaxFeatures, ModelSpec::RandomForest(forest)) => match forest.max_features {
                MaxFeatures::Sqrt => "sqrt",
                MaxFeatures::Log2 => "log2",
                MaxFeatures::All => "all",
                MaxFeatures::Share(_) => return None,
            },
            _ => return None,
        };
        Some(Value::Text(word.to_owned()))
    }
}

fn switch(is_on: bool) -> &'static str {
    if is_on { "true" } else { "false" }
}

fn weight(class_weight: &ClassWeight) -> Option<&'static str> {
    match class_weight {
        ClassWeight::None => Some("none"),
        ClassWeight::Balanced => Some("balanced"),
        ClassWeight::Given(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::ModelKind;
    use crate::tune::{ParamKind, SearchSpec, Setting};

    fn values(name: ParamName) -> Vec<Value> {
        match name.kind() {
            ParamKind::Real(..) => vec![Value::Float(0.25), Value::Float(0.5)],
            ParamKind::Whole(..) => vec![Value::Int(7), Value::Int(3)],
            ParamKind::Words(words) => words.iter().map(|word| Value::Text((*word).to_owned())).collect(),
            ParamKind::Lengths => vec![Value::Text("1-1".into()), Value::Text("2-3".into())],
            ParamKind::Names => Vec::new(),
        }
    }

    #[test]
    fn what_is_put_into_a_pipeline_is_found_there_again() {
        for model in ModelKind::EVERY {
            let search = SearchSpec::reference(model, 1, 42);
            for name in ParamName::ALL.into_iter().filter(|name| name.belongs_to(model)) {
                for value in values(name) {
                    // That a depth is bounded is said by its bound.
                    if name == ParamName::LimitDepth && value.word() == Some("true") {
                        continue;
                    }
                    let pipeline = search.pipeline(&Setting::from([(name, value.clone())]));
                    assert_eq!(name.held_at(&pipeline), Some(value), "{} of {model:?}", name.as_str());
                }
            }
        }
    }

    #[test]
    fn no_limit_and_a_foreign_parameter_have_no_value() {
        let forest = SearchSpec::reference(ModelKind::RandomForest, 1, 42).base;
        assert_eq!(ParamName::MaxDepth.held_at(&forest), None);
        assert_eq!(ParamName::LimitDepth.held_at(&forest), Some(Value::Text("false".into())));
        assert_eq!(ParamName::MaxFeatures.held_at(&forest), None);
        assert_eq!(ParamName::C.held_at(&forest), None);
    }
}
