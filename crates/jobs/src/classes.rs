//! Whether there are enough reviews of each class, before anything is learned.

use engine::dataset::LabelId;
use engine::split::{SplitError, SplitKind, SplitPlan, SplitSpec};
use engine::table::FileError;

/// Checks that reviews of `classes` (names and rows, in label order) can be split and folded by `split`.
///
/// # Errors
/// `OneClass` where one class only has rows, `TooFewRows` for the class that falls short.
pub fn check_classes(classes: &[(String, u64)], split: &SplitSpec) -> Result<(), FileError> {
    let mut filled = classes.iter().filter(|(_, n_rows)| *n_rows > 0);
    if let (Some((class, n_rows)), None) = (filled.next(), filled.next()) {
        return Err(FileError::OneClass { n_rows: *n_rows, class: class.clone() });
    }
    // Only the number of rows of each class decides, so any order of them will do.
    let labels: Vec<LabelId> = (0u8..)
        .zip(classes)
        .flat_map(|(label, (_, n_rows))| std::iter::repeat_n(LabelId(label), *n_rows as usize))
        .collect();
    // However rows are parted, each class needs as many as where it is parted by itself.
    let by_class = SplitSpec { kind: SplitKind::Stratified, n_repeats: 1, ..split.clone() };
    match SplitPlan::new(&labels, classes.len(), &by_class) {
        Ok(_) => Ok(()),
        Err(error) => Err(too_few(classes, split, &error)),
    }
}

fn too_few(classes: &[(String, u64)], split: &SplitSpec, error: &SplitError) -> FileError {
    let smallest = (0..classes.len()).min_by_key(|class| classes[*class].1).unwrap_or(0);
    let (class, needed) = match error {
        SplitError::ClassTooSmall { class, needed, .. } => (usize::from(*class), *needed),
        _ => (smallest, engine::split::rows_needed(split)),
    };
    let (name, n_rows) = classes.get(class).cloned().unwrap_or_default();
    FileError::TooFewRows { class: name, n_rows, needed, n_folds: split.n_folds }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(rows: &[u64]) -> Vec<(String, u64)> {
        ["bad", "good", "mixed"].iter().zip(rows).map(|(name, rows)| ((*name).to_owned(), *rows)).collect()
    }

    #[track_caller]
    fn check(rows: &[u64], expected: Result<(), &str>) {
        let found = check_classes(&classes(rows), &SplitSpec::reference()).map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn enough_rows_of_each_class_pass() {
        check(&[50, 100], Ok(()));
        check(&[50, 100, 20], Ok(()));
    }

    #[test]
    fn one_class_cannot_be_learned() {
        check(
            &[0, 100],
            Err(
                "All 100 usable rows are 'good': a model needs reviews of at least two classes, so add some of another kind or change the mapping.",
            ),
        );
    }

    #[test]
    fn a_class_that_falls_short_is_named() {
        let found = check_classes(&classes(&[1, 100]), &SplitSpec::reference());
        assert!(
            matches!(&found, Err(FileError::TooFewRows { class, n_rows: 1, n_folds: 5, .. }) if class == "bad"),
            "{found:?}"
        );
    }
}
