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

    /// A label cell that means this class: of several ratings the lowest for the first class, the highest for the last.
    pub fn cell_of(&self, class: LabelId) -> Option<String> {
        match &self.rule {
            LabelRule::Ratings { classes } => {
                let of_class = classes.iter().filter(|(_, known)| *known == class);
                let ratings: Vec<f64> = of_class.map(|&(rating, _)| rating).collect();
                let last_class = self.classes.len().saturating_sub(1).max(1);
                let place = ratings.len().saturating_sub(1) * usize::from(class.0) / last_class;
                ratings.get(place).map(f64::to_string)
            }
            LabelRule::Words { classes } => {
                classes.iter().find(|(_, known)| *known == class).map(|(word, _)| word.clone())
            }
        }
    }

    /// The class of a label cell, if the mapping knows it.
    pub fn class_of(&self, cell: &str) -> Option<LabelId> {
        self.place_of(cell).map(|(_, class)| class)
    }

    /// Which of its labels a cell is, and the class of that, if the mapping knows it.
    pub(super) fn place_of(&self, cell: &str) -> Option<(usize, LabelId)> {
        match &self.rule {
            LabelRule::Ratings { classes } => {
                let number = parse_number(cell)?;
                let place = classes.iter().position(|(rating, _)| *rating == number)?;
                Some((place, classes[place].1))
            }
            LabelRule::Words { classes } => {
                let place = classes.binary_search_by(|(word, _)| word.as_str().cmp(cell.trim())).ok()?;
                Some((place, classes[place].1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mapping: &LabelMapping, expected: &[Option<&str>]) {
        for (class, expected) in (0..).map(LabelId).zip(expected) {
            let cell = mapping.cell_of(class);
            assert_eq!(cell.as_deref(), *expected, "class {}", class.0);
            if let Some(cell) = cell {
                assert_eq!(mapping.class_of(&cell), Some(class), "{cell} means its class");
            }
        }
    }

    #[test]
    fn a_class_has_a_cell_that_means_it() {
        check(&LabelMapping::from_threshold(&[1.0, 2.0, 3.0, 4.5, 5.0], 2.0), &[Some("1"), Some("5"), None]);
        let three = [(1.0, 0), (2.0, 1), (3.0, 1), (4.0, 1), (5.0, 2)]
            .map(|(rating, class)| (rating, LabelId(class)));
        let classes = ["bad", "so-so", "good"].map(str::to_owned).to_vec();
        let rule = LabelRule::Ratings { classes: three.to_vec() };
        check(&LabelMapping { classes: classes.clone(), rule }, &[Some("1"), Some("3"), Some("5")]);
        let words = [("happy", 2), ("sad", 0)].map(|(word, class)| (word.to_owned(), LabelId(class)));
        let rule = LabelRule::Words { classes: words.to_vec() };
        check(&LabelMapping { classes, rule }, &[Some("sad"), None, Some("happy")]);
    }
}
