//! What fits say of rows they did not see: confusion matrices side by side, ROC curves laid over each other.

use std::rc::Rc;

use jobs::HeldOutOutput;
use track::run::Run;

use crate::charts::axis::Axis;
use crate::charts::matrices::Matrix;
use crate::charts::picture::{Figure, Picture};
use crate::charts::plot::{Dot, Plot, Series};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};

/// Most curves and matrices: as many as have a colour each.
pub const MAX_FITS: usize = 10;

/// A fit that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its run's name.
    pub name: String,
    /// Its run's page.
    pub to: String,
    /// What it says.
    pub output: Rc<HeldOutOutput>,
}

impl Measured {
    /// A run's.
    pub fn new(run: &Run, output: Rc<HeldOutOutput>) -> Self {
        Self { name: run.name.clone(), to: format!("/runs/{}", run.id), output }
    }
}

/// The matrices.
pub fn matrices(fits: &[Measured]) -> Vec<Matrix> {
    let matrix = |fit: &Measured| Matrix {
        name: fit.name.clone(),
        classes: fit.output.labels.clone(),
        counts: fit.output.metrics.confusion.clone(),
        to: Some(fit.to.clone()),
    };
    fits.iter().take(MAX_FITS).map(matrix).collect()
}

/// The matrices side by side, of so many fits.
pub fn confusion(matrices: Vec<Matrix>, n_fits: usize) -> Figure {
    let bound = match n_fits > matrices.len() {
        true => format!(" The best {} of {n_fits} fits are drawn.", matrices.len()),
        false => String::new(),
    };
    let says = format!(
        "What is mistaken for what, on reviews that each fit had not seen: stronger is a larger share of the label.{bound}"
    );
    Figure { says, picture: Picture::Matrices(matrices), legend: Vec::new() }
}

/// The ROC curves of the class at `class` of those that have one.
pub fn roc(fits: &[Measured], class: usize) -> Figure {
    let diagonal = Series { lines: vec![vec![(0.0, 0.0), (1.0, 1.0)]], ..Series::new(Ink::Grid) };
    let (mut series, mut legend) = (vec![diagonal], Vec::new());
    for (place, fit) in fits.iter().take(MAX_FITS).enumerate() {
        let Some(curve) = curve_of(fit, class) else { continue };
        let dots = curve.iter().map(|(x, y)| Dot { x: *x, y: *y, item: place as u32 }).collect();
        let ink = Ink::Class(place);
        series.push(Series { lines: vec![curve.clone()], is_undotted: true, ..Series::of_dots(ink, dots) });
        let auc = fit.output.metrics.roc_auc.map_or_else(String::new, |auc| format!(" · AUC {auc:.4}"));
        legend.push((ink, format!("{}{auc}", fit.name)));
    }
    let of = fits.first().and_then(|fit| fit.output.labels.get(class)).cloned().unwrap_or_default();
    let plot =
        Plot { x: Axis::even("others taken for it", (0.0, 1.0)), y: Axis::even("found", (0.0, 1.0)), series };
    let says = format!(
        "How many {of} reviews are found, and how many others are taken for {of}, as the threshold falls: the higher \
         a curve, the better."
    );
    Figure { says, picture: Picture::One(plot), legend }
}

/// Of two classes there is one curve, whichever class is asked for.
fn curve_of(fit: &Measured, class: usize) -> Option<&Vec<(f64, f64)>> {
    let at = if fit.output.roc.len() == 1 { 0 } else { class };
    fit.output.roc.get(at).filter(|curve| !curve.is_empty())
}

/// The curves as a table.
pub fn roc_twin(fits: &[Measured], class: usize) -> Twin {
    let columns = vec![
        Column::words("Run"),
        Column::numbers("False positive rate"),
        Column::numbers("True positive rate"),
    ];
    let row =
        |fit: &Measured, (x, y): &(f64, f64)| vec![fit.name.clone(), format!("{x:.4}"), format!("{y:.4}")];
    let of_fit = |fit: &Measured| -> Vec<Vec<String>> {
        curve_of(fit, class).into_iter().flatten().map(|point| row(fit, point)).collect()
    };
    Twin { columns, rows: fits.iter().take(MAX_FITS).flat_map(of_fit).collect() }
}

#[cfg(test)]
mod tests {
    use engine::dataset::LabelId;
    use engine::metrics::evaluate;

    use super::super::set::samples::fit;
    use super::*;

    fn measured(number: u8) -> Measured {
        let truth = [0, 0, 1, 1].map(LabelId);
        let metrics = evaluate(&truth, &[0, 1, 1, 1], 2, Some(&[-1.0, 0.5, 0.2, 2.0]), None);
        let roc = vec![vec![(0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0)]];
        let labels = vec!["negative".to_owned(), "positive".to_owned()];
        let output = HeldOutOutput {
            labels,
            n_rows: 4,
            metrics,
            roc,
            precision_recall: Vec::new(),
            before: Vec::new(),
            after: jobs::Calibrated { bins: Vec::new(), is_the_fits: false, is_anew: true },
            threshold: 0.0,
            cuts: None,
            terms: None,
        };
        Measured::new(&fit(number, "LinearSVC", 1.0, 0.8), Rc::new(output))
    }

    #[test]
    fn curves_lie_over_each_other_with_a_colour_each() {
        let figure = roc(&[measured(1), measured(2)], 1);
        let inks: Vec<Ink> = figure.legend.iter().map(|(ink, _)| *ink).collect();
        assert_eq!(inks, [Ink::Class(0), Ink::Class(1)]);
        assert_eq!(figure.legend[0].1, "run-1 · AUC 0.7500");
        assert_eq!(roc_twin(&[measured(1)], 1).rows.len(), 4);
    }

    #[test]
    fn no_more_than_have_a_colour_are_drawn() {
        let many: Vec<Measured> = (0..15).map(measured).collect();
        assert_eq!((matrices(&many).len(), roc(&many, 1).legend.len()), (MAX_FITS, MAX_FITS));
        assert_eq!(matrices(&many)[0].counts, [[1, 1], [0, 2]]);
    }
}
