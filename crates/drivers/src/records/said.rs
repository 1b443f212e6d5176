//! What people said of a study that goes on.

use engine::num::SortedMap;
use track::run::Run;

use super::{BEST_FIT_TAG, ENDED_TAG, OWNER_TAG};
use crate::luck_tags::LUCK_TAG;

/// What people said of a study: it stays whatever becomes of the study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pub(crate) name: Option<String>,
    pub(crate) note: String,
    pub(crate) tags: SortedMap<String, String>,
}

impl Said {
    /// Name, note and tags of a study's record. What was found about its trials goes: there will be others.
    pub fn of(study: &Run) -> Self {
        let is_ours =
            |name: &str| [OWNER_TAG, BEST_FIT_TAG, ENDED_TAG].contains(&name) || name.starts_with(LUCK_TAG);
        let tags = study.tags.iter().filter(|(name, _)| !is_ours(name));
        Self {
            name: Some(study.name.clone()),
            note: study.note.clone(),
            tags: tags.map(|(name, value)| (name.clone(), value.clone())).collect(),
        }
    }
}
