//! A filter being typed in, what may come next out.
//! Never: a word offered that would make the filter wrong.

use std::ops::Range;

use super::MAX_FILTER_BYTES;
use super::expression::{Attribute, DatasetKey, Key, Kind, quoted};
use super::parse::{is_keyword, key_of};
use super::token::{Placed, Token, tokens};

/// Most words offered at a time.
const MAX_OFFERED: usize = 12;
const NUMBERS_OPERATORS: [&str; 6] = [">", ">=", "<", "<=", "=", "!="];
const TEXTS_OPERATORS: [&str; 6] = ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"];
const EITHERS_OPERATORS: [&str; 12] =
    ["=", "!=", ">", ">=", "<", "<=", "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"];
const TIMES: [&str; 3] = ["now - 1d", "now - 7d", "now - 1h"];
const STATUSES: [&str; 5] = ["RUNNING", "FINISHED", "FAILED", "KILLED", "PRUNED"];
const KINDS: [&str; 3] = ["study", "trial", "fit"];

/// Keys that the runs at hand have, each with values seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownKeys {
    /// Keys in the order they are offered, and values as texts.
    pub keys: Vec<(Key, Vec<String>)>,
}

/// What may be put into the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Bytes that it takes the place of.
    pub replaces: Range<usize>,
    /// Texts to choose from, best first.
    pub texts: Vec<String>,
}

/// What a place in a filter waits for.
enum Due {
    Key,
    Operator(Key),
    Value(Key),
    Connective,
}

/// What may follow the first `cursor` bytes of `text`; what stands behind is not looked at.
pub fn complete(text: &str, cursor: usize, known: &KnownKeys) -> Completion {
    let nothing = Completion { replaces: cursor..cursor, texts: Vec::new() };
    let Some(before) = text.get(..cursor).filter(|before| before.len() <= MAX_FILTER_BYTES) else {
        return nothing;
    };
    // A text whose quote is still open is completed from where it begins.
    let (whole, begun) = match tokens(before) {
        Ok(mut tokens) => {
            tokens.pop();
            let last = tokens.pop_if(|last| last.span.end == cursor && is_begun(&last.token));
            (tokens, last.map_or(cursor, |last| last.span.start))
        }
        Err(error) => match tokens(&before[..error.span.start]) {
            Ok(mut tokens) => {
                tokens.pop();
                (tokens, error.span.start)
            }
            Err(_) => return nothing,
        },
    };
    let typed = before[begun..].to_lowercase();
    // `metrics.` and a backtick behind it are one key.
    let (whole, begun) = glued(whole, begun);
    let typed = if begun < cursor { before[begun..].to_lowercase() } else { typed };
    let all = match due(&whole) {
        Some(due) => offered(due, known),
        None => Vec::new(),
    };
    let plain = |text: &str| text.to_lowercase().replace(['\'', '"', '`'], "");
    let wanted = plain(&typed);
    let name = |text: &str| plain(text.split_once('.').map_or(text, |(_, name)| name));
    let (first, second): (Vec<String>, Vec<String>) = all
        .into_iter()
        .filter(|text| plain(text).starts_with(&wanted) || name(text).contains(&wanted))
        .partition(|text| plain(text).starts_with(&wanted));
    let texts = first.into_iter().chain(second).filter(|text| *text != before[begun..]).take(MAX_OFFERED);
    Completion { replaces: begun..cursor, texts: texts.collect() }
}

/// Whether more of it may be typed.
fn is_begun(token: &Token) -> bool {
    matches!(token, Token::Word(_) | Token::Operator(_))
}

/// Takes the tokens that touch the place into what is being typed.
fn glued(mut whole: Vec<Placed>, mut begun: usize) -> (Vec<Placed>, usize) {
    while let Some(last) = whole.pop_if(|last| {
        last.span.end == begun && matches!(&last.token, Token::Word(word) if word.ends_with('.'))
    }) {
        begun = last.span.start;
    }
    (whole, begun)
}

/// What comes after whole tokens; none where they are wrong already.
fn due(tokens: &[Placed]) -> Option<Due> {
    let mut rest = tokens;
    loop {
        while rest.first().is_some_and(|first| first.token == Token::Open || is_keyword(&first.token, "NOT"))
        {
            rest = &rest[1..];
        }
        let Some((key, n_tokens)) = key_of(rest) else { return rest.is_empty().then_some(Due::Key) };
        let key = key.ok()?;
        rest = &rest[n_tokens..];
        rest = match after_operator(rest) {
            None => return rest.is_empty().then_some(Due::Operator(key)),
            Some(Asked::Nothing(rest)) => rest,
            Some(Asked::Value(rest)) => match rest.first().map(|first| &first.token) {
                None => return Some(Due::Value(key)),
                Some(Token::Open) => {
                    let end = rest.iter().position(|placed| placed.token == Token::Close);
                    match (end, rest.last().map(|last| &last.token)) {
                        (Some(end), _) => &rest[end + 1..],
                        (None, Some(Token::Open | Token::Comma)) => return Some(Due::Value(key)),
                        (None, _) => return None,
                    }
                }
                Some(_) => after_value(rest),
            },
        };
        while rest.first().is_some_and(|first| first.token == Token::Close) {
            rest = &rest[1..];
        }
        match rest.first() {
            None => return Some(Due::Connective),
            Some(next) if is_keyword(&next.token, "AND") || is_keyword(&next.token, "OR") => {
                rest = &rest[1..]
            }
            Some(_) => return None,
        }
    }
}

/// What a comparison waits for, and the tokens behind it.
enum Asked<'a> {
    Value(&'a [Placed]),
    Nothing(&'a [Placed]),
}

fn after_operator(rest: &[Placed]) -> Option<Asked<'_>> {
    let is = |at: usize, keyword: &str| rest.get(at).is_some_and(|placed| is_keyword(&placed.token, keyword));
    if rest.first().is_some_and(|first| matches!(first.token, Token::Operator(_))) {
        return Some(Asked::Value(&rest[1..]));
    }
    if is(0, "IS") {
        let n_tokens = if is(1, "NOT") { 3 } else { 2 };
        return is(n_tokens - 1, "NULL").then(|| Asked::Nothing(&rest[n_tokens..]));
    }
    let at = usize::from(is(0, "NOT"));
    let takes_value = is(at, "IN") || is(at, "LIKE") || is(at, "ILIKE");
    takes_value.then(|| Asked::Value(&rest[at + 1..]))
}

/// Behind one value: `now - 2d` is one of several words.
fn after_value(rest: &[Placed]) -> &[Placed] {
    let is_connective = |placed: &Placed| {
        placed.token == Token::Close || is_keyword(&placed.token, "AND") || is_keyword(&placed.token, "OR")
    };
    let end = match &rest[0].token {
        Token::Word(word) if word.starts_with("now") => {
            rest.iter().position(is_connective).unwrap_or(rest.len())
        }
        _ => 1,
    };
    &rest[end..]
}

fn offered(due: Due, known: &KnownKeys) -> Vec<String> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    match due {
        Due::Key => {
            let seen = known.keys.iter().map(|(key, _)| key.to_string());
            let own = Attribute::ALL.into_iter().map(|attribute| attribute.as_str().to_owned());
            let of_data = [DatasetKey::Name, DatasetKey::Digest].map(|key| Key::Dataset(key).to_string());
            seen.chain(own).chain(of_data).chain(words(&["NOT", "("])).collect()
        }
        Due::Operator(key) => match key.kind() {
            Kind::Number | Kind::Time => words(&NUMBERS_OPERATORS),
            Kind::Text => words(&TEXTS_OPERATORS),
            Kind::Either => words(&EITHERS_OPERATORS),
        },
        Due::Value(key) => match (&key, key.kind()) {
            (Key::Attribute(Attribute::Status), _) => STATUSES.map(quoted).to_vec(),
            (Key::Attribute(Attribute::Kind), _) => KINDS.map(quoted).to_vec(),
            (_, Kind::Time) => words(&TIMES),
            (_, kind) => {
                let values =
                    known.keys.iter().find(|(seen, _)| *seen == key).map_or(&[][..], |(_, values)| values);
                let write = |value: &String| if kind == Kind::Number { value.clone() } else { quoted(value) };
                values.iter().map(write).collect()
            }
        },
        Due::Connective => words(&["AND", "OR"]),
    }
}
