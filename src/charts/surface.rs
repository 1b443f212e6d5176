//! Places with a score each in; what the score is around every place, as cells shaded from low to high, out.

use engine::tune::surface;

use super::axis::{Axis, AxisKind};
use super::plot::{Cell, Legend, Series};
use super::scene::{Ink, N_SHADES};

/// Cells across and up, where an axis is no choice.
pub const N_ACROSS: usize = 32;
const N_UP: usize = 20;

/// A surface.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// Its cells, one series a shade; nothing where no place lies near.
    pub series: Vec<Series>,
    /// The lowest and the highest of them.
    pub ends: (f64, f64),
}

/// The surface over two axes. `points`: across, up, score.
pub fn shaded(x: &Axis, y: &Axis, points: &[(f64, f64, f64)]) -> Surface {
    let cells_of = |axis: &Axis, n_cells: usize| match &axis.kind {
        AxisKind::Choices(choices) => choices.len(),
        _ => n_cells,
    };
    let (n_across, n_up) = (cells_of(x, N_ACROSS), cells_of(y, N_UP));
    let points: Vec<(f64, f64, f64)> =
        points.iter().map(|(across, up, score)| (x.share(*across), y.share(*up), *score)).collect();
    let found = surface(&points, (n_across, n_up));
    let known = || found.iter().flatten().copied();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let mut shaded: Vec<Vec<Cell>> = vec![Vec::new(); N_SHADES];
    for (at, score) in found.iter().enumerate() {
        let Some(score) = score else { continue };
        let (column, row) = ((at % n_across) as f64, (at / n_across) as f64);
        let ends = |axis: &Axis, from: f64, n_cells: usize| {
            (axis.value(from / n_cells as f64), axis.value((from + 1.0) / n_cells as f64))
        };
        let share = if high > low { (score - low) / (high - low) } else { 0.5 };
        if let Ink::Shade(step) = Ink::of_share(share) {
            shaded[step].push(Cell { x: ends(x, column, n_across), y: ends(y, row, n_up), item: None });
        }
    }
    let series =
        shaded.into_iter().enumerate().map(|(step, cells)| Series::of_cells(Ink::Shade(step), cells));
    Surface { series: series.collect(), ends: (low, high) }
}

/// From low to high, in the shades between.
pub fn shades_legend(low: String, high: String) -> Legend {
    vec![(Ink::of_share(0.0), low), (Ink::of_share(1.0), high)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lie_near_places_alone_and_are_even_along_their_axis() {
        let x = Axis { name: "C".into(), kind: AxisKind::Log(0.01, 100.0) };
        let y = Axis { name: "v".into(), kind: AxisKind::Choices(vec!["a".into(), "b".into()]) };
        let found = shaded(&x, &y, &[(0.1, 0.0, 0.7), (10.0, 1.0, 0.9)]);
        let cells: Vec<&Cell> = found.series.iter().flat_map(|series| &series.cells).collect();
        assert!(cells.len() > 2 && cells.len() < 2 * N_ACROSS, "{}", cells.len());
        for cell in cells {
            assert!((x.share(cell.x.1) - x.share(cell.x.0) - 1.0 / N_ACROSS as f64).abs() < 1e-9);
        }
        let (low, high) = found.ends;
        assert!(low > 0.699 && high < 0.901 && low < high, "{low} to {high}");
        assert!(shaded(&x, &y, &[]).series.iter().all(|series| series.cells.is_empty()));
    }
}
