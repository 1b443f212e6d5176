//! A filter's text in, its tokens with their places out.

use std::ops::Range;

use super::fault::{FilterError, FilterFault};

/// The smallest parts that mean something.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// Letters, digits and what joins them: a key, a keyword, a number, a date or a word without quotes.
    Word(String),
    /// A text between marks, as it stands there.
    Quoted { text: String, mark: char },
    /// A comparison.
    Operator(Operator),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// The end of the text.
    End,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    fn of(marks: &str) -> Option<Self> {
        match marks {
            "=" | "==" => Some(Self::Equal),
            "!=" | "<>" => Some(Self::NotEqual),
            "<" => Some(Self::Less),
            "<=" => Some(Self::LessOrEqual),
            ">" => Some(Self::Greater),
            ">=" => Some(Self::GreaterOrEqual),
            _ => None,
        }
    }
}

/// A token and the bytes it stands at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) span: Range<usize>,
}

impl Placed {
    /// This stands where `expected` is due.
    pub(super) fn instead_of(&self, expected: &'static str) -> FilterError {
        let found = match &self.token {
            Token::Word(word) => word.clone(),
            Token::Quoted { text, mark } => format!("{mark}{text}{mark}"),
            Token::Operator(operator) => operator.as_str().to_owned(),
            Token::Open => "(".to_owned(),
            Token::Close => ")".to_owned(),
            Token::Comma => "a comma".to_owned(),
            Token::End => return FilterError::new(self.span.clone(), FilterFault::Ends { expected }),
        };
        FilterError::new(self.span.clone(), FilterFault::Unexpected { found, expected })
    }
}

/// A token begins at its first character, and the last is `End`.
///
/// # Errors
/// A text whose closing mark is missing, and a mark that means nothing.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, FilterError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, n_bytes) = match first {
            _ if first.is_whitespace() => {
                at += first.len_utf8();
                continue;
            }
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '\'' | '"' | '`' => quoted(rest, first)
                .ok_or_else(|| FilterError::new(at..text.len(), FilterFault::Unclosed { mark: first }))?,
            'x' | 'X' if rest[1..].starts_with('\'') => from_hex(rest).ok_or_else(|| {
                let fault = FilterFault::Unexpected { found: rest.to_owned(), expected: HEX };
                FilterError::new(at..text.len(), fault)
            })?,
            '=' | '!' | '<' | '>' => {
                let n_bytes = rest.find(|c| !"=!<>".contains(c)).unwrap_or(rest.len());
                let operator = Operator::of(&rest[..n_bytes]).ok_or_else(|| {
                    FilterError::new(
                        at..at + n_bytes,
                        FilterFault::UnknownOperator { found: rest[..n_bytes].to_owned() },
                    )
                })?;
                (Token::Operator(operator), n_bytes)
            }
            _ if is_of_word(first) => {
                let n_bytes = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                (Token::Word(rest[..n_bytes].to_owned()), n_bytes)
            }
            _ => {
                let fault = FilterFault::Unexpected {
                    found: first.to_string(),
                    expected: "a key, a comparison or a value",
                };
                return Err(FilterError::new(at..at + first.len_utf8(), fault));
            }
        };
        found.push(Placed { token, span: at..at + n_bytes });
        at += n_bytes;
    }
    found.push(Placed { token: Token::End, span: text.len()..text.len() });
    Ok(found)
}

/// What is expected behind an `x` and a mark.
const HEX: &str = "pairs of hexadecimal digits between marks, as in x'61'";

/// A text as the hexadecimal digits of its bytes: `x'61'`.
fn from_hex(rest: &str) -> Option<(Token, usize)> {
    let digits = &rest[2..rest[2..].find('\'')? + 2];
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let is_hex = digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_hex {
        return None;
    }
    let bytes = digits.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
    Some((Token::Quoted { text: String::from_utf8(bytes).ok()?, mark: '\'' }, digits.len() + 3))
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || "_.-+/:%@".contains(c)
}

/// What stands between marks. As MLflow reads it: a doubled mark and one behind a backslash belong to the text,
/// and both characters stay in it.
fn quoted(rest: &str, mark: char) -> Option<(Token, usize)> {
    let inside = &rest[1..];
    let mut chars = inside.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '\\' if mark != '`' && next == Some(mark) => drop(chars.next()),
            _ if c == mark && mark != '`' && next == Some(mark) => drop(chars.next()),
            _ if c == mark => return Some((Token::Quoted { text: inside[..at].to_owned(), mark }, at + 2)),
            _ => {}
        }
    }
    None
}
