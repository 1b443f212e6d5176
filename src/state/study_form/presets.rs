//! Presets in the form: choosing one, and which one it agrees with.

use engine::models::ModelKind;
use engine::tune::{StudyPreset, StudySpec};

use super::check::Checked;
use super::{DEFAULT_SEED, Field, StudyForm};

impl StudyForm {
    /// Chooses a preset: everything but the models and the seed is as it says.
    pub fn set_preset(&mut self, preset: StudyPreset, checked: &Checked) {
        let was_one_setting = checked.preset() == Some(StudyPreset::ScheduledJob);
        let models = if was_one_setting { ModelKind::ALL.to_vec() } else { self.models() };
        let seed = self.text(Field::Seed).to_owned();
        let number = seed.trim().parse().unwrap_or(DEFAULT_SEED);
        *self = Self::of(&preset.study(&models, number));
        self.set_text(Field::Seed, seed);
    }
}

impl Checked {
    /// The preset that the study is, if any.
    pub fn preset(&self) -> Option<StudyPreset> {
        preset_of(&self.study)
    }
}

/// The preset that `study` is, if any.
pub fn preset_of(study: &StudySpec) -> Option<StudyPreset> {
    let models: Vec<ModelKind> = study.searches.iter().map(engine::tune::SearchSpec::model).collect();
    StudyPreset::ALL.into_iter().find(|preset| preset.study(&models, study.seed) == *study)
}
