//! Growing what lies below a node of few rows: its rows are at hand, and of thousands of columns only a
//! handful vary among them.
//!
//! Drawing columns until so many are seen finds of the varying ones a number that is distributed
//! hypergeometrically. So that number is drawn, and then so many of the varying ones.

use super::columns::Cell;
use super::grow::TreeGrower;
use super::judge::Tally;

/// Memory for small nodes, used for one after another.
pub(super) struct SmallNodes {
    /// Cells of each column among a node's rows; 0 between nodes.
    n_cells: Vec<u32>,
    /// The columns with cells.
    seen: Vec<u32>,
    /// Place among the chosen columns plus 1; 0 between nodes.
    chosen: Vec<u32>,
    /// Cells of each chosen column: `at` is the row.
    cells: Vec<Vec<Cell>>,
}

/// A node that waits: its stretch of the rows.
struct Waiting<const K: usize> {
    begin: usize,
    end: usize,
    tally: Tally<K>,
    depth: u32,
    right_of: Option<usize>,
}

impl SmallNodes {
    pub fn new(n_columns: u32) -> Self {
        let n = n_columns as usize;
        Self { n_cells: vec![0; n], seen: Vec::new(), chosen: vec![0; n], cells: Vec::new() }
    }

    /// Adds the nodes of a small node and of all below it to the tree.
    pub fn grow<const K: usize>(
        &mut self,
        tree: &mut TreeGrower<'_, K>,
        mut rows: Vec<u32>,
        tally: Tally<K>,
        depth: u32,
    ) {
        let mut waiting = vec![Waiting { begin: 0, end: rows.len(), tally, depth, right_of: None }];
        while let Some(node) = waiting.pop() {
            if let Some(parent) = node.right_of {
                tree.begin_right_of(parent);
            }
            let here = &mut rows[node.begin..node.end];
            let split = if tree.ends(&node.tally, node.depth) {
                None
            } else {
                self.choose_columns(tree, here, node.tally.n_rows);
                self.best_split(tree, &node.tally)
            };
            let place = tree.push(&node.tally, split.as_ref().map(|(split, _)| split));
            if let Some((split, nth)) = split {
                let n_left = self.part(here, nth, split.threshold);
                let (middle, depth) = (node.begin + n_left, node.depth + 1);
                let mut right = Tally::EMPTY;
                here[n_left..].iter().for_each(|&row| right.add(tree.rows[row as usize]));
                let left = node.tally.less(&right);
                let (begin, end) = (node.begin, node.end);
                waiting.push(Waiting { begin: middle, end, tally: right, depth, right_of: Some(place) });
                waiting.push(Waiting { begin, end: middle, tally: left, depth, right_of: None });
            }
        }
    }

    /// Draws among the columns that vary within the rows, and collects the cells of those drawn.
    fn choose_columns<const K: usize>(&mut self, tree: &mut TreeGrower<'_, K>, rows: &[u32], n_rows: u32) {
        self.seen.clear();
        for &row in rows {
            for cell in tree.by_row.list(row) {
                let n_cells = &mut self.n_cells[cell.at as usize];
                if *n_cells == 0 {
                    self.seen.push(cell.at);
                }
                *n_cells += 1;
            }
        }
        let n_cells = &mut self.n_cells;
        self.seen.retain(|&column| n_cells[column as usize] < n_rows || varies(tree, rows, column));
        for &row in rows {
            tree.by_row.list(row).iter().for_each(|cell| n_cells[cell.at as usize] = 0);
        }
        let n_chosen = self.n_chosen(tree);
        for nth in 0..n_chosen {
            let drawn = nth + tree.stream.draw((self.seen.len() - nth) as u32) as usize;
            self.seen.swap(nth, drawn);
            self.chosen[self.seen[nth] as usize] = nth as u32 + 1;
        }
        self.cells.resize_with(n_chosen.max(self.cells.len()), Vec::new);
        self.cells[..n_chosen].iter_mut().for_each(Vec::clear);
        if n_chosen > 0 {
            for &row in rows {
                for cell in tree.by_row.list(row) {
                    if let Some(nth) = self.chosen[cell.at as usize].checked_sub(1) {
                        self.cells[nth as usize].push(Cell { at: row, value: cell.value });
                    }
                }
            }
        }
        self.seen[..n_chosen].iter().for_each(|&column| self.chosen[column as usize] = 0);
        self.seen.truncate(n_chosen);
    }

    /// How many of the varying columns a draw finds, at least one where there is one.
    fn n_chosen<const K: usize>(&self, tree: &mut TreeGrower<'_, K>) -> usize {
        let n_varying = self.seen.len() as u32;
        let n_drawn = tree.n_drawn_columns.min(tree.n_columns);
        if n_drawn == tree.n_columns {
            return self.seen.len();
        }
        let mut n_found = 0;
        for n_seen in 0..n_drawn {
            n_found += u32::from(tree.stream.draw(tree.n_columns - n_seen) < n_varying - n_found);
        }
        n_found.max(n_varying.min(1)) as usize
    }

    /// The best split over the chosen columns, and the place of its column among them.
    fn best_split<const K: usize>(
        &mut self,
        tree: &TreeGrower<'_, K>,
        tally: &Tally<K>,
    ) -> Option<(super::judge::Split, usize)> {
        let mut best = None;
        for (cells, &column) in self.cells.iter_mut().zip(&self.seen) {
            cells.sort_by(|a, b| b.value.total_cmp(&a.value));
            let here = cells.iter().map(|&cell| (cell, tree.rows[cell.at as usize]));
            tree.judge.scan(tally, column, here, &mut best);
        }
        let best = best?;
        let nth = self.seen.iter().position(|&column| column == best.column)?;
        Some((best, nth))
    }

    /// Puts the rows that go left first; returns their number.
    fn part(&self, rows: &mut [u32], nth: usize, threshold: f32) -> usize {
        let goes_right =
            |row: u32| self.cells[nth].iter().any(|cell| cell.at == row && cell.value > threshold);
        let mut n_left = 0;
        for place in 0..rows.len() {
            if !goes_right(rows[place]) {
                rows.swap(n_left, place);
                n_left += 1;
            }
        }
        n_left
    }
}

/// Whether a column with a cell in each row holds more than one value.
fn varies<const K: usize>(tree: &TreeGrower<'_, K>, rows: &[u32], column: u32) -> bool {
    let value_in = |row: u32| {
        let cells = tree.by_row.list(row);
        cells.binary_search_by_key(&column, |cell| cell.at).map_or(0.0, |place| cells[place].value)
    };
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for &row in rows {
        (low, high) = (low.min(value_in(row)), high.max(value_in(row)));
    }
    high > low + super::judge::SAME_VALUE
}
