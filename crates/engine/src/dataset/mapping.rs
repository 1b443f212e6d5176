//! A label cell in, its class out.

use super::{LabelId, LabelMapping, LabelRule};
use crate::table::parse_number;

const NEGATIVE: LabelId = LabelId(0);
const POSITIVE: LabelId = LabelId(1);

impl LabelMapping {
    /// Two classes, `negative` up to `last_negative` and `positive` above.
    pub fn from_threshold(ratings: &[f64], last_negative: f64) -> Self {
        let mut ratings: Vec<f64> = ratings.iter().copied().filter(|rating| !rating.is_nan()).collect();
        ratings.sort_by(f64::total_cmp);
        ratings.dedup();
        let class_of = |rating: f64| if rating <= last_negative { NEGATIVE } else { POSITIVE };
        Self {
            classes: ["negative", "positive"].map(str::to_owned).to_vec(),
            rule: LabelRule::Ratings {
                classes: ratings.into_iter().map(|rating| (rating, class_of(rating))).collect(),
            },
        }
    }

    /// The class of a label cell, if the mapping knows it.
    pub fn class_of(&self, cell: &str) -> Option<LabelId> {
        match &self.rule {
            LabelRule::Ratings { classes } => {
                let number = parse_number(cell)?;
                classes.iter().find(|(rating, _)| *rating == number).map(|&(_, class)| class)
            }
            LabelRule::Words { classes } => {
                let place = classes.binary_search_by(|(word, _)| word.as_str().cmp(cell.trim())).ok()?;
                Some(classes[place].1)
            }
        }
    }
}
