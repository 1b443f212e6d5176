//! Sparse rows laid out for one fit: frequent columns side by side, rows of one length after another.
//!
//! Rows as they come go in, passes over them come out. What a pass reads and writes most lies in the nearest
//! cache then, and its inner loop runs as often as the time before. Sums run in the order of the rows on every
//! target.

use crate::lanes::{F64s, LANES};
use crate::loss::Loss;
use crate::machine::{ExpFactors, Lanes as _, Machine};

/// Whether short rows have loops of their own. In a page they would weigh more than they save.
const UNROLLED: bool = cfg!(not(target_arch = "wasm32"));
/// What is taken from memory together; `DirectionCell`s come in whole numbers of it.
pub(crate) const WIDTH: usize = 8;

/// Rows sorted by length at a time: as many as fit in the second cache while they are written, and so many that
/// most lengths have some.
const WINDOW: usize = 8192;

/// Rows as they come. Shapes: `row_starts`: n_rows + 1; `columns` (below `n_columns`), `values`: n_entries.
#[derive(Clone, Copy, Debug)]
pub struct SparseRows<'a> {
    /// Number of columns.
    pub n_columns: usize,
    /// Where each row's entries begin, and where the last end.
    pub row_starts: &'a [usize],
    /// Column of each entry.
    pub columns: &'a [u32],
    /// Value of each entry.
    pub values: &'a [f64],
}

/// Number of a column, in no more bytes than it takes: the passes wait for memory.
pub(crate) trait Place: Copy {
    fn of(place: u32) -> Self;
    fn index(self) -> usize;
}

impl Place for u16 {
    #[inline(always)]
    fn of(place: u32) -> Self {
        place as u16
    }
    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Place for u32 {
    #[inline(always)]
    fn of(place: u32) -> Self {
        place
    }
    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

/// Rows and columns in their new order. Shapes: `columns`, `values`, `singles`: n_entries; `row_of`: n_rows;
/// `column_of`: n_columns.
pub(crate) struct Ordered<P> {
    /// The row at each place.
    pub row_of: Vec<u32>,
    /// The column at each place.
    pub column_of: Vec<u32>,
    blocks: Vec<Block>,
    columns: Vec<P>,
    values: Vec<f64>,
    /// The values, rounded.
    singles: Vec<f32>,
}

/// Rows that follow one another and have as many entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    n_rows: usize,
    n_entries: usize,
    first_row: usize,
    first_entry: usize,
}

/// A weight and the derivative by it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub(crate) struct WeightCell {
    pub weight: f64,
    pub slope: f64,
}

/// A direction and the curvature along it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub(crate) struct DirectionCell {
    pub direction: f32,
    pub curved: f32,
}

/// Of a column, the sums over its entries of the row's weight times the value squared, and of the row's lean times
/// the value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ColumnSums {
    pub squares: f64,
    pub lean: f64,
}

/// What a pass over the rows adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Derivatives {
    /// Value of the loss, or a lower bound of it.
    pub loss: f64,
    /// Derivative by the intercept.
    pub slope: f64,
    /// Sum of the rows' curvatures.
    pub curvature: f64,
}

/// Rows of curvature other than 0, and how many there are in each block.
#[derive(Default)]
pub(crate) struct Active {
    rows: Vec<u32>,
    n_in_block: Vec<usize>,
}

impl<P: Place> Ordered<P> {
    /// Lays the rows out. `sums` is left with the columns' sums, by place, from each row's weight and lean; returns
    /// the largest sum of squares of a row, too.
    pub fn new(
        x: SparseRows<'_>,
        of_row: impl Fn(usize) -> (f64, f64),
        sums: &mut Vec<ColumnSums>,
    ) -> (Self, f64) {
        let column_of = by_frequency(x);
        let mut place_of = vec![P::of(0); x.n_columns];
        (0..).zip(&column_of).for_each(|(place, &column)| place_of[column as usize] = P::of(place));
        let n_entries = x.columns.len();
        let mut matrix = Self {
            row_of: Vec::with_capacity(x.row_starts.len() - 1),
            column_of,
            blocks: Vec::new(),
            columns: Vec::with_capacity(n_entries),
            values: Vec::with_capacity(n_entries),
            singles: Vec::with_capacity(n_entries),
        };
        sums.clear();
        sums.resize(x.n_columns, ColumnSums::default());
        let mut longest = 0.0_f64;
        for first_row in (0..x.row_starts.len() - 1).step_by(WINDOW) {
            let rows = first_row..(first_row + WINDOW).min(x.row_starts.len() - 1);
            let mut next = matrix.order_rows(x.row_starts, rows.clone());
            for row in rows {
                let entries = x.row_starts[row]..x.row_starts[row + 1];
                let first = next[entries.len()];
                next[entries.len()] += entries.len();
                let to = first..first + entries.len();
                let (columns, values) = (&mut matrix.columns[to.clone()], &mut matrix.values[to.clone()]);
                let to = columns.iter_mut().zip(values).zip(&mut matrix.singles[to]);
                let from = x.columns[entries.clone()].iter().zip(&x.values[entries]);
                let (weight, lean) = of_row(row);
                let mut squares = 0.0;
                for (((to_column, to_value), to_single), (&column, &value)) in to.zip(from) {
                    let place = place_of[column as usize];
                    let sums = &mut sums[place.index()];
                    sums.squares += weight * value * value;
                    sums.lean += lean * value;
                    squares += value * value;
                    (*to_column, *to_value, *to_single) = (place, value, value as f32);
                }
                longest = longest.max(squares);
            }
        }
        (matrix, longest)
    }

    /// Makes room for rows, the shortest first; returns for each length where its entries begin.
    fn order_rows(&mut self, row_starts: &[usize], rows: std::ops::Range<usize>) -> Vec<usize> {
        let ends = &row_starts[rows.start..=rows.end];
        let lengths: Vec<u32> = ends.windows(2).map(|ends| (ends[1] - ends[0]) as u32).collect();
        let order = ascending(&lengths);
        let mut first_entry = self.columns.len();
        let mut next = Vec::new();
        for same_length in order.chunk_by(|&a, &b| lengths[a as usize] == lengths[b as usize]) {
            let (n_rows, n_entries) = (same_length.len(), lengths[same_length[0] as usize] as usize);
            next.resize(n_entries, 0);
            next.push(first_entry);
            self.blocks.push(Block { n_rows, n_entries, first_row: self.row_of.len(), first_entry });
            self.row_of.extend(same_length.iter().map(|row| rows.start as u32 + row));
            first_entry += n_rows * n_entries;
        }
        self.columns.resize(first_entry, P::of(0));
        self.values.resize(first_entry, 0.0);
        self.singles.resize(first_entry, 0.0);
        next
    }

    /// One value a row, as `differentiate` takes it: whole vectors for each length of rows, idle lanes 0.
    pub fn in_lanes(&self, of_row: impl Fn(usize) -> f64) -> Vec<F64s> {
        let mut lanes = Vec::with_capacity(self.row_of.len() / LANES + self.blocks.len());
        for block in &self.blocks {
            for rows in self.row_of[block.first_row..][..block.n_rows].chunks(LANES) {
                let of_lane = |lane: usize| rows.get(lane).map_or(0.0, |&row| of_row(row as usize));
                lanes.push(F64s::from_array(std::array::from_fn(of_lane)));
            }
        }
        lanes
    }

    /// Adds the loss's derivatives at the cells' weights to their slopes; writes the rows' curvatures. Shapes:
    /// `positive`, `negative`: as `in_lanes` gives them; `curvatures`: n_rows.
    #[inline(always)]
    pub fn differentiate<M: Machine, L: Loss>(
        &self,
        (positive, negative): (&[F64s], &[F64s]),
        intercept: f64,
        cells: &mut [WeightCell],
        curvatures: &mut [f32],
    ) -> Derivatives {
        assert!(cells.len() >= self.column_of.len(), "a cell for each column");
        let (mut loss, mut slope, mut curvature) = (M::F64::zero(), M::F64::zero(), M::F64::zero());
        let exp = ExpFactors::here();
        let mut sides = positive.iter().zip(negative);
        for block in &self.blocks {
            let mut first = block.first_entry;
            let rows = curvatures[block.first_row..][..block.n_rows].chunks_mut(LANES);
            for (curvatures, (positive, negative)) in rows.zip(sides.by_ref()) {
                let mut scores = [intercept; LANES];
                for (lane, score) in scores.iter_mut().take(curvatures.len()).enumerate() {
                    for (column, value) in self.exact(first + lane * block.n_entries, block) {
                        *score += value * at(cells, column).weight;
                    }
                }
                let z = M::F64::load(&F64s::from_array(scores));
                let of_loss = L::at(exp, z, M::F64::load(positive), M::F64::load(negative));
                loss += of_loss[0];
                slope += of_loss[1];
                curvature += of_loss[2];
                let (slopes, bends) = (to_array::<M>(of_loss[1]), to_array::<M>(of_loss[2]));
                for (lane, curvature) in curvatures.iter_mut().enumerate() {
                    for (column, value) in self.exact(first + lane * block.n_entries, block) {
                        at_mut(cells, column).slope += value * slopes[lane];
                    }
                    *curvature = bends[lane] as f32;
                }
                first += curvatures.len() * block.n_entries;
            }
        }
        let sum = |lanes: M::F64| to_array::<M>(lanes).iter().sum();
        Derivatives { loss: sum(loss), slope: sum(slope), curvature: sum(curvature) }
    }

    /// The entries of a row that begins at `first`.
    #[inline(always)]
    fn exact(&self, first: usize, block: &Block) -> impl Iterator<Item = (usize, f64)> {
        let (columns, values) = (&self.columns[first..], &self.values[first..]);
        columns[..block.n_entries]
            .iter()
            .map(|column| column.index())
            .zip(values[..block.n_entries].iter().copied())
    }

    /// Lists the rows of curvature other than 0. Shape of `curvatures`: n_rows.
    pub fn list_active(&self, curvatures: &[f32], active: &mut Active) {
        active.rows.resize(self.row_of.len(), 0);
        active.n_in_block.clear();
        let mut n_active = 0;
        for block in &self.blocks {
            let before = n_active;
            let of_block = &curvatures[block.first_row..][..block.n_rows];
            for (row, &curvature) in (block.first_row..).zip(of_block) {
                active.rows[n_active] = row as u32;
                n_active += usize::from(curvature != 0.0);
            }
            active.n_in_block.push(n_active - before);
        }
    }

    /// Adds the loss's curvature along the cells' directions to what is curved; returns the intercept's, and the
    /// curvature of the sum along the direction.
    #[inline(never)]
    pub fn curve(
        &self,
        active: &Active,
        curvatures: &[f32],
        intercept: f32,
        cells: &mut [DirectionCell],
    ) -> (f64, f64) {
        assert!(cells.len() >= self.column_of.len(), "a cell for each column");
        let mut pass = Curve { matrix: self, curvatures, intercept, cells, of_intercept: 0.0, bend: 0.0 };
        let mut rest = active.rows.as_slice();
        for (block, &n_active) in self.blocks.iter().zip(&active.n_in_block) {
            let (rows, after) = rest.split_at(n_active);
            rest = after;
            match block.n_entries {
                1 if UNROLLED => pass.block::<1>(block, rows),
                2 if UNROLLED => pass.block::<2>(block, rows),
                3 if UNROLLED => pass.block::<3>(block, rows),
                4 if UNROLLED => pass.block::<4>(block, rows),
                5 if UNROLLED => pass.block::<5>(block, rows),
                6 if UNROLLED => pass.block::<6>(block, rows),
                7 if UNROLLED => pass.block::<7>(block, rows),
                8 if UNROLLED => pass.block::<8>(block, rows),
                9 if UNROLLED => pass.block::<9>(block, rows),
                10 if UNROLLED => pass.block::<10>(block, rows),
                11 if UNROLLED => pass.block::<11>(block, rows),
                12 if UNROLLED => pass.block::<12>(block, rows),
                13 if UNROLLED => pass.block::<13>(block, rows),
                14 if UNROLLED => pass.block::<14>(block, rows),
                15 if UNROLLED => pass.block::<15>(block, rows),
                16 if UNROLLED => pass.block::<16>(block, rows),
                _ => pass.block::<ANY>(block, rows),
            }
        }
        (pass.of_intercept, pass.bend)
    }
}

/// A length that is known only where the loop runs.
const ANY: usize = 0;

/// A pass that adds the curvature along a direction.
struct Curve<'a, P> {
    matrix: &'a Ordered<P>,
    curvatures: &'a [f32],
    intercept: f32,
    cells: &'a mut [DirectionCell],
    of_intercept: f64,
    bend: f64,
}

impl<P: Place> Curve<'_, P> {
    /// Rows of `N` entries.
    #[inline(always)]
    fn block<const N: usize>(&mut self, block: &Block, rows: &[u32]) {
        let n_entries = if N == ANY { block.n_entries } else { N };
        for &row in rows {
            let first = block.first_entry + (row as usize - block.first_row) * n_entries;
            let columns = &self.matrix.columns[first..first + n_entries];
            let values = &self.matrix.singles[first..first + n_entries];
            let mut along = self.intercept;
            for (column, &value) in columns.iter().zip(values) {
                along += value * at(self.cells, column.index()).direction;
            }
            let bent = self.curvatures[row as usize] * along;
            for (column, &value) in columns.iter().zip(values) {
                at_mut(self.cells, column.index()).curved += value * bent;
            }
            self.of_intercept += f64::from(bent);
            self.bend += f64::from(along) * f64::from(bent);
        }
    }
}

/// The cell at a place of `Ordered` in a pass.
#[inline(always)]
fn at<C>(cells: &[C], place: usize) -> &C {
    // SAFETY: `Ordered::new` makes only places below n_columns, and the passes take only as many cells.
    unsafe { cells.get_unchecked(place) }
}

#[inline(always)]
fn at_mut<C>(cells: &mut [C], place: usize) -> &mut C {
    // SAFETY: as in `at`.
    unsafe { cells.get_unchecked_mut(place) }
}

#[inline(always)]
fn to_array<M: Machine>(vector: M::F64) -> [f64; LANES] {
    let mut lanes = F64s::default();
    vector.store(&mut lanes);
    lanes.to_array()
}

/// Columns, those of most entries first.
fn by_frequency(x: SparseRows<'_>) -> Vec<u32> {
    let mut n_missing = vec![x.columns.len() as u32; x.n_columns];
    x.columns.iter().for_each(|&column| n_missing[column as usize] -= 1);
    ascending(&n_missing)
}

/// Numbers of the keys in ascending order of key, equal ones in order: by counting, one pass.
fn ascending(keys: &[u32]) -> Vec<u32> {
    let lowest = keys.iter().copied().min().unwrap_or(0);
    let highest = keys.iter().copied().max().unwrap_or(0);
    let mut first = vec![0_u32; (highest - lowest) as usize + 2];
    keys.iter().for_each(|&key| first[(key - lowest) as usize + 1] += 1);
    for key in 1..first.len() {
        first[key] += first[key - 1];
    }
    let mut order = vec![0; keys.len()];
    for (number, &key) in (0..).zip(keys) {
        let place = &mut first[(key - lowest) as usize];
        order[*place as usize] = number;
        *place += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::{Logistic, SquaredHinge};
    use crate::machine::{Baseline, Task, run};

    const N_COLUMNS: usize = 5;

    /// Rows of any length, some with none, some of 17: longer than a loop of their own. Column 3 is in all.
    struct Table {
        row_starts: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f64>,
        n_columns: usize,
    }

    impl Table {
        fn new(n_columns: usize, lengths: &[usize]) -> Self {
            let (mut row_starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
            for (row, &length) in lengths.iter().enumerate() {
                // From the last column on: the first ones are the rarest.
                columns.extend((n_columns - length..n_columns).map(|column| column as u32));
                values.extend((0..length).map(|nth| ((row * 7 + nth * 3) % 11) as f64 * 0.37 - 1.6));
                row_starts.push(columns.len());
            }
            Self { row_starts, columns, values, n_columns }
        }

        fn small() -> Self {
            Self::new(N_COLUMNS, &[3, 0, 5, 1, 3, 3, 2, 3, 3, 3, 3, 4, 0, 1])
        }

        fn large() -> Self {
            let lengths: Vec<usize> = (0..190).map(|row| row * 7 % 19).collect();
            Self::new(20, &lengths)
        }

        /// More rows than are sorted at a time.
        fn long() -> Self {
            let lengths: Vec<usize> = (0..WINDOW + 50).map(|row| row * 7 % 5).collect();
            Self::new(N_COLUMNS, &lengths)
        }

        fn rows(&self) -> SparseRows<'_> {
            let Self { row_starts, columns, values, n_columns } = self;
            SparseRows { n_columns: *n_columns, row_starts, columns, values }
        }

        fn entries(&self, row: u32) -> impl Iterator<Item = (usize, f64)> {
            let entries = self.row_starts[row as usize]..self.row_starts[row as usize + 1];
            self.columns[entries.clone()]
                .iter()
                .map(|column| *column as usize)
                .zip(self.values[entries].iter().copied())
        }
    }

    fn ordered<P: Place>(table: &Table) -> (Ordered<P>, Vec<ColumnSums>, f64) {
        let mut sums = Vec::new();
        let (matrix, longest) = Ordered::new(table.rows(), |row| (row as f64, 1.0), &mut sums);
        (matrix, sums, longest)
    }

    #[test]
    fn frequent_columns_and_short_rows_come_first() {
        let table = Table::small();
        let (matrix, sums, longest) = ordered::<u16>(&table);
        assert_eq!(matrix.column_of, [4, 3, 2, 1, 0]);
        assert_eq!(matrix.row_of, [1, 12, 3, 13, 6, 0, 4, 5, 7, 8, 9, 10, 11, 2]);
        let lengths: Vec<_> = matrix.blocks.iter().map(|block| (block.n_rows, block.n_entries)).collect();
        assert_eq!(lengths, [(2, 0), (2, 1), (1, 2), (7, 3), (1, 4), (1, 5)]);
        let mut longest_row = 0.0_f64;
        let (mut squares, mut lean) = ([0.0; N_COLUMNS], [0.0; N_COLUMNS]);
        for row in 0..14 {
            for (column, value) in table.entries(row) {
                squares[column] += f64::from(row) * value * value;
                lean[column] += value;
            }
            longest_row = longest_row.max(table.entries(row).map(|(_, value)| value * value).sum());
        }
        assert_eq!(longest, longest_row);
        for (sums, &column) in sums.iter().zip(&matrix.column_of) {
            assert_eq!(*sums, ColumnSums { squares: squares[column as usize], lean: lean[column as usize] });
        }
    }

    fn directions(matrix: &Ordered<impl Place>) -> Vec<DirectionCell> {
        let cell = |&column: &u32| DirectionCell { direction: (column % 7) as f32 * 0.3 - 0.8, curved: 1.0 };
        matrix.column_of.iter().map(cell).collect()
    }

    #[track_caller]
    fn check_curve<P: Place>(table: &Table) -> Vec<DirectionCell> {
        let (matrix, ..) = ordered::<P>(table);
        let curvatures: Vec<f32> = matrix.row_of.iter().map(|row| (row % 4) as f32 * 0.25).collect();
        let mut active = Active::default();
        matrix.list_active(&curvatures, &mut active);
        let mut cells = directions(&matrix);
        let found = matrix.curve(&active, &curvatures, 0.5, &mut cells);
        let mut expected = (0.0, 0.0);
        let mut curved = vec![1.0; table.n_columns];
        for &row in &matrix.row_of {
            let direction = |column: usize| f64::from((column % 7) as f32 * 0.3 - 0.8);
            let along =
                0.5 + table.entries(row).map(|(column, value)| value * direction(column)).sum::<f64>();
            let bent = f64::from(row % 4) * 0.25 * along;
            table.entries(row).for_each(|(column, value)| curved[column] += value * bent);
            expected = (expected.0 + bent, expected.1 + bent * along);
        }
        let near = |a: f64, b: f64| (a - b).abs() < 1e-5 * (1.0 + b.abs());
        assert!(near(found.0, expected.0) && near(found.1, expected.1), "{found:?} {expected:?}");
        for (cell, &column) in cells.iter().zip(&matrix.column_of) {
            assert!(near(f64::from(cell.curved), curved[column as usize]), "{column}: {cell:?} {curved:?}");
        }
        cells
    }

    #[test]
    fn curvature_is_that_of_the_rows_one_by_one() {
        for table in [Table::small(), Table::large(), Table::long()] {
            assert_eq!(check_curve::<u16>(&table), check_curve::<u32>(&table));
        }
    }

    /// Derivatives, slopes and curvatures at some weights.
    struct Differentiated<'a, L>(&'a Table, std::marker::PhantomData<L>);

    impl<L: Loss> Task for Differentiated<'_, L> {
        type Output = (Derivatives, Vec<WeightCell>, Vec<f32>);

        #[inline(always)]
        fn run<M: Machine>(self) -> Self::Output {
            let (matrix, ..) = ordered::<u16>(self.0);
            let cell = |&column: &u32| WeightCell { weight: f64::from(column % 5) * 0.4 - 0.7, slope: 0.25 };
            let mut cells: Vec<WeightCell> = matrix.column_of.iter().map(cell).collect();
            let sides = [0, 1].map(|side| matrix.in_lanes(|row| if row % 2 == side { 1.5 } else { 0.0 }));
            let mut curvatures = vec![9.0; matrix.row_of.len()];
            let found =
                matrix.differentiate::<M, L>((&sides[0], &sides[1]), 0.5, &mut cells, &mut curvatures);
            (found, cells, curvatures)
        }
    }

    #[track_caller]
    fn check_bits<L: Loss>(table: &Table) {
        let task = || Differentiated::<L>(table, std::marker::PhantomData);
        assert_eq!(run(task()), task().run::<Baseline>());
    }

    #[test]
    fn this_machine_gives_the_bits_of_the_baseline() {
        for table in [Table::small(), Table::large(), Table::long()] {
            check_bits::<Logistic>(&table);
            check_bits::<SquaredHinge>(&table);
        }
    }

    #[test]
    fn derivatives_are_those_of_the_rows_one_by_one() {
        for table in [Table::small(), Table::large(), Table::long()] {
            let (found, cells, curvatures) =
                run(Differentiated::<SquaredHinge>(&table, std::marker::PhantomData));
            let (matrix, ..) = ordered::<u16>(&table);
            let (mut slopes, mut expected) = (vec![0.25; table.n_columns], Derivatives::default());
            for (&row, &curvature) in matrix.row_of.iter().zip(&curvatures) {
                let weight = |column: usize| (column % 5) as f64 * 0.4 - 0.7;
                let score =
                    0.5 + table.entries(row).map(|(column, value)| value * weight(column)).sum::<f64>();
                let sign = if row % 2 == 0 { 1.0 } else { -1.0 };
                let short = (1.0 - sign * score).max(0.0);
                let slope = -3.0 * sign * short;
                table.entries(row).for_each(|(column, value)| slopes[column] += value * slope);
                assert_eq!(curvature, if short > 0.0 { 3.0 } else { 0.0 });
                expected.loss += 1.5 * short * short;
                expected.slope += slope;
                expected.curvature += f64::from(curvature);
            }
            for (found, expected) in [(found.loss, expected.loss), (found.slope, expected.slope)] {
                assert!((found - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{found} {expected}");
            }
            assert_eq!(found.curvature, expected.curvature);
            for (cell, &column) in cells.iter().zip(&matrix.column_of) {
                let expected = slopes[column as usize];
                assert!((cell.slope - expected).abs() < 1e-11 * (1.0 + expected.abs()), "{column}");
            }
        }
    }
}
