//! What a person said of labels, in the order it was said: into the recipe, onto the counts, and taken back. Pure.

use engine::dataset::{DatasetRecipe, Fix, LabelId, RECIPE_SCHEMA};

/// A label that a person looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Row number in the file.
    pub record: u64,
    /// What its cell says.
    pub was: LabelId,
    /// What the person says; the same where the label is right.
    pub label: LabelId,
}

/// Decisions, one a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    list: Vec<Decision>,
}

impl Decisions {
    /// Those that a recipe holds. `was` gives what a row's cell says; rows it does not know are left out.
    pub fn of(recipe: &DatasetRecipe, was: impl Fn(u64) -> Option<LabelId>) -> Self {
        let mut decisions = Self::default();
        for (record, label) in relabelled(recipe) {
            if let Some(was) = was(record) {
                decisions.say(Decision { record, was, label });
            }
        }
        decisions
    }

    /// All of them, in the order they were made.
    pub fn list(&self) -> &[Decision] {
        &self.list
    }

    /// Whether the row was decided on.
    pub fn knows(&self, record: u64) -> bool {
        self.list.iter().any(|known| known.record == record)
    }

    /// Adds a decision; one about the same row gives way.
    pub fn say(&mut self, decision: Decision) {
        self.take_back(decision.record);
        self.list.push(decision);
    }

    /// Forgets the decision about a row.
    pub fn take_back(&mut self, record: u64) {
        self.list.retain(|known| known.record != record);
    }

    /// Forgets all.
    pub fn take_back_all(&mut self) {
        self.list.clear();
    }

    /// How many change a label.
    pub fn n_changed(&self) -> usize {
        self.list.iter().filter(|decision| decision.label != decision.was).count()
    }

    /// Writes them into a recipe in place of those it holds.
    pub fn write_to(&self, recipe: &mut DatasetRecipe) {
        *recipe = without_decisions(recipe);
        if !self.list.is_empty() {
            let labels = self.list.iter().map(|decision| (decision.record, decision.label)).collect();
            recipe.fixes.push(Fix::Relabel { labels });
            recipe.schema = recipe.schema.max(RECIPE_SCHEMA);
        }
    }

    /// Rows of each class after them. `classes`: before.
    pub fn class_counts(&self, classes: &[(String, u64)]) -> Vec<(String, u64)> {
        let mut after = classes.to_vec();
        for Decision { was, label, .. } in &self.list {
            let (was, label) = (usize::from(was.0), usize::from(label.0));
            if was < after.len() && label < after.len() && after[was].1 > 0 {
                after[was].1 -= 1;
                after[label].1 += 1;
            }
        }
        after
    }
}

/// The recipe as it was before anybody looked at labels.
pub fn without_decisions(recipe: &DatasetRecipe) -> DatasetRecipe {
    let mut before = recipe.clone();
    before.fixes.retain(|fix| !matches!(fix, Fix::Relabel { .. }));
    before
}

/// Rows and labels of a recipe's corrections, in order.
pub fn relabelled(recipe: &DatasetRecipe) -> Vec<(u64, LabelId)> {
    let of_fix = |fix: &Fix| match fix {
        Fix::Relabel { labels } => labels.clone(),
        _ => Vec::new(),
    };
    recipe.fixes.iter().flat_map(of_fix).collect()
}

#[cfg(test)]
mod tests {
    use engine::dataset::{ExtraColumns, LabelMapping, LabelRule};
    use engine::table::detect_format;
    use engine::text::reference_cleaning;

    use super::*;

    fn recipe() -> DatasetRecipe {
        let csv = "text,stars\nfine,5\nbad,1\n";
        DatasetRecipe {
            schema: 2,
            format: detect_format(csv.as_bytes(), csv.len() as u64).unwrap(),
            text_column: 0,
            text_name: "text".into(),
            label_column: 1,
            label_name: "stars".into(),
            extra: ExtraColumns::default(),
            mapping: LabelMapping {
                classes: vec!["negative".into(), "positive".into()],
                rule: LabelRule::Words { classes: Vec::new() },
            },
            keep_missing: false,
            cleaning: reference_cleaning(),
            fixes: vec![Fix::DropRepeats],
        }
    }

    fn decision(record: u64, was: u8, label: u8) -> Decision {
        Decision { record, was: LabelId(was), label: LabelId(label) }
    }

    #[test]
    fn decisions_go_into_the_recipe_and_out_again() {
        let mut decisions = Decisions::default();
        decisions.say(decision(7, 0, 1));
        decisions.say(decision(3, 1, 1));
        let mut changed = recipe();
        decisions.write_to(&mut changed);
        assert_eq!(changed.schema, RECIPE_SCHEMA);
        let labels = vec![(7, LabelId(1)), (3, LabelId(1))];
        assert_eq!(changed.fixes, [Fix::DropRepeats, Fix::Relabel { labels }]);
        let was = |record| Some(LabelId(u8::from(record == 3)));
        assert_eq!(Decisions::of(&changed, was), decisions);
        assert_eq!(Decisions::of(&changed, |_| None), Decisions::default());
        assert_eq!(without_decisions(&changed).fixes, recipe().fixes);
        decisions.take_back_all();
        decisions.write_to(&mut changed);
        assert_eq!(changed.fixes, recipe().fixes);
    }

    #[test]
    fn of_one_row_the_last_word_holds() {
        let mut decisions = Decisions::default();
        decisions.say(decision(7, 0, 1));
        decisions.say(decision(9, 0, 1));
        decisions.say(decision(7, 0, 0));
        assert_eq!(decisions.list(), [decision(9, 0, 1), decision(7, 0, 0)]);
        assert_eq!((decisions.n_changed(), decisions.knows(7), decisions.knows(8)), (1, true, false));
        decisions.take_back(9);
        assert_eq!(decisions.list(), [decision(7, 0, 0)]);
    }

    #[test]
    fn rows_of_classes_follow() {
        let classes = [("negative".to_owned(), 10), ("positive".to_owned(), 30)];
        let mut decisions = Decisions::default();
        decisions.say(decision(7, 0, 1));
        decisions.say(decision(8, 1, 1));
        decisions.say(decision(9, 0, 1));
        let after = decisions.class_counts(&classes);
        assert_eq!(after.iter().map(|(_, rows)| *rows).collect::<Vec<_>>(), [8, 32]);
    }
}
