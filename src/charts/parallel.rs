//! Axes side by side and a line a row across them in; the picture, with what is brushed in ink and the rest faint, out.
//!
//! Rows must have a value on every axis. Of more than `MAX_LINES` the first are drawn: give the best first.

use super::axis::{Axis, Field, MAX_LETTERS, label, shortened};
use super::scene::{Anchor, Ink, Mark, N_SHADES, Scene, Spot};
use super::twin::{Column, Twin};

/// Most lines that are drawn.
pub const MAX_LINES: usize = 1_000;
/// Height of the picture, in pixels.
pub const HEIGHT: f64 = 300.0;
/// Upper and lower end of the axes, in pixels from the picture's upper edge.
pub const ENDS: (f64, f64) = (38.0, 270.0);
/// Room at the left and right of the first and last axis, in pixels.
pub const SIDE: f64 = 54.0;
/// Least room between two axes, in pixels: a narrower card scrolls.
const AXIS_ROOM: f64 = 74.0;
/// Most labels beside an axis.
const MAX_LABELS: usize = 5;

/// Axes with the rows across them.
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// From left to right.
    pub axes: Vec<Axis>,
    /// Lines are shaded by the axis at this place.
    pub shaded: usize,
    /// Lines are stronger where they lie lower on that axis.
    pub is_less_better: bool,
    /// The best first.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// One an axis.
    pub values: Vec<f64>,
    /// What it stands for.
    pub item: u32,
}

/// What is brushed of each axis, as shares from low to high; none: all of it.
pub type Brushes = Vec<Option<(f64, f64)>>;

impl Parallel {
    /// The width it takes where `width` is there.
    pub fn width(&self, width: f64) -> f64 {
        width.max(2.0 * SIDE + AXIS_ROOM * self.axes.len().saturating_sub(1) as f64)
    }

    /// Where axis number `axis` stands, as a share of what lies between the sides.
    pub fn across(&self, axis: usize) -> f64 {
        match self.axes.len() {
            0 | 1 => 0.5,
            n_axes => axis as f64 / (n_axes - 1) as f64,
        }
    }

    /// Whether a row lies within every brush.
    pub fn is_within(&self, row: &Row, brushes: &Brushes) -> bool {
        let lies_in = |((axis, value), brush): ((&Axis, &f64), &Option<(f64, f64)>)| {
            let share = axis.share(*value);
            brush.is_none_or(|(low, high)| (low - 1e-9..=high + 1e-9).contains(&share))
        };
        self.axes.iter().zip(&row.values).zip(brushes).all(lies_in)
    }

    /// The rows within every brush.
    pub fn within<'a>(&'a self, brushes: &'a Brushes) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(|row| self.is_within(row, brushes))
    }

    /// The picture.
    pub fn scene(&self, brushes: &Brushes, width: f64) -> Scene {
        let width = self.width(width);
        let field = Field { left: SIDE, top: ENDS.0, width: width - 2.0 * SIDE, height: ENDS.1 - ENDS.0 };
        let mut scene = Scene { width, height: HEIGHT, ..Scene::default() };
        let line = |row: &Row| -> Vec<(f64, f64)> {
            let point =
                |(at, (axis, value)): (usize, (&Axis, &f64))| field.at(self.across(at), axis.share(*value));
            self.axes.iter().zip(&row.values).enumerate().map(point).collect()
        };
        let mut faint = Vec::new();
        let mut shaded: Vec<Vec<Vec<(f64, f64)>>> = vec![Vec::new(); N_SHADES];
        for row in self.rows.iter().take(MAX_LINES) {
            let points = line(row);
            if !self.is_within(row, brushes) {
                faint.push(points);
                continue;
            }
            let by = (self.axes.get(self.shaded), row.values.get(self.shaded), points.get(self.shaded));
            if let (Some(axis), Some(value), Some(at)) = by {
                scene.spots.push(Spot::dot(*at, row.item));
                let share = axis.share(*value);
                let share = if self.is_less_better { 1.0 - share } else { share };
                if let Ink::Shade(step) = Ink::of_share(share) {
                    shaded[step].push(points);
                }
            }
        }
        scene.marks.push(Mark::Threads { lines: faint, ink: Ink::Faint });
        let inked = shaded.into_iter().enumerate().filter(|(_, lines)| !lines.is_empty());
        scene.marks.extend(inked.map(|(step, lines)| Mark::Threads { lines, ink: Ink::Shade(step) }));
        self.draw_axes(field, &mut scene.marks);
        scene
    }

    fn draw_axes(&self, field: Field, marks: &mut Vec<Mark>) {
        for (place, axis) in self.axes.iter().enumerate() {
            let (x, top) = field.at(self.across(place), 1.0);
            marks.push(Mark::Rule { from: (x, top), to: (x, field.bottom()), ink: Ink::Axis });
            marks.push(Mark::Text {
                at: (x, top - 24.0),
                anchor: Anchor::Middle,
                strong: true,
                text: shortened(&axis.name, MAX_LETTERS),
            });
            for (share, text) in axis.ticks(MAX_LABELS) {
                let (x, y) = field.at(self.across(place), share);
                marks.push(label((x - 10.0, y + 4.0), Anchor::End, text));
            }
        }
    }

    /// What lies within the brushes, as a table.
    pub fn twin(&self, brushes: &Brushes, what: &'static str, names: impl Fn(u32) -> String) -> Twin {
        let columns = [Column::words(what)]
            .into_iter()
            .chain(self.axes.iter().map(|axis| Column::numbers(axis.name.clone())))
            .collect();
        let row = |row: &Row| {
            let cells = self.axes.iter().zip(&row.values).map(|(axis, value)| axis.words(*value));
            [names(row.item)].into_iter().chain(cells).collect()
        };
        Twin { columns, rows: self.within(brushes).map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parallel() -> Parallel {
        let row = |c: f64, score: f64, item: u32| Row { values: vec![c, score], item };
        Parallel {
            axes: vec![Axis::even("C", (0.0, 10.0)), Axis::even("macro F1", (0.5, 1.0))],
            shaded: 1,
            is_less_better: false,
            rows: vec![row(2.0, 0.9, 1), row(8.0, 0.7, 2), row(9.0, 0.6, 3)],
        }
    }

    fn items(brushes: &Brushes) -> Vec<u32> {
        parallel().within(brushes).map(|row| row.item).collect()
    }

    #[test]
    fn the_stronger_lines_are_the_better_ones() {
        let shade_of_first = |is_less_better| {
            let drawn = Parallel { is_less_better, ..parallel() }.scene(&vec![None, None], 400.0);
            let first = |mark: &Mark| match mark {
                Mark::Threads { lines, ink: Ink::Shade(step) } => Some((*step, lines[0][1].1)),
                _ => None,
            };
            let mut shades: Vec<(usize, f64)> = drawn.marks.iter().filter_map(first).collect();
            shades.sort_by(|a, b| a.1.total_cmp(&b.1));
            shades.first().map(|(step, _)| *step)
        };
        assert!(shade_of_first(false) > shade_of_first(true), "the topmost line has the highest score");
    }

    #[test]
    fn a_row_lies_within_every_brush_or_is_faint() {
        assert_eq!(items(&vec![None, None]), [1, 2, 3]);
        assert_eq!(items(&vec![Some((0.5, 1.0)), None]), [2, 3]);
        assert_eq!(items(&vec![Some((0.5, 1.0)), Some((0.4, 1.0))]), [2]);
        let scene = parallel().scene(&vec![Some((0.5, 1.0)), Some((0.4, 1.0))], 400.0);
        assert_eq!(scene.spots.iter().map(|spot| spot.item).collect::<Vec<_>>(), [2]);
        let n_faint = scene.marks.iter().find_map(|mark| match mark {
            Mark::Threads { lines, ink: Ink::Faint } => Some(lines.len()),
            _ => None,
        });
        assert_eq!(n_faint, Some(2));
    }

    #[test]
    fn the_end_of_a_brush_belongs_to_it() {
        assert_eq!(items(&vec![Some((0.2, 0.8)), None]), [1, 2]);
    }

    #[test]
    fn many_axes_make_it_wider_than_its_card() {
        let mut many = parallel();
        assert_eq!(many.width(390.0), 390.0);
        many.axes = vec![Axis::even("C", (0.0, 1.0)); 8];
        assert!(many.width(390.0) > 600.0);
        assert_eq!((many.across(0), many.across(7)), (0.0, 1.0));
    }

    #[test]
    fn a_table_has_what_is_brushed() {
        let twin = parallel().twin(&vec![Some((0.5, 1.0)), None], "Trial", |item| item.to_string());
        assert_eq!(twin.to_csv(), "Trial,C,macro F1\r\n2,8,0.7\r\n3,9,0.6\r\n");
    }

    #[test]
    fn of_too_many_lines_the_first_are_drawn() {
        let mut many = parallel();
        many.rows = (0..1_200).map(|item| Row { values: vec![1.0, 0.6], item }).collect();
        assert_eq!(many.scene(&vec![None, None], 400.0).spots.len(), MAX_LINES);
    }
}
