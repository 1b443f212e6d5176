//! From the form to a study: every problem beside its field, at once.
//!
//! In: the form, and what is known of the reviews. Out: the study, and what is wrong with it. Where a field cannot be
//! read, the study holds something usual instead, so that the problems of other fields are told, too.

use engine::dataset::{DatasetRecipe, Fix, LabelId};
use engine::metrics::Metric;
use engine::models::{ModelKind, ModelSpec};
use engine::pipeline::{AbstainRule, CalibrationMethod, DecisionError, DecisionSpec, ThresholdGoal};
use engine::split::{SplitKind, SplitSpec};
use engine::tune::{
    FieldProblem, ParamName, PrunerSpec, Range, STUDY_SCHEMA, SamplerSpec, SearchSpec, Setting, SpecError,
    StopRule, StudySpec,
};

use super::params::real;
use super::{Asked, Bounds, Choice, Field, SHARED, SearchForm, StudyForm};
use crate::state::format;

/// Begins the places of what all models share.
pub const FEATURES: &str = "features";

/// What is known of the reviews that a study is to learn from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Class names in label order, each with its rows; empty where there are no data yet.
    pub classes: Vec<(String, u64)>,
    /// Whether a column holds dates.
    pub has_dates: bool,
    /// Whether a column groups them.
    pub has_groups: bool,
    /// Whether equal texts are kept on one side in any case.
    pub keeps_together: bool,
}

impl Facts {
    /// Of a dataset of these classes, read by `recipe` where that is known by now.
    pub fn new(classes: Vec<(String, u64)>, recipe: Option<&DatasetRecipe>) -> Self {
        Self {
            classes,
            has_dates: recipe.is_none_or(|recipe| recipe.extra.date.is_some()),
            has_groups: recipe.is_none_or(|recipe| recipe.extra.group.is_some()),
            keeps_together: recipe.is_some_and(|recipe| recipe.fixes.contains(&Fix::KeepTogether)),
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field's place, such as `split.n_folds` or `LogisticRegression.C.low`.
    pub place: String,
    /// In one sentence.
    pub sentence: String,
}

/// A form, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// What it asks for; to be run only where there is no problem.
    pub study: StudySpec,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// What is wrong at a place or below it.
    pub fn problem(&self, place: &str) -> Option<&Problem> {
        let is_there = |problem: &&Problem| {
            problem.place.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.problems.iter().find(is_there)
    }

    /// The sentence of `problem`.
    pub fn sentence(&self, place: &str) -> Option<String> {
        self.problem(place).map(|problem| problem.sentence.clone())
    }

    /// Whether it can be started.
    pub fn is_right(&self) -> bool {
        self.problems.is_empty()
    }
}

/// The form being read.
struct Reading<'a> {
    form: &'a StudyForm,
    problems: Vec<Problem>,
}

impl StudyForm {
    /// The study it asks for, and everything that is wrong with it.
    pub fn check(&self, facts: &Facts) -> Checked {
        let mut reading = Reading { form: self, problems: Vec::new() };
        let seed = reading.whole(Field::Seed);
        let n_trials = reading.whole(Field::Trials) as u32;
        let chosen: Vec<&SearchForm> = self.searches.iter().filter(|search| search.is_on).collect();
        let study = StudySpec {
            schema: STUDY_SCHEMA,
            cleaning: self.cleaning.clone(),
            split: reading.split(facts),
            sampler: reading.sampler(),
            searches: chosen.iter().map(|search| reading.search(search, (n_trials, seed))).collect(),
            decision: reading.decision(facts),
            metric: reading.metric(),
            seed,
            may_repeat: self.may_repeat,
            pruner: reading.pruner(),
            stop_rule: self.stops_early.then(|| StopRule { patience: reading.whole(Field::Patience) as u32 }),
            minutes: reading.minutes(),
            cleanings: self.cleanings.clone(),
        };
        let models: Vec<ModelKind> = chosen.iter().map(|search| search.model).collect();
        for problem in study.problems(&facts.classes) {
            let place = place_of(&problem, &models);
            // What could not be read was told already.
            if !reading.problems.iter().any(|known| known.place.starts_with(&place)) {
                reading.add(&place, problem.error.to_string());
            }
        }
        Checked { study, problems: reading.problems }
    }
}

/// Where the form has the field of a study's problem.
fn place_of(problem: &FieldProblem, models: &[ModelKind]) -> String {
    let path = problem.path.as_str();
    if let SpecError::Decision(error) = &problem.error {
        let field = match error {
            DecisionError::BadCosts => Field::CostFirst,
            DecisionError::BadAbstainShare { .. } | DecisionError::BadWidth { .. } => Field::Unanswered,
            _ => Field::Precision,
        };
        return field.place().to_owned();
    }
    if path == "split" {
        return Field::Repeats.place().to_owned();
    }
    let below = path.strip_prefix("searches.").and_then(|rest| rest.split_once('.'));
    let Some((number, rest)) = below else { return path.to_owned() };
    if rest == "n_trials" {
        return rest.to_owned();
    }
    let model = number.parse().ok().and_then(|number: usize| models.get(number));
    let model = model.map_or("searches", |model| model.as_str());
    let (param, part) = match (rest.strip_prefix("base."), rest.strip_prefix("space.")) {
        (Some(param), _) => (param, "value"),
        (None, searched) => searched.unwrap_or(rest).split_once('.').unwrap_or((rest, "choices")),
    };
    place(model, param, part)
}

/// The place of a part of a parameter: those that all models share are no model's.
fn place(model: &str, param: &str, part: &str) -> String {
    let is_shared = SHARED.iter().any(|shared| shared.as_str() == param);
    format!("{}.{param}.{part}", if is_shared { FEATURES } else { model })
}

impl Reading<'_> {
    fn add(&mut self, place: &str, sentence: String) {
        // What all models share is wrong once.
        if self.problems.iter().any(|known| known.place == place) {
            return;
        }
        self.problems.push(Problem { place: place.to_owned(), sentence });
    }

    /// A whole number, or the smallest that the field may hold.
    fn whole(&mut self, field: Field) -> u64 {
        let Bounds::Whole(least, most) = field.bounds() else { return 0 };
        let number = self.form.text(field).trim().parse::<u64>().ok();
        match number.filter(|number| (least..=most).contains(number)) {
            Some(number) => number,
            None => {
                self.add(field.place(), format!("Type a whole number from {least} to {most}."));
                field.usual().parse().unwrap_or(least)
            }
        }
    }

    fn real(&mut self, field: Field) -> f64 {
        match real(self.form.text(field)) {
            Ok(number) => number,
            Err(sentence) => {
                self.add(field.place(), sentence);
                real(field.usual()).unwrap_or(1.0)
            }
        }
    }

    fn minutes(&mut self) -> Option<f64> {
        let is_given = !self.form.text(Field::Minutes).trim().is_empty();
        is_given.then(|| self.real(Field::Minutes))
    }

    fn split(&mut self, facts: &Facts) -> SplitSpec {
        let kind = match self.form.choice(Choice::Split) {
            "plain" => SplitKind::Plain,
            "grouped" => SplitKind::Grouped,
            "by_group" => SplitKind::ByGroup,
            "by_time" => SplitKind::ByTime,
            _ => SplitKind::Stratified,
        };
        let absent = match kind {
            SplitKind::ByGroup if !facts.has_groups => Some("no column that groups them"),
            SplitKind::ByTime if !facts.has_dates => Some("no column of dates"),
            _ => None,
        };
        if let Some(absent) = absent {
            let sentence = format!(
                "The reviews have {absent}: choose one on the Data page, or part the reviews otherwise."
            );
            self.add(Choice::Split.place(), sentence);
        }
        SplitSpec {
            test_share: self.real(Field::TestShare),
            n_folds: self.whole(Field::Folds) as u32,
            seed: self.whole(Field::SplitSeed) as u32,
            kind,
            n_repeats: self.whole(Field::Repeats) as u32,
        }
    }

    fn metric(&self) -> Metric {
        let chosen = self.form.choice(Choice::Metric);
        Metric::ALL.into_iter().find(|metric| metric.as_str() == chosen).unwrap_or_default()
    }

    fn sampler(&mut self) -> SamplerSpec {
        match self.form.choice(Choice::Sampler) {
            "random" => return SamplerSpec::Random,
            "quasi" => return SamplerSpec::QuasiRandom,
            "grid" => return SamplerSpec::Grid { n_points: self.whole(Field::Points) as u32 },
            _ => {}
        }
        let n_startup_trials = self.whole(Field::Startup) as u32;
        let n_ei_candidates = self.whole(Field::Candidates) as u32;
        let multivariate = true;
        match self.form.choice(Choice::Sampler) {
            "independent" => SamplerSpec::TpeIndependent { n_startup_trials, n_ei_candidates },
            "optuna" => SamplerSpec::Tpe { n_startup_trials, n_ei_candidates, multivariate, group: false },
            _ => SamplerSpec::Tpe { n_startup_trials, n_ei_candidates, multivariate, group: true },
        }
    }

    fn pruner(&mut self) -> PrunerSpec {
        match self.form.choice(Choice::Pruner) {
            "median" => PrunerSpec::Median {
                n_startup_trials: self.whole(Field::MedianStartup) as u32,
                n_warmup_folds: self.whole(Field::MedianWarmup) as u32,
            },
            "wilcoxon" => PrunerSpec::Wilcoxon {
                p_threshold: self.real(Field::WilcoxonP),
                n_startup_folds: self.whole(Field::WilcoxonStartup) as u32,
            },
            "halving" => PrunerSpec::Halving {
                reduction_factor: self.whole(Field::HalvingFactor) as u32,
                n_rungs: self.whole(Field::HalvingRungs) as u32,
            },
            _ => PrunerSpec::None,
        }
    }

    fn decision(&mut self, facts: &Facts) -> DecisionSpec {
        let calibration = match self.form.choice(Choice::Calibration) {
            "platt" => CalibrationMethod::Platt,
            "isotonic" => CalibrationMethod::Isotonic,
            _ => CalibrationMethod::Own,
        };
        let threshold = match self.form.choice(Choice::Threshold) {
            "macro_f1" => ThresholdGoal::MacroF1,
            "precision" => ThresholdGoal::MinPrecision {
                class: LabelId(self.form.choice(Choice::PreciseClass).parse().unwrap_or(1)),
                precision: self.real(Field::Precision),
            },
            "costs" => {
                let (first, second) = (self.real(Field::CostFirst), self.real(Field::CostSecond));
                ThresholdGoal::Cost { costs: vec![vec![0.0, first], vec![second, 0.0]] }
            }
            _ => ThresholdGoal::Own,
        };
        let abstain = match self.form.choice(Choice::Abstain) {
            "share" => AbstainRule::Share { share: self.real(Field::Unanswered) },
            "width" => AbstainRule::Width { width: self.real(Field::Unanswered) },
            _ => AbstainRule::Never,
        };
        let decision = DecisionSpec { calibration, threshold, abstain };
        if !facts.classes.is_empty()
            && let Err(error) = decision.check_classes(facts.classes.len())
        {
            self.add(Choice::Threshold.place(), format::sentence(&error.to_string()));
        }
        decision
    }

    fn search(&mut self, search: &SearchForm, (n_trials, seed): (u32, u64)) -> SearchSpec {
        let (model, form) = (search.model, self.form);
        let mut spec = SearchSpec::new(search.base.clone(), Vec::new(), n_trials);
        spec.base.cleaning.clone_from(&form.cleaning);
        let mut held = Setting::new();
        for param in search.params.iter().chain(&form.features) {
            if !form.applies(model, param.name) {
                continue;
            }
            match param.asked() {
                Ok(Asked::Held(value)) => {
                    held.insert(param.name, value);
                }
                Ok(Asked::Unlimited) => spec.base.vectorizer.max_features = None,
                Ok(Asked::Searched(range)) => spec.space.push((param.name, range)),
                Err((part, sentence)) => {
                    self.add(&place(model.as_str(), param.name.as_str(), part.place()), sentence);
                }
            }
        }
        spec.base = spec.pipeline(&held);
        if let ModelSpec::RandomForest(forest) = &mut spec.base.model {
            forest.seed = seed;
        }
        let names: Vec<&str> = form.cleanings.iter().map(|variant| variant.name.as_str()).collect();
        if !names.is_empty() {
            spec.space.push((ParamName::Cleaning, Range::words(&names)));
        }
        spec
    }
}
