//! Groups of values in; a box plot out: the middle half as a box, its median, whiskers to the ends, each value a dot.

use engine::num::stable_sort;
use engine::stats::quantile;

use super::axis::{Axis, Field, MAX_LETTERS, label, shortened};
use super::scene::{Anchor, Ink, Mark, Scene, Spot};
use super::twin::{Column, Twin};

const HEIGHT: f64 = 256.0;
const FIELD_LEFT: f64 = 48.0;
const BELOW: f64 = 28.0;
const WIDEST: f64 = 44.0;

/// A group of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What is written below it.
    pub name: String,
    /// Its meaning.
    pub ink: Ink,
    /// Its values, in any order.
    pub values: Vec<f64>,
    /// What it stands for.
    pub item: u32,
}

/// Least, quartiles and greatest; `None` of nothing.
pub fn five_numbers(values: &[f64]) -> Option<[f64; 5]> {
    let mut sorted = values.to_vec();
    stable_sort(&mut sorted, |a, b| a.total_cmp(b));
    let at = |share| quantile(&sorted, share);
    Some([at(0.0)?, at(0.25)?, at(0.5)?, at(0.75)?, at(1.0)?])
}

/// How many groups can be told apart at a width.
pub fn n_fitting(width: f64) -> usize {
    ((width - FIELD_LEFT) / 26.0).max(1.0) as usize
}

/// The picture; `measure` is what the values are.
pub fn scene(groups: &[Group], measure: &str, width: f64) -> Scene {
    let all = groups.iter().flat_map(|group| group.values.iter().copied());
    let axis = Axis::around(measure, all, 0.02);
    let field = Field {
        left: FIELD_LEFT,
        top: 10.0,
        width: (width - FIELD_LEFT - 10.0).max(1.0),
        height: HEIGHT - 10.0 - BELOW,
    };
    let mut scene = Scene { width, height: HEIGHT, ..Scene::default() };
    field.draw_left(&axis, false, &mut scene.marks);
    let each = 1.0 / groups.len().max(1) as f64;
    for (place, group) in groups.iter().enumerate() {
        let Some(numbers) = five_numbers(&group.values) else { continue };
        let middle = (place as f64 + 0.5) * each;
        let half = (each * field.width * 0.35).min(WIDEST / 2.0);
        let x = field.at(middle, 0.0).0;
        let [least, first, median, third, most] = numbers.map(|value| field.at(0.0, axis.share(value)).1);
        let ink = group.ink;
        scene.marks.extend([
            Mark::Threads { lines: vec![vec![(x, least), (x, first)], vec![(x, third), (x, most)]], ink },
            Mark::Area {
                points: vec![(x - half, first), (x - half, third), (x + half, third), (x + half, first)],
                ink,
            },
            Mark::Line { points: vec![(x - half, median), (x + half, median)], ink },
            Mark::Dots {
                at: group.values.iter().map(|value| (x, field.at(0.0, axis.share(*value)).1)).collect(),
                ink,
            },
        ]);
        if each * field.width > 24.0 {
            scene.marks.push(label((x, HEIGHT - 8.0), Anchor::Middle, shortened(&group.name, MAX_LETTERS)));
        }
        let top = (x - half, most);
        scene.spots.push(Spot { place: (top, (2.0 * half, (least - most).max(1.0))), item: group.item });
    }
    scene
}

/// The same as a table.
pub fn twin(groups: &[Group], what: &'static str, names: impl Fn(&Group) -> String) -> Twin {
    let columns = [Column::words(what)]
        .into_iter()
        .chain(["Least", "First quartile", "Median", "Third quartile", "Greatest"].map(Column::numbers))
        .collect();
    let row = |group: &Group| {
        let numbers = five_numbers(&group.values)?;
        Some([names(group)].into_iter().chain(numbers.map(|number| format!("{number:.4}"))).collect())
    };
    Twin { columns, rows: groups.iter().filter_map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(values: &[f64]) -> Group {
        Group { name: "12".into(), ink: Ink::Class(0), values: values.to_vec(), item: 4 }
    }

    #[test]
    fn quartiles_are_numpys() {
        // numpy 2: np.percentile([3, 1, 2, 4], [0, 25, 50, 75, 100])
        assert_eq!(five_numbers(&[3.0, 1.0, 2.0, 4.0]), Some([1.0, 1.75, 2.5, 3.25, 4.0]));
        assert_eq!(five_numbers(&[]), None);
    }

    #[test]
    fn a_box_can_be_pointed_at_and_stands_inside() {
        let scene = scene(&[group(&[0.7, 0.8, 0.9]), group(&[])], "macro F1", 300.0);
        assert_eq!(scene.spots.len(), 1, "a group without values has no box");
        let ((left, top), (width, height)) = scene.spots[0].place;
        assert!(left > 0.0 && left + width < 300.0 && top >= 10.0 && top + height <= HEIGHT);
    }

    #[test]
    fn a_table_has_the_five_numbers() {
        let twin = twin(&[group(&[0.5, 0.7])], "Trial", |group| group.name.clone());
        assert_eq!(twin.rows, [["12", "0.5000", "0.5500", "0.6000", "0.6500", "0.7000"]]);
    }
}
