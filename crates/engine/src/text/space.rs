//! White space as Python means it: `\s` of its patterns and `str.split()`.

/// Unicode white space and the separators U+001C to U+001F, which Rust leaves out.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The words of a text and the byte each begins at.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(|c| !is_space(c))?;
        from = start + text[start..].find(is_space).unwrap_or(text.len() - start);
        Some((start, &text[start..from]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_pythons() {
        // Python 3.11: [c for c in map(chr, range(0x110000)) if c.isspace()]
        let expected: Vec<u32> = (0x09..=0x0d)
            .chain(0x1c..=0x20)
            .chain([0x85, 0xa0, 0x1680])
            .chain(0x2000..=0x200a)
            .chain([0x2028, 0x2029, 0x202f, 0x205f, 0x3000])
            .collect();
        let found: Vec<u32> = (0..=0x10_ffff).filter(|&c| char::from_u32(c).is_some_and(is_space)).collect();
        assert_eq!(found, expected);
    }
}
