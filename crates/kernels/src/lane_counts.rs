//! Six training parts side by side, one a lane: what each of them counts, and which columns each keeps.

use std::cmp::Reverse;

use crate::lanes::{F64s, LANES};
use crate::train_rows::TrainRows;

/// Which lanes keep a column.
pub type Selected = [bool; LANES];

/// What each lane's training part counts. Shapes: `df`, `tf`: n_cols; `class_docs`: n_classes.
#[derive(Clone, Debug)]
pub struct LaneCounts {
    /// Documents that hold the column's term.
    pub df: Vec<[u32; LANES]>,
    /// How often they hold it in all.
    pub tf: Vec<F64s>,
    /// Documents of each class.
    pub class_docs: Vec<F64s>,
}

impl LaneCounts {
    /// Counts the documents. `learned[fold]` is 1 in the lanes that learn from the fold's documents, else 0.
    /// Shapes: `class_of`, `fold_of`: n_train.
    #[inline(never)]
    pub fn new(
        rows: &TrainRows,
        (class_of, n_classes): (&[u8], usize),
        (fold_of, learned): (&[u8], &[[u32; LANES]]),
    ) -> Self {
        let mut counts = Self {
            df: vec![[0; LANES]; rows.n_cols()],
            tf: vec![F64s::default(); rows.n_cols()],
            class_docs: vec![F64s::default(); n_classes],
        };
        for ((&row, &class), &fold) in rows.row_of.iter().zip(class_of).zip(fold_of) {
            let here = learned[usize::from(fold)];
            let here_f64 = F64s::from_array(here.map(f64::from));
            counts.class_docs[usize::from(class)] += here_f64;
            let (cols, of_cols) = rows.row(row as usize);
            for (&col, &count) in cols.iter().zip(of_cols) {
                let col = col as usize;
                (0..LANES).for_each(|lane| counts.df[col][lane] += here[lane]);
                counts.tf[col] += here_f64 * f64::from(count);
            }
        }
        counts
    }

    /// The document frequencies that a lane has, ascending, but for 0.
    #[inline(never)]
    pub fn sorted_frequencies(&self, lane: usize) -> Vec<u32> {
        let mut sorted: Vec<u32> = self.df.iter().map(|df| df[lane]).filter(|&df| df > 0).collect();
        sorted.sort_unstable();
        sorted
    }
}

/// Which columns have a document frequency within each lane's bounds.
#[inline(never)]
pub fn keep_within(df: &[[u32; LANES]], bounds: &[(u32, u32); LANES]) -> Vec<Selected> {
    let keeps = |df: &[u32; LANES]| {
        std::array::from_fn(|lane| bounds[lane].0 <= df[lane] && df[lane] <= bounds[lane].1)
    };
    df.iter().map(keeps).collect()
}

/// Leaves a lane its `limit` most frequent columns; equally frequent ones by their terms' ids, which is
/// alphabetical. Shapes: `selected`, `frequency`, `terms`: n_cols.
#[inline(never)]
pub fn keep_most_frequent(
    selected: &mut [Selected],
    (lane, limit): (usize, usize),
    frequency: &[u64],
    terms: &[u32],
) {
    let mut kept: Vec<usize> = (0..selected.len()).filter(|&col| selected[col][lane]).collect();
    if kept.len() <= limit {
        return;
    }
    kept.sort_unstable_by_key(|&col| (Reverse(frequency[col]), terms[col]));
    kept[limit..].iter().for_each(|&col| selected[col][lane] = false);
}
