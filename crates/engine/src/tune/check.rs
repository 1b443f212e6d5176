//! What a study may ask for. In: a study, and what is known of the reviews. Out: every field that is wrong.

use crate::features::DocumentFrequency;
use crate::models::{ModelKind, ModelSpec};
use crate::split::{MAX_FOLDS, rows_needed};
use crate::tune::param::lengths;
use crate::tune::{
    FieldProblem, MAX_CANDIDATES, MAX_CHOICES, MAX_CORPORA, MAX_MINUTES, MAX_RUNGS, MAX_SEARCHES,
    MAX_TEST_SHARE, MAX_TRIALS, MIN_TEST_SHARE, PATIENCE_RANGE, ParamKind, ParamName, PrunerSpec, Range,
    SamplerSpec, SearchSpec, Setting, SpecError, StopRule, StudySpec, Value,
};

/// How far, in steps, a real range may end from its last step: what adding tenths loses.
const STEP_TOLERANCE: f64 = 1e-6;

/// Problems, as they are found.
struct Found(Vec<FieldProblem>);

impl Found {
    fn add(&mut self, path: &str, error: SpecError) {
        self.0.push(FieldProblem { path: path.to_owned(), error });
    }
}

impl StudySpec {
    /// Checks every bound of the study.
    ///
    /// # Errors
    /// The first thing that cannot be run, with its values.
    pub fn validate(&self) -> Result<(), SpecError> {
        match self.problems(&[]).into_iter().next() {
            Some(problem) => Err(problem.error),
            None => Ok(()),
        }
    }

    /// Everything that is wrong with the study, each beside its field; of reviews of these classes (names
    /// and rows), where they are known.
    pub fn problems(&self, classes: &[(String, u64)]) -> Vec<FieldProblem> {
        let mut found = Found(Vec::new());
        if self.searches.is_empty() {
            found.add("searches", SpecError::NoSearch);
        }
        if self.searches.len() > MAX_SEARCHES {
            found.add("searches", SpecError::TooManySearches { found: self.searches.len() });
        }
        let n_folds = self.split.n_folds;
        let smallest = classes.iter().filter(|(_, n_rows)| *n_rows > 0).min_by_key(|(_, n_rows)| *n_rows);
        if !(2..=MAX_FOLDS).contains(&n_folds) {
            found.add("split.n_folds", SpecError::Folds { n_folds });
        } else if !(MIN_TEST_SHARE..=MAX_TEST_SHARE).contains(&self.split.test_share) {
            found.add("split.test_share", SpecError::TestShare { test_share: self.split.test_share });
        } else if let Err(error) = self.split.check() {
            found.add("split", SpecError::Split(error));
        } else if let Some((class, n_rows)) = smallest
            && *n_rows < rows_needed(&self.split)
        {
            let (needed, class, n_rows) = (rows_needed(&self.split), class.clone(), *n_rows);
            found.add("split.n_folds", SpecError::FoldsAboveClass { n_folds, needed, class, n_rows });
        }
        if let Err(error) = self.decision.check() {
            found.add("decision", SpecError::Decision(error));
        }
        match self.sampler {
            SamplerSpec::Tpe { n_ei_candidates, .. }
            | SamplerSpec::TpeIndependent { n_ei_candidates, .. }
                if !(1..=MAX_CANDIDATES).contains(&n_ei_candidates) =>
            {
                let error = SpecError::Candidates { n_candidates: n_ei_candidates };
                found.add("sampler.n_ei_candidates", error);
            }
            SamplerSpec::Grid { n_points } if !(2..=MAX_CHOICES as u32).contains(&n_points) => {
                found.add("sampler.n_points", SpecError::GridPoints { n_points });
            }
            _ => {}
        }
        if let Some(minutes) = self.minutes
            && !(minutes > 0.0 && minutes <= MAX_MINUTES)
        {
            found.add("minutes", SpecError::Minutes { minutes });
        }
        if let Some(StopRule { patience }) = self.stop_rule
            && !(PATIENCE_RANGE.0..=PATIENCE_RANGE.1).contains(&patience)
        {
            found.add("stop_rule.patience", SpecError::Patience { patience });
        }
        // A log loss asks for probabilities of two classes, too.
        let n_classes = classes.len().max(2);
        let is_without = |search: &&SearchSpec| search.model() == ModelKind::LinearSvc;
        if self.metric.needs_probabilities(n_classes)
            && let Some(search) = self.searches.iter().find(is_without)
        {
            let (metric, model) = (self.metric.name(), search.model().as_str());
            found.add("metric", SpecError::NoProbabilities { metric, model });
        }
        check_pruner(&self.pruner, &mut found);
        for (number, search) in self.searches.iter().enumerate() {
            search.check(self, &format!("searches.{number}"), &mut found);
        }
        // Corpora of a space that is wrong say nothing.
        if found.0.is_empty() && self.corpora().len() > MAX_CORPORA {
            found.add("searches", SpecError::TooManyCorpora { found: self.corpora().len() });
        }
        found.0
    }
}

impl SearchSpec {
    fn check(&self, study: &StudySpec, path: &str, found: &mut Found) {
        let model = self.model().as_str();
        if self.n_trials == 0 || self.n_trials > MAX_TRIALS {
            let error = SpecError::Trials { model, n_trials: self.n_trials };
            found.add(&format!("{path}.n_trials"), error);
        }
        if self.base.cleaning != study.cleaning {
            found.add(&format!("{path}.base.cleaning"), SpecError::CleaningDiffers { model });
        }
        let (shortest, longest) = self.base.vectorizer.ngram_range;
        if self.base.vectorizer.counting(1).check().is_err() {
            let most = self.base.vectorizer.tokens.longest_ngram();
            let error = SpecError::Ngrams { shortest, longest, most };
            found.add(&format!("{path}.base.vectorizer.ngram_range"), error);
        }
        for (i, (name, range)) in self.space.iter().enumerate() {
            let param = name.as_str();
            let path = format!("{path}.space.{param}");
            if !name.belongs_to(self.model()) {
                found.add(&path, SpecError::ForeignParam { model, param });
            } else if self.space[..i].iter().any(|(earlier, _)| earlier == name) {
                found.add(&path, SpecError::Repeated { model, param });
            } else if let Err((field, error)) = check_range(range, *name, self, study) {
                found.add(&format!("{path}{field}"), error);
            }
        }
        self.check_values(&self.frozen, &format!("{path}.frozen"), found);
        for (number, setting) in self.queued.iter().enumerate() {
            self.check_values(setting, &format!("{path}.queued.{number}"), found);
        }
        self.check_base(model, path, found);
    }

    /// Checks values that are given rather than drawn.
    fn check_values(&self, setting: &Setting, path: &str, found: &mut Found) {
        for (name, value) in setting {
            if self.range(*name).and_then(|range| range.coordinate(value)).is_none() {
                let (model, param) = (self.model().as_str(), name.as_str());
                let value = words_of(value);
                found.add(&format!("{path}.{param}"), SpecError::OutsideRange { model, param, value });
            }
        }
    }

    /// Checks the values that are not searched, too: the whole base is given by the person.
    fn check_base(&self, model: &'static str, path: &str, found: &mut Found) {
        let strength = match self.base.model {
            ModelSpec::LogisticRegression { c, .. } | ModelSpec::LinearSvc { c, .. } => {
                Some((ParamName::C, c))
            }
            ModelSpec::MultinomialNb { alpha } | ModelSpec::ComplementNb { alpha, .. } => {
                Some((ParamName::Alpha, alpha))
            }
            ModelSpec::RandomForest(_) | ModelSpec::Dummy { .. } => None,
        };
        let vectorizer = &self.base.vectorizer;
        let sizes = vectorizer.max_features.map(|n| (ParamName::MaxFeatures, f64::from(n)));
        for (name, value) in strength.into_iter().chain(sizes) {
            let param = name.as_str();
            if let Err(error) = check_number(value, name, (model, param)) {
                found.add(&format!("{path}.base.{param}"), error);
            }
        }
        for (param, frequency) in [("min_df", vectorizer.min_df), ("max_df", vectorizer.max_df)] {
            if let DocumentFrequency::Share(value) = frequency
                && !(0.0..=1.0).contains(&value)
            {
                let error = SpecError::OutOfRange { model, param, value, allowed: "from 0 to 1" };
                found.add(&format!("{path}.base.{param}"), error);
            }
        }
    }
}

fn check_pruner(pruner: &PrunerSpec, found: &mut Found) {
    let mut outside = |field: &'static str, value: f64, is_fine: bool, allowed: &'static str| {
        if !is_fine {
            found.add(&format!("pruner.{field}"), SpecError::Pruner { field, value, allowed });
        }
    };
    match *pruner {
        PrunerSpec::None | PrunerSpec::Median { .. } => {}
        PrunerSpec::Wilcoxon { p_threshold, .. } => {
            let is_fine = p_threshold > 0.0 && p_threshold < 1.0;
            outside("p_threshold", p_threshold, is_fine, "between 0 and 1");
        }
        PrunerSpec::Halving { reduction_factor, n_rungs } => {
            let is_fine = (2..=10).contains(&reduction_factor);
            outside("reduction_factor", f64::from(reduction_factor), is_fine, "from 2 to 10");
            let is_fine = (1..=MAX_RUNGS).contains(&n_rungs);
            outside("n_rungs", f64::from(n_rungs), is_fine, "from 1 to 6");
        }
    }
}

/// A problem of a range, after the part of its path that follows the parameter.
type RangeProblem = (&'static str, SpecError);

fn check_range(
    range: &Range,
    name: ParamName,
    search: &SearchSpec,
    study: &StudySpec,
) -> Result<(), RangeProblem> {
    let (model, param) = (search.model().as_str(), name.as_str());
    if let Range::Choice { choices } = range {
        return check_choices(choices, name, search, study).map_err(|error| (".choices", error));
    }
    let is_whole = matches!(range, Range::Int { .. } | Range::IntLog { .. });
    let expected = match name.kind() {
        ParamKind::Whole(..) if !is_whole => Some("whole number"),
        ParamKind::Real(..) if is_whole => Some("real number"),
        ParamKind::Words(_) | ParamKind::Lengths | ParamKind::Names => Some("choice of words"),
        ParamKind::Whole(..) | ParamKind::Real(..) => None,
    };
    if let Some(expected) = expected {
        return Err(("", SpecError::WrongKind { model, param, expected }));
    }
    let (low, high) = (range.low(), range.high());
    let is_log = matches!(range, Range::Float { log: true, .. } | Range::IntLog { .. });
    if is_log && low <= 0.0 {
        return Err((".low", SpecError::LogOfZero { model, param, low }));
    }
    check_number(low, name, (model, param)).map_err(|error| (".low", error))?;
    check_number(high, name, (model, param)).map_err(|error| (".high", error))?;
    if low > high {
        return Err((".low", SpecError::LowAboveHigh { model, param, low, high }));
    }
    match *range {
        Range::Int { low, high, step } if step <= 0 || (high - low) % step != 0 => {
            Err((".step", SpecError::StepMisses { model, param, low, high, step }))
        }
        Range::FloatStep { low, high, step } if !reaches(low, high, step) => {
            Err((".step", SpecError::RealStepMisses { model, param, low, high, step }))
        }
        _ => Ok(()),
    }
}

/// Whether steps from `low` come to `high`.
fn reaches(low: f64, high: f64, step: f64) -> bool {
    let n_steps = (high - low) / step;
    step > 0.0
        && n_steps <= f64::from(u32::MAX)
        && (n_steps - n_steps.round_ties_even()).abs() <= STEP_TOLERANCE
}

fn check_number(value: f64, name: ParamName, of: (&'static str, &'static str)) -> Result<(), SpecError> {
    let (least, most, allowed) = match name.kind() {
        ParamKind::Real(least, most, allowed) => (least, most, allowed),
        ParamKind::Whole(least, most, allowed) => (least as f64, most as f64, allowed),
        ParamKind::Words(_) | ParamKind::Lengths | ParamKind::Names => return Ok(()),
    };
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let (model, param) = of;
    Err(SpecError::OutOfRange { model, param, value, allowed })
}

fn check_choices(
    choices: &[Value],
    name: ParamName,
    search: &SearchSpec,
    study: &StudySpec,
) -> Result<(), SpecError> {
    let (model, param) = (search.model().as_str(), name.as_str());
    if choices.is_empty() || choices.len() > MAX_CHOICES {
        return Err(SpecError::Choices { model, param, found: choices.len() });
    }
    for (i, choice) in choices.iter().enumerate() {
        let is_known = match (name.kind(), choice) {
            (ParamKind::Real(..), Value::Float(_)) | (ParamKind::Whole(..), Value::Int(_)) => {
                check_number(choice.as_f64(), name, (model, param))?;
                true
            }
            (ParamKind::Words(words), Value::Text(word)) => words.contains(&word.as_str()),
            (ParamKind::Lengths, Value::Text(word)) => {
                let mut vectorizer = search.base.vectorizer.clone();
                lengths(word).is_some_and(|lengths| {
                    vectorizer.ngram_range = lengths;
                    vectorizer.counting(1).check().is_ok()
                })
            }
            (ParamKind::Names, Value::Text(word)) => {
                study.cleanings.iter().filter(|variant| variant.name == *word).count() == 1
            }
            _ => false,
        };
        if !is_known || choices[..i].contains(choice) {
            let (choice, allowed) = (words_of(choice), allowed_choices(name, study));
            return Err(SpecError::Choice { model, param, choice, allowed });
        }
    }
    Ok(())
}

/// What the choices of a parameter may be, as words.
fn allowed_choices(name: ParamName, study: &StudySpec) -> String {
    let names = || study.cleanings.iter().map(|variant| variant.name.as_str()).collect::<Vec<_>>();
    match name.kind() {
        ParamKind::Real(_, _, allowed) => format!("real numbers {allowed}"),
        ParamKind::Whole(_, _, allowed) => format!("whole numbers {allowed}"),
        ParamKind::Words(words) => format!("of {}", words.join(", ")),
        ParamKind::Lengths => "shortest and longest such as 1-2".to_owned(),
        ParamKind::Names => format!("of the study's cleaning variants {}", names().join(", ")),
    }
}

fn words_of(value: &Value) -> String {
    match value {
        Value::Int(whole) => whole.to_string(),
        Value::Float(real) => real.to_string(),
        Value::Text(word) => word.clone(),
    }
}

#[cfg(test)]
mod tests;
