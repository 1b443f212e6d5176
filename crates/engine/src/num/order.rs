//! A stable sort that is compiled once, whatever is sorted: it gives the order, not the sorted things.

use std::cmp::Ordering;

/// The places `0..n` in the order that `compare` gives them, equal ones as they stand.
#[inline(never)]
pub fn stable_order(n: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|left, right| compare(*left, *right));
    order
}

#[cfg(test)]
mod tests {
    use super::stable_order;

    #[test]
    fn equal_things_keep_their_places() {
        let words = ["pear", "fig", "plum", "kiwi", "yam"];
        let by_length = stable_order(words.len(), &|left, right| words[left].len().cmp(&words[right].len()));
        assert_eq!(by_length, [1, 4, 0, 2, 3]);
    }
}
