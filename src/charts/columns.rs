//! Numbers of reviews of each class, bin by bin, in; columns stacked by class out.

use super::axis::{Axis, AxisKind};
use super::hover::Tip;
use super::plot::{Cell, Legend, Plot, Series};
use super::scene::Ink;
use super::twin::{Column, Twin};
use crate::state::format;

/// Reviews in bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// What the bins part, as the axis below says.
    pub what: &'static str,
    /// The bins: what stands below each, and what each is in full.
    pub bins: Vec<(String, String)>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Reviews of each class in each bin, class by class.
    pub n_rows: Vec<Vec<u64>>,
}

impl Columns {
    fn of_bin(&self, bin: usize) -> u64 {
        self.n_rows.iter().filter_map(|of_class| of_class.get(bin)).sum()
    }

    /// The picture.
    pub fn plot(&self) -> Plot {
        let most = (0..self.bins.len()).map(|bin| self.of_bin(bin)).max().unwrap_or(0).max(1);
        let labels = self.bins.iter().map(|(label, _)| label.clone()).collect();
        let mut reached = vec![0u64; self.bins.len()];
        let mut series = Vec::new();
        for (class, of_class) in self.n_rows.iter().enumerate() {
            let mut cells = Vec::new();
            for (bin, n_rows) in of_class.iter().enumerate().filter(|(_, n_rows)| **n_rows > 0) {
                let (from, middle) = (reached[bin] as f64, bin as f64);
                reached[bin] += n_rows;
                cells.push(Cell {
                    x: (middle - 0.45, middle + 0.45),
                    y: (from, reached[bin] as f64),
                    item: Some(bin as u32),
                });
            }
            series.push(Series::of_cells(Ink::Class(class), cells));
        }
        Plot {
            x: Axis { name: self.what.to_owned(), kind: AxisKind::Choices(labels) },
            y: Axis::whole("reviews", (0.0, most as f64)),
            series,
        }
    }

    /// The key to the colours.
    pub fn legend(&self) -> Legend {
        self.classes.iter().enumerate().map(|(class, name)| (Ink::Class(class), name.clone())).collect()
    }

    /// What is said of a bin that is pointed at.
    pub fn tip(&self, bin: u32) -> Tip {
        let Some((_, name)) = self.bins.get(bin as usize) else { return Tip::default() };
        let of_class = |(class, of_class): (&String, &Vec<u64>)| {
            let n_rows = of_class.get(bin as usize).copied().unwrap_or(0);
            format!("{} {class}", format::whole(n_rows))
        };
        let parts: Vec<String> = self.classes.iter().zip(&self.n_rows).map(of_class).collect();
        let all = format::counted(self.of_bin(bin as usize), "review", "reviews");
        Tip::words(format!("{name}: {all} ({})", parts.join(", ")))
    }

    /// The same as a table.
    pub fn twin(&self) -> Twin {
        let columns = [Column::words(self.what)]
            .into_iter()
            .chain(self.classes.iter().map(|class| Column::numbers(class.clone())))
            .collect();
        let row = |(bin, (_, name)): (usize, &(String, String))| {
            let cells =
                self.n_rows.iter().map(|of_class| of_class.get(bin).copied().unwrap_or(0).to_string());
            [name.clone()].into_iter().chain(cells).collect()
        };
        Twin { columns, rows: self.bins.iter().enumerate().map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Columns {
        Columns {
            what: "words",
            bins: vec![("0".into(), "0 to 4 words".into()), ("5".into(), "5 to 9 words".into())],
            classes: vec!["negative".into(), "positive".into()],
            n_rows: vec![vec![2, 0], vec![3, 4]],
        }
    }

    #[test]
    fn classes_are_stacked_on_each_other() {
        let plot = columns().plot();
        let ends: Vec<Vec<(f64, f64)>> =
            plot.series.iter().map(|series| series.cells.iter().map(|cell| cell.y).collect()).collect();
        assert_eq!(ends, [vec![(0.0, 2.0)], vec![(2.0, 5.0), (0.0, 4.0)]]);
        let scene = plot.scene(300.0);
        assert_eq!(scene.spots.iter().map(|spot| spot.item).collect::<Vec<_>>(), [0, 0, 1]);
    }

    #[test]
    fn a_column_is_told_and_tabled_by_class() {
        assert_eq!(columns().tip(0).text, "0 to 4 words: 5 reviews (2 negative, 3 positive)");
        assert_eq!(columns().tip(9), Tip::default());
        assert_eq!(
            columns().twin().to_csv(),
            "words,negative,positive\r\n0 to 4 words,2,3\r\n5 to 9 words,0,4\r\n"
        );
    }
}
