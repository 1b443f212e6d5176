//! A note in Markdown in, its blocks and spans out: headings, paragraphs, lists, quotes, code, emphasis, links.
//!
//! Never: HTML. What looks like it is text, and a link leads to the web or nowhere.

/// Most blocks that are read; what follows is left out.
const MAX_BLOCKS: usize = 2_000;

/// A block of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading; 1 is the greatest.
    Heading(u8, Vec<Span>),
    /// Lines of text.
    Paragraph(Vec<Span>),
    /// Items, numbered or not.
    List(bool, Vec<Vec<Span>>),
    /// Somebody else's words.
    Quote(Vec<Span>),
    /// Text as it stands.
    Code(String),
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// As it stands.
    Text(String),
    /// Strong.
    Strong(String),
    /// Emphasised.
    Emphasis(String),
    /// Code.
    Code(String),
    /// Words, and where they lead.
    Link(String, String),
}

/// The blocks of a note.
pub fn blocks(note: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = note.lines().peekable();
    while let Some(line) = lines.next() {
        if blocks.len() == MAX_BLOCKS {
            break;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        if trimmed.starts_with("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
            continue;
        }
        if let Some((level, words)) = heading(trimmed) {
            blocks.push(Block::Heading(level, spans(words)));
            continue;
        }
        match kind(trimmed) {
            Kind::Item(is_numbered, first) => {
                let mut items = vec![spans(first)];
                while let Some(Kind::Item(also, next)) = lines.peek().map(|line| kind(line.trim()))
                    && also == is_numbered
                {
                    items.push(spans(next));
                    lines.next();
                }
                blocks.push(Block::List(is_numbered, items));
            }
            Kind::Quoted(first) => {
                let mut words = vec![first];
                while let Some(Kind::Quoted(next)) = lines.peek().map(|line| kind(line.trim())) {
                    words.push(next);
                    lines.next();
                }
                blocks.push(Block::Quote(spans(&words.join(" "))));
            }
            Kind::Words => {
                let mut words = vec![trimmed];
                while let Some(next) = lines.peek().map(|line| line.trim())
                    && is_plain(next)
                {
                    words.push(next);
                    lines.next();
                }
                blocks.push(Block::Paragraph(spans(&words.join(" "))));
            }
        }
    }
    blocks
}

enum Kind<'a> {
    Item(bool, &'a str),
    Quoted(&'a str),
    Words,
}

fn kind(line: &str) -> Kind<'_> {
    if let Some(words) = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark)) {
        return Kind::Item(false, words);
    }
    if let Some(words) = line.strip_prefix('>') {
        return Kind::Quoted(words.trim_start());
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match line[digits..].strip_prefix(". ") {
        Some(words) if digits > 0 => Kind::Item(true, words),
        _ => Kind::Words,
    }
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    ((1..=6).contains(&level) && words.starts_with(' ')).then(|| (level as u8, words.trim()))
}

/// Whether a line goes on with a paragraph.
fn is_plain(line: &str) -> bool {
    !line.is_empty()
        && !line.starts_with("```")
        && heading(line).is_none()
        && matches!(kind(line), Kind::Words)
}

/// The pieces of a line.
fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut text = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if let Some((span, after)) = marked(rest) {
            if !text.is_empty() {
                spans.push(Span::Text(std::mem::take(&mut text)));
            }
            spans.push(span);
            rest = after;
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if !text.is_empty() {
        spans.push(Span::Text(text));
    }
    spans
}

/// A marked piece at the beginning of `rest`, and what follows it.
fn marked(rest: &str) -> Option<(Span, &str)> {
    let between = |mark: &str| {
        let (inner, after) = rest.strip_prefix(mark)?.split_once(mark)?;
        (!inner.trim().is_empty()).then(|| (inner.to_owned(), after))
    };
    if let Some((inner, after)) = between("`") {
        return Some((Span::Code(inner), after));
    }
    if let Some((inner, after)) = between("**").or_else(|| between("__")) {
        return Some((Span::Strong(inner), after));
    }
    // An asterisk beside a blank is one, and an underscore within a name is one.
    if let Some((inner, after)) = between("*")
        && !inner.starts_with(' ')
        && !inner.ends_with(' ')
    {
        return Some((Span::Emphasis(inner), after));
    }
    let (words, after) = rest.strip_prefix('[')?.split_once("](")?;
    let (address, after) = after.split_once(')')?;
    let is_safe = ["https://", "http://", "mailto:"].iter().any(|safe| address.starts_with(safe));
    let is_one = !words.contains('[') && !address.contains(char::is_whitespace);
    (is_safe && is_one).then(|| (Span::Link(words.to_owned(), address.to_owned()), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Span {
        Span::Text(text.into())
    }

    #[track_caller]
    fn check(line: &str, expected: &[Span]) {
        assert_eq!(spans(line), expected, "{line}");
    }

    #[test]
    fn lines_are_cut_at_their_marks() {
        check("plain", &[text("plain")]);
        check("a **b** c", &[text("a "), Span::Strong("b".into()), text(" c")]);
        check("*b* and 2 * 3 * 4", &[Span::Emphasis("b".into()), text(" and 2 * 3 * 4")]);
        check("`a*b*`", &[Span::Code("a*b*".into())]);
        check("snake_case_name", &[text("snake_case_name")]);
        check("open ** mark", &[text("open ** mark")]);
    }

    #[test]
    fn links_lead_to_the_web_or_nowhere() {
        let link = |to: &str| Span::Link("here".into(), to.into());
        check("[here](https://example.org)", &[link("https://example.org")]);
        check("[here](javascript:alert(1))", &[text("[here](javascript:alert(1))")]);
        check("[here](/runs)", &[text("[here](/runs)")]);
        check("<b>no</b>", &[text("<b>no</b>")]);
    }

    #[test]
    fn blocks_are_told_apart() {
        let note = "# Why\nIt was\nbest.\n\n- one\n- two\n1. first\n> said\n> so\n```\na < b\n```\n";
        assert_eq!(
            blocks(note),
            [
                Block::Heading(1, vec![text("Why")]),
                Block::Paragraph(vec![text("It was best.")]),
                Block::List(false, vec![vec![text("one")], vec![text("two")]]),
                Block::List(true, vec![vec![text("first")]]),
                Block::Quote(vec![text("said so")]),
                Block::Code("a < b".into()),
            ]
        );
        assert_eq!(blocks("#tag"), [Block::Paragraph(vec![text("#tag")])]);
        assert_eq!(blocks("```\nopen"), [Block::Code("open".into())]);
    }

    #[test]
    fn every_short_text_of_marks_has_blocks() {
        const MARKS: [&str; 10] = ["*", "`", "_", "[", "](", ")", "#", "- ", "ä", "\n"];
        for number in 0..10_usize.pow(4) {
            let mark = |place: u32| MARKS[number / 10_usize.pow(place) % 10];
            blocks(&(0..4).map(mark).collect::<String>());
        }
    }
}
