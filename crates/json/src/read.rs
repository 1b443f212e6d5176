//! Values out of a document: each type picks its own fields.

use std::collections::BTreeMap;

use crate::document::{FromJson, Node};
use crate::fields::read_members;
use crate::parse_real::parse_real;

impl FromJson for String {
    fn read(node: Node<'_>) -> Self {
        node.text().into_owned()
    }
}

impl FromJson for char {
    fn read(node: Node<'_>) -> Self {
        let text = node.text();
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => only,
            _ => {
                node.misfit("one character");
                char::default()
            }
        }
    }
}

impl FromJson for bool {
    fn read(node: Node<'_>) -> Self {
        node.truth().unwrap_or_else(|| {
            node.misfit("true or false");
            false
        })
    }
}

impl FromJson for f64 {
    #[inline(never)]
    fn read(node: Node<'_>) -> Self {
        node.number().and_then(parse_real).unwrap_or_else(|| {
            node.misfit("a number");
            0.0
        })
    }
}

/// The whole number at `node`, if it lies within `low..=high`.
#[inline(never)]
fn whole(node: Node<'_>, low: i64, high: u64) -> u64 {
    let text = node.number().unwrap_or_default();
    let fits = match text.strip_prefix('-') {
        // `-0` is a real number.
        Some(digits) => {
            digits.parse::<u64>().ok().filter(|size| (1..=low.unsigned_abs()).contains(size) && low < 0)
        }
        None => text.parse::<u64>().ok().filter(|size| *size <= high),
    };
    let Some(size) = fits else {
        node.misfit("a whole number within its bounds");
        return 0;
    };
    if text.starts_with('-') { size.wrapping_neg() } else { size }
}

macro_rules! whole_numbers {
    ($($number:ident),*) => {$(
        impl FromJson for $number {
            fn read(node: Node<'_>) -> Self {
                whole(node, $number::MIN as i64, $number::MAX as u64) as $number
            }
        }
    )*};
}

whole_numbers!(u8, u16, u32, u64, usize, i8, i16, i32, i64);

impl<T: FromJson> FromJson for Box<T> {
    fn read(node: Node<'_>) -> Self {
        Box::new(T::read(node))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(node: Node<'_>) -> Self {
        if node.is_null() { None } else { Some(T::read(node)) }
    }
}

/// Keys are texts, or types written as one. Of two values under one key the later counts, as in serde_json.
impl<K: FromJson + Ord, V: FromJson> FromJson for BTreeMap<K, V> {
    fn read(node: Node<'_>) -> Self {
        read_members(node).into_iter().collect()
    }
}

impl<T: FromJson, E: FromJson> FromJson for Result<T, E> {
    fn read(node: Node<'_>) -> Self {
        match node.wrapped(&["Ok", "Err"]) {
            (0, value) => Ok(T::read(value)),
            (_, error) => Err(E::read(error)),
        }
    }
}
