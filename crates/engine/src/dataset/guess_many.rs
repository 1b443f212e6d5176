//! A label column of more values than there can be classes in, classes to begin with out.
//!
//! Numbers are parted in two where about half of the rows lie below. Of words the most frequent are a class each.

use super::guess::MIN_NUMERIC_SHARE;
use super::{LabelId, LabelMapping, LabelRule, MAX_CLASSES};
use crate::num::stable_sort;
use crate::table::{ColumnSummary, parse_number};

/// A mapping for a column that `guess_mapping` refuses for its many values, to be changed by a person; none of a column
/// whose values were too many to be listed.
pub fn propose_mapping(column: &ColumnSummary) -> Option<LabelMapping> {
    let n_filled: u64 = column.values.iter().map(|(_, n)| n).sum();
    if n_filled == 0 {
        None
    } else if column.n_numeric as f64 >= MIN_NUMERIC_SHARE * n_filled as f64 {
        halves(column)
    } else {
        most_frequent(column)
    }
}

/// Numbers parted in two, each with as near half of the rows as can be.
fn halves(column: &ColumnSummary) -> Option<LabelMapping> {
    let number = |(value, n): &(String, u64)| Some((parse_number(value)?, *n));
    let mut numbers: Vec<(f64, u64)> = column.values.iter().filter_map(number).collect();
    stable_sort(&mut numbers, |(a, _), (b, _)| a.total_cmp(b));
    let all: u64 = numbers.iter().map(|(_, n)| n).sum();
    let mut below = 0;
    let mut parted: Option<(u64, f64)> = None;
    for pair in numbers.windows(2) {
        below += pair[0].1;
        let is_parted = pair[0].0 < pair[1].0;
        let uneven = (2 * below).abs_diff(all);
        if is_parted && parted.is_none_or(|(least, _)| uneven < least) {
            parted = Some((uneven, pair[0].0));
        }
    }
    let (_, last_negative) = parted?;
    let ratings: Vec<f64> = numbers.iter().map(|(rating, _)| *rating).collect();
    Some(LabelMapping::from_threshold(&ratings, last_negative))
}

/// The most frequent words, a class each; the others are left out.
fn most_frequent(column: &ColumnSummary) -> Option<LabelMapping> {
    let mut words = column.values.clone();
    stable_sort(&mut words, |(a, n_of_a), (b, n_of_b)| n_of_b.cmp(n_of_a).then_with(|| a.cmp(b)));
    words.truncate(MAX_CLASSES);
    let classes: Vec<String> = words.into_iter().map(|(word, _)| word).collect();
    let mut rule: Vec<(String, LabelId)> =
        classes.iter().enumerate().map(|(at, word)| (word.clone(), LabelId(at as u8))).collect();
    rule.sort();
    (classes.len() > 1).then_some(LabelMapping { classes, rule: LabelRule::Words { classes: rule } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{TableScan, TableSummary, detect_format};

    fn scanned(cells: &[(&str, usize)]) -> TableSummary {
        let rows = cells.iter().map(|(cell, n)| format!("a review,{cell}\n").repeat(*n)).collect::<String>();
        let file = format!("text,label\n{rows}");
        let n_bytes = file.len() as u64;
        let format = detect_format(file.as_bytes(), n_bytes).expect("a small file");
        let mut scan = TableScan::new(&format, n_bytes).expect("a small file");
        scan.push(file.as_bytes()).expect("a small file");
        scan.finish().expect("it has rows")
    }

    #[test]
    fn many_numbers_are_parted_where_half_of_the_rows_are_below() {
        let cells: Vec<(String, usize)> =
            (0..=20).map(|n| (n.to_string(), if n > 15 { 8 } else { 2 })).collect();
        let cells: Vec<(&str, usize)> = cells.iter().map(|(cell, n)| (cell.as_str(), *n)).collect();
        let table = scanned(&cells);
        let mapping = propose_mapping(&table.columns[1]).expect("numbers can be parted");
        // 16 numbers of 2 rows, then 5 of 8: 36 of 72 lie below 16 or so.
        assert_eq!(mapping.class_of("15"), Some(LabelId(0)));
        assert_eq!(mapping.class_of("17"), Some(LabelId(1)));
        assert_eq!(mapping.classes, ["negative", "positive"]);
    }

    #[test]
    fn of_many_words_the_most_frequent_are_classes() {
        let words: Vec<(String, usize)> = (0..14).map(|n| (format!("topic {n:02}"), n + 1)).collect();
        let words: Vec<(&str, usize)> = words.iter().map(|(word, n)| (word.as_str(), *n)).collect();
        let table = scanned(&words);
        let mapping = propose_mapping(&table.columns[1]).expect("words are listed");
        assert_eq!(mapping.classes.len(), MAX_CLASSES);
        assert_eq!(mapping.classes[0], "topic 13");
        assert_eq!(mapping.class_of("topic 03"), None, "left out");
        assert_eq!(mapping.class_of("topic 13"), Some(LabelId(0)));
    }

    #[test]
    fn what_cannot_be_listed_is_not_parted() {
        let words: Vec<(String, usize)> = (0..200).map(|n| (n.to_string(), 1)).collect();
        let words: Vec<(&str, usize)> = words.iter().map(|(word, n)| (word.as_str(), *n)).collect();
        assert_eq!(propose_mapping(&scanned(&words).columns[1]), None);
    }
}
