//! A column of classes: how many rows of each before and now in, what a test says of them out.

use engine::stats::{chi_square_table, jensen_shannon, population_stability};

use super::{FOUND_BY_MOST, Found, Method, found, two_shares};

/// Least expected count of a cell in a χ² test.
const MIN_EXPECTED: f64 = 5.0;

/// What a test says of classes, each with its rows.
pub(super) fn classes(counts: &[(String, u64)], others: &[(String, u64)]) -> Found {
    let mut names: Vec<&str> = counts.iter().chain(others).map(|class| class.0.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |counts: &[(String, u64)], name: &str| {
        counts.iter().filter(|class| class.0 == name).map(|class| class.1).sum::<u64>()
    };
    let cells: Vec<(u64, u64)> = names.iter().map(|name| (of(counts, name), of(others, name))).collect();
    let sum = cells.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    if sum.0 == 0 || sum.1 == 0 {
        return found(Method::None, 0.0, 1.0);
    }
    let (before, now): (Vec<u64>, Vec<u64>) = cells.iter().copied().unzip();
    let (merged, merged_now): (Vec<u64>, Vec<u64>) = common_cells(&cells, sum).into_iter().unzip();
    let mut tested = match merged.len() {
        0 | 1 => found(Method::ChiSquare, 0.0, 1.0),
        2 => two_shares((merged[0], sum.0), (merged_now[0], sum.1)),
        _ => match chi_square_table(&[&merged, &merged_now]) {
            Some(test) => found(Method::ChiSquare, test.statistic, test.p_value),
            None => found(Method::ChiSquare, 0.0, 1.0),
        },
    };
    let share = |(before, now): &Cell| (*before as f64 / sum.0 as f64, *now as f64 / sum.1 as f64);
    let change = |cell: &Cell| (share(cell).1 - share(cell).0).abs();
    // Of two classes both change alike: the last is the one that is hoped for.
    let most = (0..cells.len()).max_by(|a, b| change(&cells[*a]).total_cmp(&change(&cells[*b])));
    if let Some(place) = most {
        let (before, now) = share(&cells[place]);
        (tested.before, tested.now) = (Some(before), Some(now));
        tested.class = Some(names[place].to_owned());
    }
    tested.size = jensen_shannon(&before, &now).unwrap_or(0.0);
    tested.stability = population_stability(&merged, &merged_now).unwrap_or(0.0);
    tested.n_cells = merged.len();
    if tested.would_see == 0.0 {
        tested.would_see = FOUND_BY_MOST * (0.25 * (1.0 / sum.0 as f64 + 1.0 / sum.1 as f64)).sqrt();
    }
    tested
}

/// Rows of a cell before, and now.
type Cell = (u64, u64);

/// Cells with at least `MIN_EXPECTED` rows expected on both sides; rarer ones are put together, and into the rarest other
/// where they are still too few. Two are left as they are: those are tested exactly.
pub(super) fn common_cells(cells: &[(u64, u64)], sum: (u64, u64)) -> Vec<(u64, u64)> {
    let share = sum.0.min(sum.1) as f64 / (sum.0 + sum.1) as f64;
    let is_common = |cell: &(u64, u64)| (cell.0 + cell.1) as f64 * share >= MIN_EXPECTED;
    let (mut common, rare): (Vec<Cell>, Vec<Cell>) =
        cells.iter().filter(|cell| cell.0 + cell.1 > 0).partition(|cell| is_common(cell));
    let rest = rare.iter().fold((0, 0), |rest, cell| (rest.0 + cell.0, rest.1 + cell.1));
    if rest.0 + rest.1 == 0 {
        return common;
    }
    common.sort_by_key(|cell| cell.0 + cell.1);
    match common.first_mut() {
        Some(rarest) if !is_common(&rest) && cells.len() > 2 && common_has_two(cells, is_common) => {
            *rarest = (rarest.0 + rest.0, rarest.1 + rest.1);
        }
        _ => common.push(rest),
    }
    common
}

fn common_has_two(cells: &[(u64, u64)], is_common: impl Fn(&(u64, u64)) -> bool) -> bool {
    cells.iter().filter(|cell| is_common(cell)).count() >= 2
}
