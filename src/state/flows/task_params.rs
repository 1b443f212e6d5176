//! Parameters of a task as they are typed: a task in, names and texts out; a name and a text in, the changed task out.
//!
//! Never: a value that a name cannot take; what was wrong is said in one sentence.

use engine::models::ModelKind;
use engine::pipeline::PipelineSpec;
use engine::text::reference_cleaning;
use engine::tune::{ParamKind, ParamName, SearchSpec, Setting, StudySpec, Value};
use track::flow::{PromotionRule, TaskKind};

use crate::state::format;

/// What new tasks draw by.
pub const SEED: u64 = 42;

/// Names of the fields.
const FOLDER: &str = "Folder, by the name it was picked under";
const CLEANING: &str = "Cleaning (empty: the dataset's)";
const FAMILY: &str = "Model family";
const FAMILIES: &str = "Model families";
const BYTES: &str = "Most bytes";
const TIME: &str = "Most ms for 1,000 reviews";

/// Words of `CLEANING`.
const REFERENCE: &str = "reference";
const NO_STEPS: &str = "none";
/// Steps that are neither.
const OWN_STEPS: &str = "its own";

/// Parameters that can be typed, in the order they are shown and taken.
pub fn own(kind: &TaskKind) -> Vec<(&'static str, String)> {
    match kind {
        TaskKind::LoadData { dataset } => vec![("Dataset (empty: the one used last)", dataset.clone())],
        TaskKind::Clean { steps } => {
            let word = match steps {
                None => "",
                Some(steps) if steps.is_empty() => NO_STEPS,
                Some(steps) if *steps == reference_cleaning() => REFERENCE,
                Some(_) => OWN_STEPS,
            };
            vec![(CLEANING, word.to_owned())]
        }
        TaskKind::Split { split } => vec![
            ("Test share", format::short(split.test_share)),
            ("Folds", split.n_folds.to_string()),
            ("Seed", split.seed.to_string()),
        ],
        TaskKind::Fit { study } => {
            let Some(search) = study.searches.first() else { return Vec::new() };
            let mut all = vec![(FAMILY, format::model_name(search.model()).to_owned())];
            let names = typed_names(search.model());
            all.extend(names.map(|name| (name.as_str(), shown(name, &search.base))));
            all.push(("Seed", study.seed.to_string()));
            all
        }
        TaskKind::Tune { study } => {
            let names = study.searches.iter().map(|search| format::model_name(search.model()));
            vec![
                ("Trials of each model", trials(study).to_string()),
                (FAMILIES, names.collect::<Vec<_>>().join(", ")),
                ("Seed", study.seed.to_string()),
            ]
        }
        TaskKind::Evaluate { model } | TaskKind::Register { model } | TaskKind::CheckDrift { model } => {
            vec![("Model", model.clone())]
        }
        TaskKind::ScoreFolder { model, folder } => {
            vec![("Model", model.clone()), (FOLDER, folder.clone())]
        }
        TaskKind::Promote { model, rule } => vec![
            ("Model", model.clone()),
            ("Greatest p-value", format::short(rule.max_p_value)),
            ("Most recall lost by a class", format::short(rule.max_recall_loss)),
            (BYTES, rule.max_bytes.map(|most| most.to_string()).unwrap_or_default()),
            (TIME, rule.max_predict_ms.map(|most| most.to_string()).unwrap_or_default()),
        ],
        TaskKind::Vectorise | TaskKind::Log => Vec::new(),
    }
}

/// Takes one of them as it is typed.
///
/// # Errors
/// One sentence.
pub fn set_own(kind: &mut TaskKind, name: &str, value: &str) -> Result<(), String> {
    let whole = || value.parse::<u32>().map_err(|_| format!("'{name}' is a whole number, such as 42."));
    let share = || {
        let found = json::parse_real(value).filter(|share| (0.0..=1.0).contains(share));
        found.ok_or_else(|| format!("'{name}' is a number from 0 to 1, such as 0.05."))
    };
    match (kind, name) {
        (TaskKind::LoadData { dataset }, _) => *dataset = value.to_owned(),
        (TaskKind::Clean { steps }, _) => match value {
            "" => *steps = None,
            REFERENCE => *steps = Some(reference_cleaning()),
            NO_STEPS => *steps = Some(Vec::new()),
            OWN_STEPS if steps.is_some() => {}
            _ => return Err("The cleaning is 'reference', 'none', or empty for the dataset's.".to_owned()),
        },
        (TaskKind::Split { split }, "Test share") => split.test_share = share()?,
        (TaskKind::Split { split }, "Folds") => split.n_folds = whole()?,
        (TaskKind::Split { split }, "Seed") => split.seed = whole()?,
        (TaskKind::Tune { study } | TaskKind::Fit { study }, "Seed") => study.seed = u64::from(whole()?),
        (TaskKind::Fit { study }, _) => set_given(study, name, value)?,
        (TaskKind::Tune { study }, FAMILIES) => set_families(study, value)?,
        (TaskKind::Tune { study }, _) => {
            let n_trials = whole()?.clamp(1, engine::tune::MAX_TRIALS);
            study.searches.iter_mut().for_each(|search| search.n_trials = n_trials);
        }
        (
            TaskKind::Evaluate { model }
            | TaskKind::Register { model }
            | TaskKind::CheckDrift { model }
            | TaskKind::ScoreFolder { model, .. }
            | TaskKind::Promote { model, .. },
            "Model",
        ) => match value {
            "" => return Err("Type the model's name.".to_owned()),
            value => *model = value.to_owned(),
        },
        (TaskKind::ScoreFolder { folder, .. }, _) => value.clone_into(folder),
        (TaskKind::Promote { rule, .. }, "Greatest p-value") => rule.max_p_value = share()?,
        (TaskKind::Promote { rule, .. }, BYTES | TIME) => set_budget(rule, name, value)?,
        (TaskKind::Promote { rule, .. }, _) => rule.max_recall_loss = share()?,
        _ => {}
    }
    Ok(())
}

/// What a fit is given: each parameter of its pipeline with its value.
pub fn given(pipeline: &PipelineSpec) -> Vec<(&'static str, String)> {
    let names = typed_names(pipeline.model.kind());
    let pairs = names.map(|name| (name.as_str(), shown(name, pipeline)));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

/// Names of a pipeline's parameters; that a tree's depth is bounded is said by the bound.
fn typed_names(model: ModelKind) -> impl Iterator<Item = ParamName> {
    let is_typed = |name: &ParamName| !matches!(name, ParamName::LimitDepth | ParamName::Cleaning);
    ParamName::ALL.into_iter().filter(is_typed).filter(move |name| name.belongs_to(model))
}

/// A value to its last digit; empty where there is no limit.
fn shown(name: ParamName, pipeline: &PipelineSpec) -> String {
    match name.held_at(pipeline) {
        None => String::new(),
        Some(Value::Int(value)) => value.to_string(),
        Some(Value::Float(value)) => value.to_string(),
        Some(Value::Text(word)) => word,
    }
}

fn trials(study: &StudySpec) -> u32 {
    study.searches.first().map_or(1, |search| search.n_trials)
}

fn set_budget(rule: &mut PromotionRule, name: &str, value: &str) -> Result<(), String> {
    let positive = || {
        let found = json::parse_real(value).filter(|most| most.is_finite() && *most > 0.0);
        found.ok_or_else(|| format!("'{name}' is a number above 0, or empty."))
    };
    match (name, value) {
        (BYTES, "") => rule.max_bytes = None,
        (BYTES, _) => rule.max_bytes = Some(positive()? as u64),
        (_, "") => rule.max_predict_ms = None,
        (..) => rule.max_predict_ms = Some(positive()?),
    }
    Ok(())
}

/// A model family by its name, whatever its letters' case.
fn family(text: &str) -> Result<ModelKind, String> {
    let all = || ModelKind::EVERY.into_iter().filter(|kind| *kind != ModelKind::Dummy);
    let text = text.trim().to_lowercase();
    all().find(|kind| format::model_name(*kind).to_lowercase() == text).ok_or_else(|| {
        let names: Vec<&str> = all().map(format::model_name).collect();
        format!("A model family is one of {}.", names.join(", "))
    })
}

fn set_families(study: &mut StudySpec, value: &str) -> Result<(), String> {
    let n_trials = trials(study);
    let mut searches: Vec<SearchSpec> = Vec::new();
    for text in value.split(',') {
        let model = family(text)?;
        if searches.iter().any(|search| search.model() == model) {
            continue;
        }
        let known = study.searches.iter().find(|search| search.model() == model).cloned();
        searches.push(known.unwrap_or_else(|| SearchSpec::reference(model, n_trials, SEED)));
    }
    study.searches = searches;
    Ok(())
}

/// One of the parameters a fit is given; one that its model does not have is left out.
fn set_given(study: &mut StudySpec, name: &str, value: &str) -> Result<(), String> {
    let Some(search) = study.searches.first_mut() else { return Ok(()) };
    if name == FAMILY {
        let model = family(value)?;
        if search.model() != model {
            search.base.model = SearchSpec::reference(model, 1, SEED).base.model;
        }
        return Ok(());
    }
    let found = ParamName::ALL.into_iter().find(|known| known.as_str() == name);
    let Some(param) = found.filter(|param| param.belongs_to(search.model())) else { return Ok(()) };
    if value == shown(param, &search.base) {
        return Ok(());
    }
    let (param, value) = match (param, value) {
        (ParamName::MaxFeatures, "") => {
            search.base.vectorizer.max_features = None;
            return Ok(());
        }
        (ParamName::MaxDepth, "") => (ParamName::LimitDepth, Value::Text("false".to_owned())),
        _ => (param, read(param, value)?),
    };
    search.base = search.pipeline(&Setting::from([(param, value)]));
    Ok(())
}

/// A value of a parameter.
fn read(param: ParamName, text: &str) -> Result<Value, String> {
    let name = param.as_str();
    let number = |low: f64, high: f64| json::parse_real(text).filter(|value| (low..=high).contains(value));
    match param.kind() {
        ParamKind::Real(low, high, words) => {
            number(low, high).map(Value::Float).ok_or_else(|| format!("'{name}' is a number {words}."))
        }
        ParamKind::Whole(low, high, words) => {
            let found = text.parse::<i64>().ok().filter(|value| (low..=high).contains(value));
            found.map(Value::Int).ok_or_else(|| format!("'{name}' is a whole number {words}."))
        }
        ParamKind::Words(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
        ParamKind::Words(words) => Err(format!("'{name}' is one of {}.", words.join(", "))),
        ParamKind::Lengths | ParamKind::Names => {
            let pair =
                text.split_once('-').and_then(|(a, b)| Some((a.parse::<u8>().ok()?, b.parse::<u8>().ok()?)));
            match pair {
                Some((low, high)) if 1 <= low && low <= high => Ok(Value::Text(text.to_owned())),
                _ => Err(format!("'{name}' is the shortest and longest number of words, such as 1-2.")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::tune::StudyPreset;

    use super::*;

    fn fit() -> TaskKind {
        TaskKind::Fit { study: StudyPreset::ScheduledJob.study(&[], SEED) }
    }

    fn value(kind: &TaskKind, name: &str) -> String {
        let found = own(kind).into_iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value).unwrap_or_default()
    }

    #[track_caller]
    fn check_typed(mut kind: TaskKind, typed: &[(&str, &str)]) -> TaskKind {
        for (name, text) in typed {
            assert_eq!(set_own(&mut kind, name, text), Ok(()), "{name}");
            assert_eq!(value(&kind, name), *text);
        }
        kind
    }

    #[test]
    fn what_a_fit_is_given_can_be_typed() {
        let typed = [("C", "0.25"), ("max_features", ""), ("ngram_range", "1-3"), ("solver", "liblinear")];
        let kind = check_typed(fit(), &typed);
        let forest =
            check_typed(kind, &[(FAMILY, "Random forest"), ("n_estimators", "50"), ("max_depth", "7")]);
        let forest = check_typed(forest, &[("max_depth", "")]);
        let TaskKind::Fit { study } = &forest else { panic!("it is a fit") };
        assert_eq!(study.validate(), Ok(()));
        assert_eq!(value(&forest, "ngram_range"), "1-3", "the words are counted as before");
        assert_eq!(value(&forest, "C"), "", "a forest has none");
        assert!(given(&study.searches[0].base).contains(&("n_estimators", "50".to_owned())));
    }

    #[test]
    fn what_a_fit_cannot_be_given_is_said() {
        let said = |name: &str, text: &str| set_own(&mut fit(), name, text).unwrap_err();
        assert_eq!(said("C", "lots"), "'C' is a number from 0.000001 to 1000000.");
        assert_eq!(said("max_features", "0"), "'max_features' is a whole number from 1 to 4294967295.");
        assert_eq!(said("solver", "saga"), "'solver' is one of liblinear, liblinear_l1, lbfgs.");
        assert!(said("ngram_range", "3-1").starts_with("'ngram_range' is the shortest"));
        assert!(said(FAMILY, "Guessing").starts_with("A model family is one of Logistic regression, "));
    }

    #[test]
    fn a_search_has_the_families_that_are_named() {
        let study = StudyPreset::Fast.study(&ModelKind::ALL, SEED);
        let kind = check_typed(TaskKind::Tune { study }, &[(FAMILIES, "Linear SVM, Random forest")]);
        let TaskKind::Tune { study } = &kind else { panic!("it is a search") };
        assert_eq!((study.searches.len(), study.validate()), (2, Ok(())));
        assert!(study.searches.iter().all(|search| search.n_trials == trials(study)));
        assert!(set_own(&mut kind.clone(), FAMILIES, "Linear SVM, magic").is_err());
    }

    #[test]
    fn cleaning_and_budgets_can_be_typed() {
        let clean =
            check_typed(TaskKind::Clean { steps: None }, &[(CLEANING, "none"), (CLEANING, "reference")]);
        assert_eq!(clean, TaskKind::Clean { steps: Some(reference_cleaning()) });
        assert!(set_own(&mut clean.clone(), CLEANING, "thorough").is_err());
        let rule =
            PromotionRule { max_p_value: 0.05, max_recall_loss: 0.02, max_bytes: None, max_predict_ms: None };
        let promote = TaskKind::Promote { model: "shop".into(), rule };
        let promote = check_typed(promote, &[(BYTES, "1000000"), (TIME, "12.5")]);
        let TaskKind::Promote { rule, .. } = &promote else { panic!("it promotes") };
        assert_eq!((rule.max_bytes, rule.max_predict_ms), (Some(1_000_000), Some(12.5)));
        assert!(set_own(&mut promote.clone(), TIME, "-1").is_err());
        check_typed(promote, &[(BYTES, ""), (TIME, "")]);
    }
}
