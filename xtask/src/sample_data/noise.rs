//! A review as meant in, a review as typed out: capitals, typing errors, emoji, links and tags.
//! In: text, a draw. Out: text. Never: a change to what the review says.

use super::grammar::Grammar;
use super::rng::SampleRng;

/// Spellings that people use for speed.
const SHORTHANDS: [(&str, &str); 14] = [
    ("you", "u"),
    ("your", "ur"),
    ("are", "r"),
    ("please", "plz"),
    ("very", "vry"),
    ("good", "gud"),
    ("quality", "qlty"),
    ("product", "prdct"),
    ("because", "bcoz"),
    ("received", "recieved"),
    ("awesome", "awsome"),
    ("original", "orginal"),
    ("worth", "wroth"),
    ("excellent", "excelent"),
];

/// Per mille of the happier reviews that end in a link.
const LINKS: usize = 9;
/// Per mille of the complaints that do: people show the damage.
const LINKS_IN_COMPLAINTS: usize = 25;
/// Longest text that is shouted.
const MAX_SHOUTED_CHARS: usize = 60;

/// Types `text` the way people do.
pub fn typed(rng: &mut SampleRng, grammar: &Grammar, text: &str, stars: u8) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    shorten(rng, &mut words);
    if rng.chance(180) {
        misspell(rng, &mut words);
    }
    if rng.chance(25) {
        stretch(rng, &mut words);
    }
    let mut text = capitals(rng, words.join(" "));
    text.push_str(rng.pick(&["", "", "", "", ".", ".", ".", "!", "!!", "..", "...", " ."]));
    if rng.chance(if stars <= 2 { LINKS_IN_COMPLAINTS } else { LINKS }) {
        let link = grammar.draw(rng, "", "site");
        text = format!("{text} {} {link}", rng.pick(&["Photos here", "see", "my video", "details at"]));
    }
    if rng.chance(18) {
        text = tagged(rng, &text);
    }
    if rng.chance(110) {
        let list = match (rng.chance(250), stars) {
            (true, _) | (_, 3) => "anyface",
            (_, 4..) => "happyface",
            _ => "sadface",
        };
        let space = if rng.chance(600) { " " } else { "" };
        text = format!("{text}{space}{}", grammar.draw(rng, "", list));
    }
    text
}

fn shorten(rng: &mut SampleRng, words: &mut [String]) {
    for word in words {
        if let Some((_, short)) = SHORTHANDS.iter().find(|(long, _)| long == word)
            && rng.chance(40)
        {
            *word = (*short).to_owned();
        }
    }
}

/// Swaps, doubles or drops one letter of one longer word.
fn misspell(rng: &mut SampleRng, words: &mut [String]) {
    let index = rng.below(words.len());
    let word = &mut words[index];
    if word.len() < 5 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return;
    }
    let at = 1 + rng.below(word.len() - 2);
    match rng.below(3) {
        0 => {
            let swapped = word.remove(at);
            word.insert(at + 1, swapped);
        }
        1 => {
            let doubled = char::from(word.as_bytes()[at]);
            word.insert(at, doubled);
        }
        _ => {
            word.remove(at);
        }
    }
}

/// Draws out the last vowel of one word: `sooo`, `baaad`.
fn stretch(rng: &mut SampleRng, words: &mut [String]) {
    let index = rng.below(words.len());
    let word = &mut words[index];
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return;
    }
    if let Some(at) = word.rfind(['a', 'e', 'o', 'u']) {
        let vowel = word[at..=at].repeat(2 + rng.below(3));
        word.insert_str(at, &vowel);
    }
}

fn capitals(rng: &mut SampleRng, text: String) -> String {
    match rng.below(100) {
        0..30 => text,
        30..38 if text.len() <= MAX_SHOUTED_CHARS && !text.contains("http") => text.to_uppercase(),
        _ => sentence_case(&text),
    }
}

/// A capital at the beginning and after each full stop or exclamation mark.
fn sentence_case(text: &str) -> String {
    let mut begins = true;
    let mut out = String::with_capacity(text.len());
    let mut marked = false;
    for c in text.chars() {
        if begins && c.is_alphanumeric() {
            out.extend(c.to_uppercase());
            begins = false;
        } else {
            begins |= marked && c == ' ';
            out.push(c);
        }
        marked = matches!(c, '.' | '!');
    }
    out
}

/// What copying from a web form leaves behind.
fn tagged(rng: &mut SampleRng, text: &str) -> String {
    match rng.below(4) {
        0 => text.replacen(". ", ".<br />", 2).replacen(", ", ",<br>", 1),
        1 => format!("<p>{text}</p>"),
        2 => match text.split_once(' ') {
            Some((first, rest)) => format!("<b>{first}</b> {rest}"),
            None => format!("<b>{text}</b>"),
        },
        _ => text.replacen(" and ", " &amp; ", 1),
    }
}
