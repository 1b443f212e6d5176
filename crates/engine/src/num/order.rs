//! A stable sort that is compiled once, whatever is sorted: it knows places, not the sorted things.

use std::cmp::Ordering;

/// The places `0..n` in the order that `compare` gives them, equal ones as they stand.
#[inline(never)]
pub fn stable_order(n: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|left, right| compare(*left, *right));
    order
}

/// Sorts `items`, equal ones as they stand. For where a standard sort of its own would weigh more than it saves.
pub fn stable_sort<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let swaps = swaps_to(stable_order(items.len(), &|left, right| compare(&items[left], &items[right])));
    for (place, other) in swaps.into_iter().enumerate() {
        items.swap(place, other);
    }
}

/// With which place each place is to be swapped, one after the other, to bring what stands at `order[place]` there.
fn swaps_to(mut order: Vec<usize>) -> Vec<usize> {
    for place in 0..order.len() {
        let mut from = order[place];
        // What stood at an earlier place was swapped away from there.
        while from < place {
            from = order[from];
        }
        order[place] = from;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::{stable_order, stable_sort};

    #[test]
    fn equal_things_keep_their_places() {
        let words = ["pear", "fig", "plum", "kiwi", "yam"];
        let by_length = stable_order(words.len(), &|left, right| words[left].len().cmp(&words[right].len()));
        assert_eq!(by_length, [1, 4, 0, 2, 3]);
    }

    #[test]
    fn things_are_sorted_as_by_the_standard_library() {
        let mut state = 1_u32;
        for n in 0..40 {
            let mut items: Vec<(u32, usize)> = Vec::new();
            for place in 0..n {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                items.push((state >> 28, place));
            }
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            stable_sort(&mut items, |(left, _), (right, _)| left.cmp(right));
            assert_eq!(items, expected);
        }
    }
}
