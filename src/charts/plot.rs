//! Dots, lines, bands and cells over two axes in; one picture, or several small ones side by side, out.
//!
//! Histories, learning curves, distributions, slices and surfaces are all this. Of more than `MAX_DOTS` dots those that
//! would cover each other are drawn once.

use super::axis::{Axis, Field};
use super::scene::{Ink, Mark, Rectangle, Scene, Spot};
use super::twin::{Column, Twin};

/// Above this many dots, one is drawn for those that would cover each other.
pub const MAX_DOTS: usize = 2_000;
/// Dots of one cell of so many pixels cover each other.
const COVERS: f64 = 4.0;
/// Usual height, in pixels.
pub const HEIGHT: f64 = 248.0;
/// Height of each of several pictures, in pixels.
const SMALL_HEIGHT: f64 = 172.0;
/// Width below which small pictures take a row each, in pixels.
const SMALL_WIDTH: f64 = 230.0;
/// Room around the field, in pixels.
const LEFT: f64 = 48.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 10.0;
const BELOW: f64 = 42.0;

/// What is drawn over two axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Below.
    pub x: Axis,
    /// At the left.
    pub y: Axis,
    /// From back to front.
    pub series: Vec<Series>,
}

/// What has one ink.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its meaning.
    pub ink: Ink,
    /// Rectangles, behind all else.
    pub cells: Vec<Cell>,
    /// Across, and from lower to upper end: what the line may as well have been.
    pub band: Vec<(f64, f64, f64)>,
    /// A line each, from left to right.
    pub lines: Vec<Vec<(f64, f64)>>,
    /// The lines are many, and thin.
    pub is_thin: bool,
    /// What can be pointed at.
    pub dots: Vec<Dot>,
    /// The dots are places on the lines, and not drawn.
    pub is_undotted: bool,
}

/// A dot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Across.
    pub x: f64,
    /// Up.
    pub y: f64,
    /// What it stands for.
    pub item: u32,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// From and to, across.
    pub x: (f64, f64),
    /// From and to, up.
    pub y: (f64, f64),
    /// What it stands for, if it can be pointed at.
    pub item: Option<u32>,
}

impl Series {
    /// Nothing yet.
    pub fn new(ink: Ink) -> Self {
        Self {
            ink,
            cells: Vec::new(),
            band: Vec::new(),
            lines: Vec::new(),
            is_thin: false,
            dots: Vec::new(),
            is_undotted: false,
        }
    }

    /// Dots alone.
    pub fn of_dots(ink: Ink, dots: Vec<Dot>) -> Self {
        Self { dots, ..Self::new(ink) }
    }

    /// Cells alone.
    pub fn of_cells(ink: Ink, cells: Vec<Cell>) -> Self {
        Self { cells, ..Self::new(ink) }
    }
}

/// A line that goes across first and then up: what holds until it changes.
pub fn steps(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for (x, y) in points {
        if let Some(&(_, before)) = line.last()
            && before != y
        {
            line.push((x, before));
        }
        line.push((x, y));
    }
    line
}

/// Inks with their names, for the key below a picture.
pub type Legend = Vec<(Ink, String)>;

impl Plot {
    /// The picture at a width.
    pub fn scene(&self, width: f64) -> Scene {
        let mut scene = Scene { width, height: HEIGHT, ..Scene::default() };
        let field = Field {
            left: LEFT,
            top: TOP,
            width: (width - LEFT - RIGHT).max(1.0),
            height: HEIGHT - TOP - BELOW,
        };
        self.draw(field, &mut scene);
        scene
    }

    fn draw(&self, field: Field, scene: &mut Scene) {
        field.draw_left(&self.y, false, &mut scene.marks);
        field.draw_below(&self.x, &mut scene.marks);
        for series in &self.series {
            self.draw_cells(series, field, scene);
        }
        for series in &self.series {
            self.draw_lines(series, field, scene);
        }
        let mut covered = Covered::new(self.n_dots(), scene);
        for series in &self.series {
            let mut at = Vec::new();
            for dot in &series.dots {
                let place = self.at(field, (dot.x, dot.y));
                if covered.takes(place) {
                    at.push(place);
                    scene.spots.push(Spot::dot(place, dot.item));
                }
            }
            if !at.is_empty() && !series.is_undotted {
                scene.marks.push(Mark::Dots { at, ink: series.ink });
            }
        }
    }

    fn draw_cells(&self, series: &Series, field: Field, scene: &mut Scene) {
        let place = |cell: &Cell| -> Rectangle {
            let (left, bottom) = self.at(field, (cell.x.0, cell.y.0));
            let (right, top) = self.at(field, (cell.x.1, cell.y.1));
            ((left, top), ((right - left).max(0.0), (bottom - top).max(0.0)))
        };
        let boxes: Vec<Rectangle> = series.cells.iter().map(place).collect();
        let spot = |(cell, place): (&Cell, &Rectangle)| cell.item.map(|item| Spot { place: *place, item });
        scene.spots.extend(series.cells.iter().zip(&boxes).filter_map(spot));
        if !boxes.is_empty() {
            scene.marks.push(Mark::Boxes { boxes, ink: series.ink });
        }
    }

    fn draw_lines(&self, series: &Series, field: Field, scene: &mut Scene) {
        let ink = series.ink;
        if !series.band.is_empty() {
            let there = series.band.iter().map(|(x, low, _)| (*x, *low));
            let back = series.band.iter().rev().map(|(x, _, high)| (*x, *high));
            let points = there.chain(back).map(|point| self.at(field, point)).collect();
            scene.marks.push(Mark::Area { points, ink });
        }
        let placed = |line: &Vec<(f64, f64)>| line.iter().map(|point| self.at(field, *point)).collect();
        let lines = series.lines.iter().map(placed);
        if series.is_thin {
            scene.marks.push(Mark::Threads { lines: lines.collect(), ink });
        } else {
            scene.marks.extend(lines.map(|points| Mark::Line { points, ink }));
        }
    }

    fn at(&self, field: Field, (x, y): (f64, f64)) -> (f64, f64) {
        field.at(self.x.share(x), self.y.share(y))
    }

    fn n_dots(&self) -> usize {
        self.series.iter().map(|series| series.dots.len()).sum()
    }

    /// What is to be said where not every dot is drawn.
    pub fn thinned(&self) -> &'static str {
        match self.n_dots() > MAX_DOTS {
            true => " Dots that would cover each other are drawn once.",
            false => "",
        }
    }

    /// Its dots as a table: what each is, by name, and where it lies.
    pub fn twin_of_dots(&self, what: &'static str, names: impl Fn(u32) -> String) -> Twin {
        let columns = vec![Column::words(what), self.column(&self.x), self.column(&self.y)];
        let row = |dot: &Dot| vec![names(dot.item), self.x.words(dot.x), self.y.words(dot.y)];
        let rows = self.series.iter().flat_map(|series| &series.dots).map(row).collect();
        Twin { columns, rows }
    }

    fn column(&self, axis: &Axis) -> Column {
        match axis.kind {
            super::axis::AxisKind::Choices(_) => Column::words(axis.name.clone()),
            _ => Column::numbers(axis.name.clone()),
        }
    }
}

/// Which parts of a picture hold a dot, where there are too many dots to draw each.
struct Covered {
    n_across: usize,
    cells: Vec<bool>,
}

impl Covered {
    fn new(n_dots: usize, scene: &Scene) -> Self {
        let n_across = (scene.width / COVERS) as usize + 1;
        let n_cells = if n_dots > MAX_DOTS { n_across * ((scene.height / COVERS) as usize + 1) } else { 0 };
        Self { n_across, cells: vec![false; n_cells] }
    }

    /// Whether a dot is to be drawn here.
    fn takes(&mut self, (x, y): (f64, f64)) -> bool {
        let at = (y / COVERS) as usize * self.n_across + (x / COVERS) as usize;
        self.cells.get_mut(at).is_none_or(|is_covered| !std::mem::replace(is_covered, true))
    }
}

/// Several small pictures, as many side by side as fit.
pub fn panels(plots: &[Plot], width: f64) -> Scene {
    let n_across = ((width / SMALL_WIDTH) as usize).clamp(1, plots.len().max(1));
    let each = width / n_across as f64;
    let n_rows = plots.len().div_ceil(n_across);
    let mut scene = Scene { width, height: n_rows as f64 * SMALL_HEIGHT, ..Scene::default() };
    for (place, plot) in plots.iter().enumerate() {
        let (row, column) = (place / n_across, place % n_across);
        let field = Field {
            left: column as f64 * each + LEFT,
            top: row as f64 * SMALL_HEIGHT + TOP,
            width: (each - LEFT - RIGHT).max(1.0),
            height: SMALL_HEIGHT - TOP - BELOW,
        };
        plot.draw(field, &mut scene);
    }
    scene
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(dots: Vec<Dot>) -> Plot {
        Plot {
            x: Axis::even("trial", (0.0, 10.0)),
            y: Axis::even("score", (0.0, 1.0)),
            series: vec![Series {
                lines: vec![vec![(0.0, 0.0), (10.0, 1.0)]],
                band: vec![(0.0, 0.0, 0.1), (10.0, 0.9, 1.0)],
                ..Series::of_dots(Ink::Class(0), dots)
            }],
        }
    }

    fn dot(x: f64, y: f64, item: u32) -> Dot {
        Dot { x, y, item }
    }

    #[test]
    fn every_dot_can_be_pointed_at_inside_the_picture_at_any_width() {
        for width in [60.0, 260.0, 1400.0] {
            let scene = plot(vec![dot(0.0, 0.0, 3), dot(10.0, 1.0, 4)]).scene(width);
            assert_eq!(scene.spots.iter().map(|spot| spot.item).collect::<Vec<_>>(), [3, 4]);
            for spot in &scene.spots {
                let (x, y) = spot.middle();
                assert!((0.0..=width).contains(&x) && (0.0..=HEIGHT).contains(&y), "{x} {y} at {width}");
            }
        }
    }

    #[test]
    fn a_band_goes_there_and_back() {
        let scene = plot(Vec::new()).scene(500.0);
        let area = scene.marks.iter().find_map(|mark| match mark {
            Mark::Area { points, .. } => Some(points.len()),
            _ => None,
        });
        assert_eq!(area, Some(4));
        assert!(!scene.marks.iter().any(|mark| matches!(mark, Mark::Dots { .. })));
    }

    #[test]
    fn of_too_many_dots_those_that_cover_each_other_are_drawn_once() {
        let many: Vec<Dot> = (0..6_000).map(|item| dot(f64::from(item % 10), 0.5, item)).collect();
        let few = plot(many[..MAX_DOTS].to_vec());
        assert_eq!((few.scene(500.0).spots.len(), few.thinned()), (MAX_DOTS, ""));
        let all = plot(many);
        assert_eq!(all.scene(500.0).spots.len(), 10);
        assert!(all.thinned().contains("drawn once"));
    }

    #[test]
    fn steps_go_across_before_they_go_up() {
        let points = [(0.0, 1.0), (1.0, 1.0), (2.0, 3.0)];
        assert_eq!(steps(points.into_iter()), [(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (2.0, 3.0)]);
    }

    #[test]
    fn small_pictures_stand_side_by_side_where_there_is_room() {
        let plots = [plot(vec![dot(5.0, 0.5, 0)]), plot(vec![dot(5.0, 0.5, 1)])];
        let middles = |width| panels(&plots, width).spots.iter().map(Spot::middle).collect::<Vec<_>>();
        let (wide, narrow) = (middles(600.0), middles(300.0));
        assert!(wide[0].1 == wide[1].1 && wide[0].0 < wide[1].0);
        assert!(narrow[0].0 == narrow[1].0 && narrow[0].1 < narrow[1].1);
        assert_eq!(panels(&[], 300.0).spots, []);
    }

    #[test]
    fn a_table_names_its_dots() {
        let twin = plot(vec![dot(2.0, 0.5, 7)]).twin_of_dots("Trial", |item| format!("number {item}"));
        assert_eq!(twin.to_csv(), "Trial,trial,score\r\nnumber 7,2,0.5\r\n");
    }
}
