//! Reviews of each class in; how many there are of each out.

use super::hover::Tip;
use super::scene::{Anchor, Ink, Mark, Scene, Spot};
use super::twin::{Column, Twin};
use crate::state::format;

const ROW: f64 = 34.0;
const BAR: f64 = 8.0;
/// A class this many times larger than another is worth a word of warning.
const LOPSIDED: f64 = 3.0;

/// The picture: a bar a class, with its number and share.
pub fn scene(classes: &[(String, u64)], width: f64) -> Scene {
    let total = classes.iter().map(|(_, n_rows)| n_rows).sum::<u64>().max(1) as f64;
    let most = classes.iter().map(|(_, n_rows)| *n_rows).max().unwrap_or(1).max(1) as f64;
    let (mut marks, mut spots) = (Vec::new(), Vec::new());
    for (class, (name, n_rows)) in classes.iter().enumerate() {
        let top = class as f64 * ROW;
        let share = *n_rows as f64 / total;
        let figures = format!("{} · {}", format::whole(*n_rows), format::percent(share));
        marks.push(Mark::Text {
            at: (0.0, top + 12.0),
            anchor: Anchor::Start,
            strong: true,
            text: shortened(name, width),
        });
        marks.push(Mark::Text { at: (width, top + 12.0), anchor: Anchor::End, strong: false, text: figures });
        marks.push(Mark::Bar { at: (0.0, top + 19.0), size: (width, BAR), ink: Ink::Track });
        let length = width * *n_rows as f64 / most;
        marks.push(Mark::Bar { at: (0.0, top + 19.0), size: (length, BAR), ink: Ink::Class(class) });
        spots.push(Spot { place: ((0.0, top), (width, ROW)), item: class as u32 });
    }
    Scene { width, height: ROW * classes.len() as f64, marks, spots }
}

/// What is said of a class that is pointed at.
pub fn tip(classes: &[(String, u64)], class: u32) -> Tip {
    let says =
        |(name, n_rows): &(String, u64)| format!("{name}: {}", format::counted(*n_rows, "review", "reviews"));
    Tip::words(classes.get(class as usize).map(says).unwrap_or_default())
}

/// The same as a table.
pub fn twin(classes: &[(String, u64)]) -> Twin {
    let total = classes.iter().map(|(_, n_rows)| n_rows).sum::<u64>().max(1) as f64;
    let row = |(name, n_rows): &(String, u64)| {
        vec![name.clone(), n_rows.to_string(), format!("{:.1}", 100.0 * *n_rows as f64 / total)]
    };
    Twin {
        columns: vec![Column::words("Class"), Column::numbers("Reviews"), Column::numbers("Percent")],
        rows: classes.iter().map(row).collect(),
    }
}

/// What the picture means, in one sentence.
pub fn says(classes: &[(String, u64)]) -> String {
    let most = classes.iter().max_by_key(|(_, n_rows)| *n_rows);
    let fewest = classes.iter().min_by_key(|(_, n_rows)| *n_rows);
    let (Some((common, n_common)), Some((rare, n_rare))) = (most, fewest) else {
        return "There are no classes yet.".to_owned();
    };
    let ratio = *n_common as f64 / (*n_rare).max(1) as f64;
    if ratio >= LOPSIDED {
        format!(
            "For each {rare} review there are {ratio:.1} {common} ones, so training counts every class alike."
        )
    } else {
        "The classes are about equally frequent.".to_owned()
    }
}

/// A class name cut to what fits beside its figures.
fn shortened(name: &str, width: f64) -> String {
    let n_fit = (width / 14.0).max(6.0) as usize;
    if name.chars().count() <= n_fit {
        return name.to_owned();
    }
    name.chars().take(n_fit - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Vec<(String, u64)> {
        vec![("negative".into(), 200), ("positive".into(), 800)]
    }

    #[test]
    fn the_longest_bar_fills_the_picture() {
        let lengths: Vec<f64> = scene(&classes(), 400.0)
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Bar { size, ink: Ink::Class(_), .. } => Some(size.0),
                _ => None,
            })
            .collect();
        assert_eq!(lengths, [100.0, 400.0]);
    }

    #[test]
    fn an_unequal_balance_is_said_with_its_consequence() {
        assert_eq!(
            says(&classes()),
            "For each negative review there are 4.0 positive ones, so training counts every class alike."
        );
        assert_eq!(says(&[("a".into(), 5), ("b".into(), 6)]), "The classes are about equally frequent.");
        assert_eq!(says(&[]), "There are no classes yet.");
    }

    #[test]
    fn a_class_pointed_at_says_its_reviews() {
        let scene = scene(&classes(), 400.0);
        let spot = scene.spot_near((5.0, ROW + 5.0), 0.0).expect("the second row");
        assert_eq!(tip(&classes(), spot.item), Tip::words("positive: 800 reviews".to_owned()));
    }

    #[test]
    fn long_class_names_are_cut() {
        assert_eq!(shortened("an extremely long class name", 140.0), "an extrem…");
    }
}
