//! Lists of phrases in, sentences out. `{name}` draws from a list, `(a|b|)` takes an alternative,
//! `3* ` before a phrase makes it three times as likely.
//! In: the text of a grammar, a draw. Out: phrases. Never: a phrase that the grammar does not hold.

use super::rng::SampleRng;
use std::collections::BTreeMap;

/// Deepest nesting of lists in lists; a grammar that needs more goes in circles.
const MAX_DEPTH: usize = 8;

/// Named lists of phrases.
pub struct Grammar {
    lists: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Grammar {
    /// Reads `== name` headings and the phrases below them; `#` begins a comment.
    pub fn parse(text: &'static str) -> Self {
        let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut name = "";
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            match line.strip_prefix("== ") {
                Some(heading) => name = heading,
                None => lists.entry(name).or_default().extend(times(line)),
            }
        }
        Self { lists }
    }

    /// Names of the products, in alphabetical order.
    pub fn products(&self) -> Vec<&'static str> {
        let names = self.lists.keys().filter_map(|name| name.strip_prefix("product."));
        names.filter_map(|name| name.strip_suffix(".title")).collect()
    }

    /// A phrase of `list`, for a review of `product`.
    pub fn draw(&self, rng: &mut SampleRng, product: &str, list: &str) -> String {
        let mut out = String::new();
        let phrase = self.phrase(rng, product, list);
        self.expand(rng, product, phrase, &mut out, 0);
        out
    }

    fn phrase(&self, rng: &mut SampleRng, product: &str, list: &str) -> &'static str {
        let own = format!("product.{product}.{list}");
        let phrases = self.lists.get(own.as_str()).or_else(|| self.lists.get(list));
        rng.pick(phrases.unwrap_or_else(|| panic!("phrases.txt has no list '{list}'")))
    }

    fn expand(&self, rng: &mut SampleRng, product: &str, phrase: &str, out: &mut String, depth: usize) {
        assert!(depth < MAX_DEPTH, "phrases.txt goes in circles at '{phrase}'");
        let mut rest = phrase;
        while let Some(at) = rest.find(['{', '(']) {
            let close = if rest[at..].starts_with('{') { '}' } else { ')' };
            // A smiley such as `:(` opens nothing.
            let Some(length) = rest[at..].find(close) else { break };
            out.push_str(&rest[..at]);
            let inner = &rest[at + 1..at + length];
            if close == '}' {
                let drawn = self.phrase(rng, product, inner);
                self.expand(rng, product, drawn, out, depth + 1);
            } else {
                let choices: Vec<&str> = inner.split('|').collect();
                let chosen = rng.pick(&choices);
                self.expand(rng, product, chosen, out, depth + 1);
            }
            rest = &rest[at + length + 1..];
        }
        out.push_str(rest);
    }
}

/// `3* phrase` as three phrases.
fn times(line: &str) -> impl Iterator<Item = &str> {
    let weighted = line.split_once("* ").and_then(|(n, phrase)| Some((n.parse().ok()?, phrase)));
    let (n, phrase) = weighted.unwrap_or((1, line));
    std::iter::repeat_n(phrase, n)
}
