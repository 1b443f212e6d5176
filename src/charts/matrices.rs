//! Confusion matrices in; all of them side by side, shaded by the share of each class, out.

use super::axis::{label, shortened};
use super::hover::Tip;
use super::scene::{Anchor, Ink, Mark, Scene, Spot};
use super::twin::{Column, Twin};
use crate::state::format;

/// Most letters of a class beside a matrix.
const MAX_LETTERS: usize = 9;
/// Width of a matrix and of the room beside it, in pixels.
const SIDE: f64 = 132.0;
const LEFT: f64 = 64.0;
const GAP: f64 = 12.0;
/// Room above a matrix for its name, and below for the classes, in pixels.
const TOP: f64 = 26.0;
const BELOW: f64 = 40.0;
/// Cells beyond which no number fits into each.
const MAX_NUMBERED: usize = 5;
/// Items of one matrix lie below this.
const MAX_CELLS: u32 = 100;

/// What is predicted of each class.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Whose predictions.
    pub name: String,
    /// Class names.
    pub classes: Vec<String>,
    /// Rows of true class (row) predicted as class (column).
    pub counts: Vec<Vec<u64>>,
    /// The page that shows it whole.
    pub to: Option<String>,
}

impl Matrix {
    fn share(&self, truth: usize, predicted: usize) -> f64 {
        let of_class: u64 = self.counts[truth].iter().sum();
        if of_class == 0 { 0.0 } else { self.counts[truth][predicted] as f64 / of_class as f64 }
    }
}

/// The picture, as many side by side as fit.
pub fn scene(matrices: &[Matrix], width: f64) -> Scene {
    let each = LEFT + SIDE + GAP;
    let n_across = ((width / each) as usize).clamp(1, matrices.len().max(1));
    let n_rows = matrices.len().div_ceil(n_across);
    let height = n_rows as f64 * (TOP + SIDE + BELOW);
    let mut scene = Scene { width: width.max(each), height, ..Scene::default() };
    for (place, matrix) in matrices.iter().enumerate() {
        let left = (place % n_across) as f64 * each + LEFT;
        let top = (place / n_across) as f64 * (TOP + SIDE + BELOW) + TOP;
        draw(matrix, place, (left, top), &mut scene);
    }
    scene
}

fn draw(matrix: &Matrix, place: usize, (left, top): (f64, f64), scene: &mut Scene) {
    let n_classes = matrix.counts.len().max(1);
    let side = SIDE / n_classes as f64;
    scene.marks.push(Mark::Text {
        at: (left - LEFT, top - 10.0),
        anchor: Anchor::Start,
        strong: true,
        text: shortened(&matrix.name, 28),
    });
    for truth in 0..matrix.counts.len() {
        let middle = (truth as f64 + 0.5) * side;
        let name = shortened(matrix.classes.get(truth).map_or("", String::as_str), MAX_LETTERS);
        scene.marks.push(label((left - 6.0, top + middle + 4.0), Anchor::End, name.clone()));
        if n_classes <= MAX_NUMBERED || truth == 0 || truth + 1 == n_classes {
            scene.marks.push(label((left + middle, top + SIDE + 15.0), Anchor::Middle, name));
        }
        for predicted in 0..matrix.counts[truth].len() {
            let at = (left + predicted as f64 * side, top + truth as f64 * side);
            let size = (side - 1.0, side - 1.0);
            let ink = Ink::of_share(matrix.share(truth, predicted));
            scene.marks.push(Mark::Boxes { boxes: vec![(at, size)], ink });
            if n_classes <= MAX_NUMBERED {
                // On a card of its own, the number is read against any shade.
                let middle = (at.0 + side / 2.0, at.1 + side / 2.0);
                let text = format::whole(matrix.counts[truth][predicted]);
                let card = (7.0 * text.len() as f64 + 8.0, 18.0);
                let corner = (middle.0 - card.0 / 2.0, middle.1 - card.1 / 2.0);
                scene.marks.push(Mark::Bar { at: corner, size: card, ink: Ink::Paper });
                scene.marks.push(Mark::Text {
                    at: (middle.0, middle.1 + 4.0),
                    anchor: Anchor::Middle,
                    strong: true,
                    text,
                });
            }
            let item = place as u32 * MAX_CELLS + (truth * n_classes + predicted) as u32;
            scene.spots.push(Spot { place: (at, size), item });
        }
    }
    scene.marks.push(label((left + SIDE / 2.0, top + SIDE + 31.0), Anchor::Middle, "predicted".to_owned()));
}

/// What is said of a cell that is pointed at.
pub fn tip(matrices: &[Matrix], item: u32) -> Tip {
    let Some(matrix) = matrices.get((item / MAX_CELLS) as usize) else { return Tip::default() };
    let (cell, n_classes) = ((item % MAX_CELLS) as usize, matrix.counts.len().max(1));
    let (truth, predicted) = (cell / n_classes, cell % n_classes);
    let class = |class: usize| matrix.classes.get(class).map_or("", String::as_str);
    let Some(n_rows) = matrix.counts.get(truth).and_then(|row| row.get(predicted)) else {
        return Tip::default();
    };
    let text = format!(
        "{}: {} {} predicted {}, {} of them",
        matrix.name,
        format::counted(*n_rows, "review", "reviews"),
        format_args!("labelled {}", class(truth)),
        class(predicted),
        format::percent(matrix.share(truth, predicted))
    );
    Tip { text, to: matrix.to.clone() }
}

/// The same as a table.
pub fn twin(matrices: &[Matrix]) -> Twin {
    let columns = ["Run", "Labelled", "Predicted"].map(Column::words).into_iter();
    let columns = columns.chain(["Reviews", "Share of the label"].map(Column::numbers)).collect();
    let mut rows = Vec::new();
    for matrix in matrices {
        for (truth, counts) in matrix.counts.iter().enumerate() {
            for (predicted, n_rows) in counts.iter().enumerate() {
                let class = |class: usize| matrix.classes.get(class).cloned().unwrap_or_default();
                let share = format!("{:.4}", matrix.share(truth, predicted));
                rows.push(vec![
                    matrix.name.clone(),
                    class(truth),
                    class(predicted),
                    n_rows.to_string(),
                    share,
                ]);
            }
        }
    }
    Twin { columns, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(name: &str, counts: [[u64; 2]; 2]) -> Matrix {
        Matrix {
            name: name.into(),
            classes: vec!["negative".into(), "positive".into()],
            counts: counts.map(|row| row.to_vec()).to_vec(),
            to: Some("/runs/a".into()),
        }
    }

    #[test]
    fn every_cell_can_be_pointed_at_inside_the_picture() {
        let matrices = [matrix("one", [[8, 2], [3, 7]]), matrix("two", [[9, 1], [0, 0]])];
        for width in [240.0, 700.0] {
            let picture = scene(&matrices, width);
            assert_eq!(picture.spots.len(), 8);
            for spot in &picture.spots {
                let (x, y) = spot.middle();
                assert!((0.0..=picture.width).contains(&x) && (0.0..=picture.height).contains(&y), "{x} {y}");
            }
        }
        assert_eq!(scene(&[], 300.0).height, 0.0);
    }

    #[test]
    fn a_cell_is_told_with_its_share() {
        let matrices = [matrix("one", [[8, 2], [3, 7]]), matrix("two", [[9, 1], [0, 0]])];
        let tip = tip(&matrices, MAX_CELLS + 1);
        assert_eq!(tip.text, "two: 1 review labelled negative predicted positive, 10 % of them");
        assert_eq!(super::tip(&matrices, 9_999), Tip::default());
        assert_eq!(twin(&matrices).rows[7], ["two", "positive", "positive", "0", "0.0000"]);
    }
}
