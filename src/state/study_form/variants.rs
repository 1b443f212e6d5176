//! Ways to clean that a study can try beside the data's own: names in, steps out.

use engine::dataset::DatasetRecipe;
use engine::text::CleanStep;
use engine::tune::{CleaningVariant, StudySpec};

/// A way to clean, by what it does otherwise than the data's recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleaning {
    /// As the recipe says.
    AsData,
    /// Filler words stay.
    AllWords,
    /// Words keep their endings.
    Endings,
    /// Letters that stand three times or more are cut to two.
    Elongations,
    /// Words after a negation are marked.
    Negations,
}

impl Cleaning {
    /// All, in the order they are offered.
    pub const ALL: [Cleaning; 5] =
        [Self::AsData, Self::AllWords, Self::Endings, Self::Elongations, Self::Negations];

    /// Its name, in records and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AsData => "as the data say",
            Self::AllWords => "filler words stay",
            Self::Endings => "word endings stay",
            Self::Elongations => "soooo becomes soo",
            Self::Negations => "words after not are marked",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cleaning| cleaning.as_str() == name)
    }

    /// Its steps, where the data are cleaned by `steps`.
    pub fn steps(self, steps: &[CleanStep]) -> Vec<CleanStep> {
        let mut steps = steps.to_vec();
        match self {
            Self::AsData => {}
            Self::AllWords => steps.retain(|step| !matches!(step, CleanStep::RemoveStopWords { .. })),
            Self::Endings => steps.retain(|step| !matches!(step, CleanStep::Stem { .. })),
            Self::Elongations => {
                steps.retain(|step| *step != CleanStep::ShortenElongations);
                steps.insert(after_lower_case(&steps), CleanStep::ShortenElongations);
            }
            Self::Negations => {
                // A clause ends at a sign, so they are marked while there are signs.
                let at = steps.iter().position(|step| *step == CleanStep::KeepLetters);
                let at = at.unwrap_or_else(|| after_lower_case(&steps));
                steps.insert(at, CleanStep::MarkNegation { n_words: None });
            }
        }
        steps
    }

    /// With its steps.
    pub fn variant(self, steps: &[CleanStep]) -> CleaningVariant {
        CleaningVariant { name: self.as_str().to_owned(), steps: self.steps(steps) }
    }
}

fn after_lower_case(steps: &[CleanStep]) -> usize {
    steps.iter().position(|step| *step == CleanStep::Lowercase).map_or(0, |at| at + 1)
}

/// Takes over what the data's recipe says: each of our variants is made of its steps.
pub fn follow_recipe(study: &mut StudySpec, recipe: &DatasetRecipe) {
    study.follow(recipe);
    for variant in &mut study.cleanings {
        if let Some(cleaning) = Cleaning::of_name(&variant.name) {
            variant.steps = cleaning.steps(&recipe.cleaning);
        }
    }
}
