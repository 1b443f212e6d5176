//! What a person asks of a study, and the instructions it becomes. Pure.
//!
//! In: presets, what is typed and chosen, or instructions made before. Out: a study that can be run, or every problem
//! beside its field. Never: a study with a problem started.

mod fields;
mod params;
mod variants;
mod check;
mod presets;

use engine::features::Counting;
use engine::models::ModelKind;
use engine::num::SortedMap;
use engine::pipeline::{AbstainRule, CalibrationMethod, DecisionSpec, PipelineSpec, ThresholdGoal};
use engine::split::SplitKind;
use engine::text::CleanStep;
use engine::tune::{
    CleaningVariant, ParamName, PrunerSpec, Range, SamplerSpec, SearchSpec, StudyPreset, StudySpec, Value,
};

pub use check::{Checked, FEATURES, Facts, Problem};
pub use fields::{Bounds, Choice, Field, word_label};
pub use params::{Asked, How, ParamForm, Part};
pub use variants::{Cleaning, follow_recipe};

/// The seed until another is given: the reference's.
const DEFAULT_SEED: u64 = 42;
/// Models that can be searched, in the order they are shown.
pub const MODELS: [ModelKind; 5] = [
    ModelKind::LogisticRegression,
    ModelKind::MultinomialNb,
    ModelKind::LinearSvc,
    ModelKind::ComplementNb,
    ModelKind::RandomForest,
];
/// What all models of a study share; each other parameter is a model's own.
const SHARED: [ParamName; 3] = [ParamName::Vectorizer, ParamName::NgramRange, ParamName::StopWords];

/// A model in the form.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchForm {
    /// Which.
    pub model: ModelKind,
    /// Whether it is searched.
    pub is_on: bool,
    /// What no field changes.
    base: PipelineSpec,
    /// Its own parameters: those searched at first come first, in the order they are drawn.
    pub params: Vec<ParamForm>,
}

/// What was typed and chosen; it may be wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyForm {
    /// Every model that can be searched, in the order of `MODELS`.
    pub searches: Vec<SearchForm>,
    /// What all models share: how words are weighed and counted.
    pub features: Vec<ParamForm>,
    /// Ways to clean that are tried; none is the data's own.
    pub cleanings: Vec<CleaningVariant>,
    /// Whether a setting may be tried twice.
    pub may_repeat: bool,
    /// Whether a search ends that finds nothing any more.
    pub stops_early: bool,
    typed: SortedMap<Field, String>,
    chosen: SortedMap<Choice, String>,
    cleaning: Vec<CleanStep>,
}

impl Default for StudyForm {
    fn default() -> Self {
        Self::of(&StudyPreset::Fast.study(&ModelKind::ALL, DEFAULT_SEED))
    }
}

impl StudyForm {
    /// The form that asks for `study`. What was queued or held on the way is not part of it.
    pub fn of(study: &StudySpec) -> Self {
        let usual = StudySpec::reference(&ModelKind::ALL, 1, study.seed);
        let first = study.searches.first().or(usual.searches.first());
        let form = |model: ModelKind| {
            let search = study.searches.iter().find(|search| search.model() == model);
            SearchForm::of(search, model, study.seed)
        };
        let mut chosen: Vec<String> = Vec::new();
        if let Some(Range::Choice { choices }) = first.and_then(|search| search.range(ParamName::Cleaning)) {
            chosen.extend(choices.iter().filter_map(|choice| choice.word().map(str::to_owned)));
        }
        let shared = |name: &ParamName| {
            let search = first?;
            Some(ParamForm::of(*name, search.model(), &search.base, search.range(*name)))
        };
        let mut form = Self {
            searches: MODELS.into_iter().map(form).collect(),
            features: SHARED.iter().filter_map(shared).collect(),
            cleanings: study.cleanings.iter().filter(|known| chosen.contains(&known.name)).cloned().collect(),
            may_repeat: study.may_repeat,
            stops_early: study.stop_rule.is_some(),
            typed: Field::ALL.into_iter().map(|field| (field, field.usual().to_owned())).collect(),
            chosen: Choice::ALL.into_iter().map(|choice| (choice, choice.usual().to_owned())).collect(),
            cleaning: study.cleaning.clone(),
        };
        form.fill(study);
        form.fill_decision(&study.decision);
        form
    }

    /// What stands in a field.
    pub fn text(&self, field: Field) -> &str {
        self.typed.get(&field).map_or("", String::as_str)
    }

    /// Takes what is typed.
    pub fn set_text(&mut self, field: Field, typed: String) {
        self.typed.insert(field, typed);
    }

    /// The key of the chosen option.
    pub fn choice(&self, choice: Choice) -> &str {
        self.chosen.get(&choice).map_or("", String::as_str)
    }

    /// Chooses an option by its key.
    pub fn choose(&mut self, choice: Choice, key: String) {
        self.chosen.insert(choice, key);
    }

    /// Models that are searched, in order.
    pub fn models(&self) -> Vec<ModelKind> {
        self.searches.iter().filter(|search| search.is_on).map(|search| search.model).collect()
    }

    /// Whether a model is searched.
    pub fn has_model(&self, model: ModelKind) -> bool {
        self.searches.iter().any(|search| search.model == model && search.is_on)
    }

    /// Adds or takes away a model.
    pub fn set_model(&mut self, model: ModelKind, is_wanted: bool) {
        if let Some(search) = self.searches.iter_mut().find(|search| search.model == model) {
            search.is_on = is_wanted;
        }
    }

    /// A parameter of a model, or of all.
    pub fn param(&self, model: Option<ModelKind>, name: ParamName) -> Option<&ParamForm> {
        let params = match model {
            Some(model) => &self.searches.iter().find(|search| search.model == model)?.params,
            None => &self.features,
        };
        params.iter().find(|param| param.name == name)
    }

    /// The same, to change it.
    pub fn param_mut(&mut self, model: Option<ModelKind>, name: ParamName) -> Option<&mut ParamForm> {
        let params = match model {
            Some(model) => &mut self.searches.iter_mut().find(|search| search.model == model)?.params,
            None => &mut self.features,
        };
        params.iter_mut().find(|param| param.name == name)
    }

    /// Whether a parameter of a model matters, given what decides over it.
    pub fn applies(&self, model: ModelKind, name: ParamName) -> bool {
        let Some((decides, wanted)) = name.depends_on() else { return true };
        let decider = self.param(Some(model), decides).or_else(|| self.param(None, decides));
        decider.is_none_or(|decider| decider.words.iter().any(|word| word == wanted))
    }

    /// Whether a way to clean is tried; where none is chosen, the data's own is.
    pub fn has_cleaning(&self, cleaning: Cleaning) -> bool {
        let is_chosen = self.cleanings.iter().any(|variant| variant.name == cleaning.as_str());
        is_chosen || (self.cleanings.is_empty() && cleaning == Cleaning::AsData)
    }

    /// Adds or takes away a way to clean.
    pub fn set_cleaning(&mut self, cleaning: Cleaning, is_wanted: bool) {
        let wanted =
            |other: &Cleaning| if *other == cleaning { is_wanted } else { self.has_cleaning(*other) };
        let wanted: Vec<Cleaning> = Cleaning::ALL.into_iter().filter(wanted).collect();
        self.cleanings = match wanted.as_slice() {
            [] | [Cleaning::AsData] => Vec::new(),
            several => several.iter().map(|cleaning| cleaning.variant(&self.cleaning)).collect(),
        };
    }

    fn fill(&mut self, study: &StudySpec) {
        let texts = [
            (Field::Trials, study.searches.first().map(|search| search.n_trials.to_string())),
            (Field::Minutes, study.minutes.map(|minutes| minutes.to_string())),
            (Field::Seed, Some(study.seed.to_string())),
            (Field::Folds, Some(study.split.n_folds.to_string())),
            (Field::Repeats, Some(study.split.n_repeats.to_string())),
            (Field::TestShare, Some(study.split.test_share.to_string())),
            (Field::SplitSeed, Some(study.split.seed.to_string())),
            (Field::Patience, study.stop_rule.map(|rule| rule.patience.to_string())),
        ];
        texts.into_iter().for_each(|(field, text)| self.fill_text(field, text));
        let split = match study.split.kind {
            SplitKind::Stratified => "stratified",
            SplitKind::Plain => "plain",
            SplitKind::Grouped => "grouped",
            SplitKind::ByGroup => "by_group",
            SplitKind::ByTime => "by_time",
        };
        self.choose(Choice::Split, split.to_owned());
        self.choose(Choice::Metric, study.metric.as_str().to_owned());
        let mut tpe = |n_startup_trials: u32, n_ei_candidates: u32| {
            self.fill_text(Field::Startup, Some(n_startup_trials.to_string()));
            self.fill_text(Field::Candidates, Some(n_ei_candidates.to_string()));
        };
        let sampler = match study.sampler {
            SamplerSpec::Tpe { n_startup_trials, n_ei_candidates, group, .. } => {
                tpe(n_startup_trials, n_ei_candidates);
                if group { "grouped" } else { "optuna" }
            }
            SamplerSpec::TpeIndependent { n_startup_trials, n_ei_candidates } => {
                tpe(n_startup_trials, n_ei_candidates);
                "independent"
            }
            SamplerSpec::Random => "random",
            SamplerSpec::QuasiRandom => "quasi",
            SamplerSpec::Grid { n_points } => {
                self.fill_text(Field::Points, Some(n_points.to_string()));
                "grid"
            }
        };
        self.choose(Choice::Sampler, sampler.to_owned());
        let mut two = |first: (Field, String), second: (Field, u32)| {
            self.fill_text(first.0, Some(first.1));
            self.fill_text(second.0, Some(second.1.to_string()));
        };
        let pruner = match study.pruner {
            PrunerSpec::None => "none",
            PrunerSpec::Median { n_startup_trials, n_warmup_folds } => {
                two(
                    (Field::MedianStartup, n_startup_trials.to_string()),
                    (Field::MedianWarmup, n_warmup_folds),
                );
                "median"
            }
            PrunerSpec::Wilcoxon { p_threshold, n_startup_folds } => {
                two((Field::WilcoxonP, p_threshold.to_string()), (Field::WilcoxonStartup, n_startup_folds));
                "wilcoxon"
            }
            PrunerSpec::Halving { reduction_factor, n_rungs } => {
                two((Field::HalvingFactor, reduction_factor.to_string()), (Field::HalvingRungs, n_rungs));
                "halving"
            }
        };
        self.choose(Choice::Pruner, pruner.to_owned());
    }

    fn fill_decision(&mut self, decision: &DecisionSpec) {
        let calibration = match decision.calibration {
            CalibrationMethod::Own => "own",
            CalibrationMethod::Platt => "platt",
            CalibrationMethod::Isotonic => "isotonic",
        };
        self.choose(Choice::Calibration, calibration.to_owned());
        let threshold = match &decision.threshold {
            ThresholdGoal::Own => "own",
            ThresholdGoal::MacroF1 => "macro_f1",
            ThresholdGoal::MinPrecision { class, precision } => {
                self.choose(Choice::PreciseClass, class.0.to_string());
                self.fill_text(Field::Precision, Some(precision.to_string()));
                "precision"
            }
            ThresholdGoal::Cost { costs } => {
                let cost = |row: usize, column: usize| Some(costs.get(row)?.get(column)?.to_string());
                self.fill_text(Field::CostFirst, cost(0, 1));
                self.fill_text(Field::CostSecond, cost(1, 0));
                "costs"
            }
        };
        self.choose(Choice::Threshold, threshold.to_owned());
        let (abstain, much) = match decision.abstain {
            AbstainRule::Never => ("never", None),
            AbstainRule::Share { share } => ("share", Some(share)),
            AbstainRule::Width { width } => ("width", Some(width)),
        };
        self.choose(Choice::Abstain, abstain.to_owned());
        self.fill_text(Field::Unanswered, much.map(|much| much.to_string()));
    }

    fn fill_text(&mut self, field: Field, text: Option<String>) {
        if let Some(text) = text {
            self.set_text(field, text);
        }
    }
}

impl SearchForm {
    fn of(search: Option<&SearchSpec>, model: ModelKind, seed: u64) -> Self {
        let usual = SearchSpec::reference(model, 1, seed);
        let shown = search.unwrap_or(&usual);
        let is_own = |name: &ParamName| {
            name.belongs_to(model) && !SHARED.contains(name) && *name != ParamName::Cleaning
        };
        let searched = shown.space.iter().map(|(name, _)| *name);
        let others = ParamName::ALL.into_iter().filter(|name| shown.range(*name).is_none());
        let params = searched.chain(others).filter(is_own);
        let params = params.map(|name| ParamForm::of(name, model, &shown.base, shown.range(name)));
        Self { model, is_on: search.is_some(), base: shown.base.clone(), params: params.collect() }
    }
}

impl Choice {
    fn usual(self) -> &'static str {
        match self {
            // For sentiment the second class is the happy one.
            Self::PreciseClass => "1",
            _ => self.options().first().map_or("", |(key, _)| *key),
        }
    }
}

/// A value as it is typed.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Int(whole) => whole.to_string(),
        Value::Float(real) => real.to_string(),
        Value::Text(word) => word.clone(),
    }
}

/// What has to be counted for a study as the form stands at first.
pub fn counting() -> Counting {
    StudySpec::reference(&ModelKind::ALL, 1, DEFAULT_SEED).counting()
}

/// The study whose split and first model an audit looks through the data with.
pub fn for_audit() -> StudySpec {
    StudySpec::reference(&[ModelKind::LogisticRegression], 1, DEFAULT_SEED)
}

#[cfg(test)]
mod tests;
