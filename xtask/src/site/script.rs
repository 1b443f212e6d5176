//! JavaScript as tokens: enough of it to shorten a script without reading what it means.
//! In: a script. Out: its tokens, and the text of tokens without comments and needless white space.
//! Never: a change of meaning: an end of line that could end a statement stays.

use std::borrow::Cow;

/// What stood between a token and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Nothing.
    None,
    /// Spaces or a comment on one line.
    Space,
    /// An end of line, which can end a statement.
    Line,
}

/// A word, a text in quotes, a regular expression or a single sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// What stood before it.
    pub gap: Gap,
    /// Itself.
    pub text: Cow<'a, str>,
}

impl<'a> Token<'a> {
    /// A token right after another.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { gap: Gap::None, text: text.into() }
    }

    /// Whether it is a name, a keyword or a number.
    pub fn is_word(&self) -> bool {
        self.text.starts_with(is_word_char)
    }

    fn is_sign(&self) -> bool {
        self.text.len() == 1 && !self.is_word()
    }
}

/// The tokens of a script.
pub fn tokens(script: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut gap = Gap::None;
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_whitespace() {
            gap = gap.max(if first == '\n' { Gap::Line } else { Gap::Space });
            first.len_utf8()
        } else if rest.starts_with("//") {
            gap = gap.max(Gap::Space);
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
            gap = gap.max(if rest[..length].contains('\n') { Gap::Line } else { Gap::Space });
            length
        } else {
            let length = length_of_token(rest, first, tokens.last());
            tokens.push(Token { gap, text: Cow::Borrowed(&rest[..length]) });
            gap = Gap::None;
            length
        };
        rest = &rest[length..];
    }
    tokens
}

/// The tokens as a script again.
pub fn text<'a>(tokens: impl IntoIterator<Item = &'a Token<'a>>) -> String {
    let mut text = String::new();
    let mut before: Option<&Token> = None;
    for token in tokens {
        text.push_str(before.map_or("", |before| between(before, token)));
        text.push_str(&token.text);
        before = Some(token);
    }
    text
}

/// A script without comments and needless white space.
pub fn shortened(script: &str) -> String {
    text(&tokens(script))
}

/// What has to stand between two tokens.
fn between(before: &Token, token: &Token) -> &'static str {
    let opens = |token: &Token| matches!(token.text.as_ref(), "{" | "(" | "[" | "," | ";");
    let closes = |token: &Token| matches!(token.text.as_ref(), "}" | ")" | "]" | "," | ";");
    let is_bracket = |token: &Token| opens(token) || closes(token);
    match token.gap {
        Gap::Line if opens(before) || closes(token) => "",
        Gap::Line => "\n",
        Gap::Space if before.is_word() && token.is_word() => " ",
        // `a + +b` is not `a ++b`.
        Gap::Space if before.is_sign() && token.is_sign() && !is_bracket(before) && !is_bracket(token) => " ",
        Gap::Space | Gap::None => "",
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn length_of_token(rest: &str, first: char, before: Option<&Token>) -> usize {
    match first {
        '"' | '\'' => end_of_quote(rest, first),
        '`' => end_of_template(rest),
        '/' if is_value_expected(before) => end_of_pattern(rest),
        c if is_word_char(c) => rest.find(|c| !is_word_char(c)).unwrap_or(rest.len()),
        c => c.len_utf8(),
    }
}

/// Whether a slash after this token begins a regular expression; else it divides.
fn is_value_expected(before: Option<&Token>) -> bool {
    before
        .is_none_or(|token| token.text == "return" || token.is_sign() && !")]}".contains(token.text.as_ref()))
}

/// Where a text ends that begins with `quote`.
fn end_of_quote(rest: &str, quote: char) -> usize {
    end_after(rest, |c, _| c == quote)
}

/// Where a regular expression with its flags ends; a slash in a class of characters does not end it.
fn end_of_pattern(rest: &str) -> usize {
    let mut is_in_class = false;
    let end = end_after(rest, |c, _| {
        is_in_class = c == '[' || is_in_class && c != ']';
        c == '/' && !is_in_class
    });
    rest[end..].find(|c| !is_word_char(c)).map_or(rest.len(), |flags| end + flags)
}

/// Where a template ends; what it holds between `${` and `}` may hold templates.
fn end_of_template(rest: &str) -> usize {
    let mut inner_end = 0;
    end_after(rest, |c, at| {
        if at >= inner_end && rest[at..].starts_with("${") {
            inner_end = at + end_of_braces(&rest[at + 1..]);
        }
        at > inner_end && c == '`'
    })
}

/// Where the brace is that closes the first one.
fn end_of_braces(rest: &str) -> usize {
    let mut depth = 0;
    let mut end = 0;
    for token in tokens(rest) {
        // Every token borrows from `rest`, so its place is known.
        end = token.text.as_ptr() as usize - rest.as_ptr() as usize + token.text.len();
        match token.text.as_ref() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    end
}

/// The place after the first character, not the very first and not after a backslash, that ends something.
fn end_after(rest: &str, mut is_end: impl FnMut(char, usize) -> bool) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if is_escaped || c == '\\' {
            is_escaped = !is_escaped;
        } else if is_end(c, at) {
            return at + c.len_utf8();
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: &str) {
        assert_eq!(shortened(script), expected);
        assert_eq!(shortened(expected), expected, "what is short stays");
    }

    #[test]
    fn comments_and_white_space_go() {
        check("// one\nlet a = 1; /* two */ let b = a / 2; // three", "let a=1;let b=a/2;");
        check(
            "/**\n * A list.\n */\nfunction f(a, b) {\n    return a[ 0 ] === b;\n}\n",
            "function f(a,b){return a[0]===b;}",
        );
        check("if (typeof a === 'b') { c(); } else { throw d; }", "if(typeof a==='b'){c();}else{throw d;}");
    }

    #[test]
    fn an_end_of_line_that_may_end_a_statement_stays() {
        check("let a = b\nlet c = d\n", "let a=b\nlet c=d");
        check("a = function() {\n}\nb()", "a=function(){}\nb()");
        check("return /* a\n b */ c", "return\nc");
        check("a\n++b", "a\n++b");
    }

    #[test]
    fn signs_do_not_grow_together() {
        check("a + +b", "a+ +b");
        check("a - -b - c--", "a- -b-c--");
        check("a && !b", "a&& !b");
        check("() => ({ a })", "()=>({a})");
    }

    #[test]
    fn texts_and_patterns_are_left_as_they_are() {
        check("a( ' // it\\'s ' )", "a(' // it\\'s ')");
        check("a = \"/* b */\" ;", "a=\"/* b */\";");
        check("`a  ${ b(`} ` + { c: 1 }) }  d` ;", "`a  ${ b(`} ` + { c: 1 }) }  d`;");
        check("a.replace( /[/ ] \\/ +$/g , b / c )", "a.replace(/[/ ] \\/ +$/g,b/c)");
    }
}
