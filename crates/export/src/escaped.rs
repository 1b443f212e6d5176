//! Anybody's text in, the same text as it stands in HTML or Markdown out. Never: a character that either would take for
//! markup, or one that nobody sees and that turns the direction of what follows.

/// What Markdown takes for markup wherever it stands.
const OF_MARKDOWN: [char; 11] = ['\\', '`', '*', '_', '[', ']', '|', '~', '$', '#', '@'];
/// What Markdown takes for markup at the beginning of a line.
const AT_BEGINNING: [char; 3] = ['-', '+', '='];

/// Whether a character is written at all. Line breaks and control characters become spaces before this is asked.
fn is_shown(c: char) -> bool {
    !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

fn on_one_line(text: &str) -> impl Iterator<Item = char> + '_ {
    let spaced = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    text.chars().map(spaced).filter(|c| is_shown(*c))
}

/// A text as it stands between tags and within quotes of an attribute.
pub(crate) fn escaped_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in on_one_line(text) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A text as it stands on a line or in a table's cell of Markdown.
pub(crate) fn escaped_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_number_so_far = true;
    let mut rest = on_one_line(text.trim()).peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => {
                let next = rest.peek().copied().unwrap_or(' ');
                // `1. ` begins a list, `https://` and `www.` a link of GitHub's.
                let begins = out.is_empty() && AT_BEGINNING.contains(&c);
                let numbers = !out.is_empty() && is_number_so_far && matches!(c, '.' | ')') && next == ' ';
                let links = (c == ':' && next == '/') || (c == '.' && ends_with_www(&out));
                if begins || numbers || links || OF_MARKDOWN.contains(&c) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        is_number_so_far &= c.is_ascii_digit();
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    let last = text.len().checked_sub(3).and_then(|from| text.get(from..));
    last.is_some_and(|last| last.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_holds_any_text() {
        for (text, expected) in [
            ("a < b & \"c\" 'd' >", "a &lt; b &amp; &quot;c&quot; &#39;d&#39; &gt;"),
            ("<script>\n\0</script>", "&lt;script&gt;  &lt;/script&gt;"),
            ("a\u{202e}b\u{2066}c\u{2069}", "abc"),
            ("schön 😀", "schön 😀"),
        ] {
            assert_eq!(escaped_html(text), expected);
        }
    }

    #[test]
    fn markdown_holds_any_text() {
        for (text, expected) in [
            ("plain text, 0.84.", "plain text, 0.84."),
            ("a|b *c* _d_ `e`", "a\\|b \\*c\\* \\_d\\_ \\`e\\`"),
            ("[x](javascript:1)", "\\[x\\](javascript:1)"),
            ("<img src=x>", "&lt;img src=x&gt;"),
            ("- a\n- b", "\\- a - b"),
            ("1. first", "1\\. first"),
            ("12) last", "12\\) last"),
            ("1.5", "1.5"),
            ("see https://a.b or WWW.a.b, me@c.d", "see https\\://a.b or WWW\\.a.b, me\\@c.d"),
            ("\\# no head", "\\\\\\# no head"),
            ("== == ", "\\== =="),
        ] {
            assert_eq!(escaped_markdown(text), expected);
        }
    }
}
