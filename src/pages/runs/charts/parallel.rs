//! Runs across many axes: settings, words and scores, shaded by one of them.

use engine::num::stable_sort;
use track::filter::Key;

use super::no_run_has;
use super::set::{Measured, RunSet};
use crate::charts::axis::{Axis, AxisKind};
use crate::charts::parallel::{Brushes, MAX_LINES, Parallel, Row};
use crate::state::format;
use crate::state::metric_sense::Sense;

/// Most axes.
pub const MAX_AXES: usize = 10;

/// The axes with the runs that have them all, the best of `colour` first; and how many lack one.
pub fn parallel(set: &RunSet, axes: &[Key], colour: &Key) -> Result<(Parallel, usize), String> {
    if axes.is_empty() {
        return Err("No axis is chosen: choose two or more.".to_owned());
    }
    let axes = &axes[..axes.len().min(MAX_AXES)];
    let measured: Vec<Measured> = axes.iter().map(|key| set.measured(key)).collect();
    let shaded = axes.iter().position(|key| key == colour).unwrap_or(axes.len() - 1);
    let row = |place: usize| {
        let values: Option<Vec<f64>> = measured.iter().map(|one| one.values[place]).collect();
        Some(Row { values: values?, item: place as u32 })
    };
    let mut rows: Vec<Row> = (0..set.len()).filter_map(row).collect();
    if rows.is_empty() {
        return Err(no_run_has(&axes.iter().collect::<Vec<_>>()));
    }
    let sense = match &axes[shaded] {
        Key::Metric(name) => Sense::of(name),
        Key::Any(name) if set.iter().any(|run| run.metrics.contains_key(name)) => Sense::of(name),
        _ => Sense::Neither,
    };
    stable_sort(&mut rows, |a, b| sense.better_first(a.values[shaded], b.values[shaded]));
    let n_lacking = set.len() - rows.len();
    let axes = measured.into_iter().map(|measured| measured.axis).collect();
    Ok((Parallel { axes, shaded, is_less_better: false, rows }, n_lacking))
}

/// What the picture means.
pub fn says(parallel: &Parallel, n_lacking: usize, brushes: &Brushes) -> String {
    let n_rows = parallel.rows.len();
    let n_within = parallel.within(brushes).count();
    let within = match brushes.iter().any(Option::is_some) {
        true => format!(
            "{} of {} lie within what is brushed.",
            format::whole(n_within as u64),
            format::counted(n_rows as u64, "run", "runs")
        ),
        false => {
            let shade = match parallel.axes.get(parallel.shaded) {
                Some(Axis { name, kind: AxisKind::Choices(_) }) => format!("shaded by {name}"),
                Some(Axis { name, .. }) => format!("stronger where {name} is higher"),
                None => "all alike".to_owned(),
            };
            format!("A line is a run, {shade}. Drag along an axis to keep a part of it.")
        }
    };
    let lacking = match n_lacking {
        0 => String::new(),
        n_lacking => format!(
            " {} a value and {} left out.",
            format::counted(n_lacking as u64, "run lacks", "runs lack"),
            if n_lacking == 1 { "is" } else { "are" }
        ),
    };
    let bound = match n_rows > MAX_LINES {
        true => format!(" The best {} are drawn.", format::whole(MAX_LINES as u64)),
        false => String::new(),
    };
    format!("{within}{lacking}{bound}")
}

/// The axes that are usual for these runs: settings that differ and most have, then the score that most have.
pub fn usual_axes(set: &RunSet) -> Vec<Key> {
    let mut axes: Vec<Key> = set.differing_params().into_iter().take(MAX_AXES - 3).collect();
    axes.extend(set.main_metric().map(Key::Metric));
    axes
}

#[cfg(test)]
mod tests {
    use super::super::set::samples::{four, set};
    use super::*;

    fn keys() -> Vec<Key> {
        vec![Key::Param("C".into()), Key::Metric("test_f1".into()), Key::Param("model".into())]
    }

    #[test]
    fn lines_are_shaded_by_any_axis_and_the_best_comes_first() {
        let (found, n_lacking) = parallel(&four(), &keys(), &Key::Metric("test_f1".into())).unwrap();
        assert_eq!((found.shaded, n_lacking), (1, 1));
        assert_eq!(found.rows.iter().map(|row| row.item).collect::<Vec<_>>(), [1, 2, 0]);
        let words = says(&found, n_lacking, &vec![None, Some((0.5, 1.0)), None]);
        assert_eq!(words, "2 of 3 runs lie within what is brushed. 1 run lacks a value and is left out.");
        let words = says(&found, 0, &vec![None; 3]);
        assert!(words.starts_with("A line is a run, stronger where test F1 is higher."), "{words}");
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        assert!(parallel(&four(), &[], &keys()[0]).is_err());
        assert!(parallel(&set(Vec::new()), &keys(), &keys()[0]).is_err());
    }

    #[test]
    fn usual_axes_differ_and_end_with_a_score() {
        let axes = [Key::Param("model".into()), Key::Param("C".into()), Key::Metric("test_f1".into())];
        assert_eq!(usual_axes(&four()), axes);
    }
}
