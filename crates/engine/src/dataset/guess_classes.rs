//! A model's classes and a column of labels in, which label means which of the classes out.

use super::{LabelId, LabelMapping, LabelRule, guess_mapping};
use crate::table::ColumnSummary;
use crate::text::lowercase;

/// Which cells of a column mean which of `classes`: by the mapping the model learned with, where it knows any of the
/// column's values; else by the classes' own names; else by the usual meaning of the values. None where no value means
/// one of the classes.
pub fn guess_classes(
    classes: &[String],
    column: &ColumnSummary,
    learned: Option<&LabelMapping>,
) -> Option<LabelMapping> {
    let knows =
        |mapping: &LabelMapping| column.values.iter().any(|(value, _)| mapping.class_of(value).is_some());
    let learned = learned.filter(|mapping| mapping.classes == classes && knows(mapping));
    let by_name = || {
        let mut words: Vec<(String, LabelId)> = Vec::new();
        for (value, _) in &column.values {
            let word = value.trim();
            let same = |class: &String| lowercase(class.trim()) == lowercase(word);
            if let Some(at) = classes.iter().position(same)
                && words.iter().all(|(known, _)| known != word)
            {
                words.push((word.to_owned(), LabelId(at as u8)));
            }
        }
        words.sort();
        let rule = LabelRule::Words { classes: words };
        Some(LabelMapping { classes: classes.to_vec(), rule }).filter(&knows)
    };
    let by_meaning = || {
        let mapping = guess_mapping(column).ok()?;
        mapping.classes.iter().all(|class| classes.contains(class)).then_some(mapping)
    };
    learned.cloned().or_else(by_name).or_else(by_meaning)
}
