//! What a person asks of a study, and the instructions it becomes. Pure.

use engine::features::Counting;
use engine::models::ModelKind;
use engine::tune::{MAX_TRIALS, StudySpec};

/// The seed until another is given: the reference's.
const DEFAULT_SEED: u64 = 42;

/// How long to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Few trials.
    Fast,
    /// As many as the reference.
    Balanced,
    /// Many trials.
    Thorough,
}

impl Preset {
    /// All, in the order they are offered.
    pub const ALL: [Preset; 3] = [Self::Fast, Self::Balanced, Self::Thorough];

    /// For people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "Fast",
            Self::Balanced => "Balanced",
            Self::Thorough => "Thorough",
        }
    }

    /// Trials of each model.
    pub fn n_trials(self) -> u32 {
        match self {
            Self::Fast => 10,
            Self::Balanced => 20,
            Self::Thorough => 100,
        }
    }
}

/// What was typed and chosen; it may be wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyForm {
    /// Models to search, in the order of `ModelKind::ALL`.
    pub models: Vec<ModelKind>,
    /// Trials of each model, as typed.
    pub trials: String,
    /// Seed, as typed.
    pub seed: String,
}

impl Default for StudyForm {
    fn default() -> Self {
        Self {
            models: ModelKind::ALL.to_vec(),
            trials: Preset::Balanced.n_trials().to_string(),
            seed: DEFAULT_SEED.to_string(),
        }
    }
}

/// What is wrong with a form, each beside its field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormProblems {
    /// About the models.
    pub models: Option<String>,
    /// About the trials.
    pub trials: Option<String>,
    /// About the seed.
    pub seed: Option<String>,
}

impl StudyForm {
    /// Chooses a preset.
    pub fn set_preset(&mut self, preset: Preset) {
        self.trials = preset.n_trials().to_string();
    }

    /// The preset it agrees with, if any.
    pub fn preset(&self) -> Option<Preset> {
        Preset::ALL.into_iter().find(|preset| self.trials.trim() == preset.n_trials().to_string())
    }

    /// Adds or takes away a model.
    pub fn set_model(&mut self, model: ModelKind, is_wanted: bool) {
        let wanted = |kind: &ModelKind| if *kind == model { is_wanted } else { self.models.contains(kind) };
        self.models = ModelKind::ALL.into_iter().filter(wanted).collect();
    }

    /// The study it asks for.
    ///
    /// # Errors
    /// What is wrong, beside the field.
    pub fn check(&self) -> Result<StudySpec, FormProblems> {
        let trials =
            self.trials.trim().parse::<u32>().ok().filter(|n_trials| (1..=MAX_TRIALS).contains(n_trials));
        let seed = self.seed.trim().parse::<u64>().ok();
        if let (Some(n_trials), Some(seed), false) = (trials, seed, self.models.is_empty()) {
            // A setting that was tried says nothing new.
            let reference = StudySpec::reference(&self.models, n_trials, seed);
            return Ok(StudySpec { may_repeat: false, ..reference });
        }
        Err(FormProblems {
            models: self.models.is_empty().then(|| "Choose at least one model.".to_owned()),
            trials: trials.is_none().then(|| format!("Type a whole number from 1 to {MAX_TRIALS}.")),
            seed: seed.is_none().then(|| format!("Type a whole number from 0 to {}.", u64::MAX)),
        })
    }

    /// What it asks for, in one sentence.
    pub fn sentence(&self) -> String {
        let n_models = self.models.len();
        let models = match n_models {
            1 => "One model".to_owned(),
            2 => "Two models".to_owned(),
            3 => "Three models".to_owned(),
            _ => format!("{n_models} models"),
        };
        format!("{models}, {} trials each, five folds, best macro F1.", self.trials.trim())
    }
}

/// What has to be counted for any study that can be asked for.
pub fn counting() -> Counting {
    StudySpec::reference(&ModelKind::ALL, 1, DEFAULT_SEED).counting()
}

/// The study whose split and first model an audit looks through the data with.
pub fn for_audit() -> StudySpec {
    StudySpec::reference(&[ModelKind::LogisticRegression], 1, DEFAULT_SEED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(trials: &str, seed: &str) -> StudyForm {
        StudyForm { trials: trials.into(), seed: seed.into(), ..StudyForm::default() }
    }

    #[test]
    fn the_form_as_it_stands_is_the_references_study_without_repeats() {
        let reference = StudySpec::reference(&ModelKind::ALL, 20, 42);
        assert_eq!(StudyForm::default().check(), Ok(StudySpec { may_repeat: false, ..reference }));
        assert_eq!(StudyForm::default().preset(), Some(Preset::Balanced));
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field() {
        for trials in ["", "0", "-3", "ten", "100001"] {
            let problems = form(trials, "1").check().unwrap_err();
            assert!(
                problems.trials.is_some() && problems.seed.is_none() && problems.models.is_none(),
                "{trials}"
            );
        }
        assert!(form("20", "x").check().unwrap_err().seed.is_some());
        let mut none = StudyForm::default();
        ModelKind::ALL.into_iter().for_each(|model| none.set_model(model, false));
        assert!(none.check().unwrap_err().models.is_some());
    }

    #[test]
    fn models_keep_their_order() {
        let mut form = StudyForm::default();
        form.set_model(ModelKind::LogisticRegression, false);
        form.set_model(ModelKind::LogisticRegression, true);
        assert_eq!(form.models, ModelKind::ALL);
    }
}
