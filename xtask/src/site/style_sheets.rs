//! One style sheet instead of one a topic: a request less for each, and gzip finds in one what stands in another.
//! In: the first page, and the sheets it links. Out: the page with one link, and the one sheet.
//! Never: a rule that comes before one it came after, or a change inside a text in quotes.

use super::page;

/// The addresses of a page's style sheets, in order.
pub fn linked(html: &str) -> Vec<String> {
    let is_sheet = |tag: &page::Tag| tag.name == "link" && tag.attribute("rel") == Some("stylesheet");
    let address = |tag: page::Tag| tag.attribute("href").map(str::to_owned);
    page::tags(html).into_iter().filter(is_sheet).filter_map(address).collect()
}

/// The page with a link to `one` in the place of its first style sheet, and no other.
pub fn with_one(html: &str, one: &str) -> String {
    let mut lines = Vec::new();
    let mut is_linked = false;
    for line in html.lines() {
        if linked(line).is_empty() {
            lines.push(line.to_owned());
        } else if !is_linked {
            lines.push(format!("    <link rel=\"stylesheet\" href=\"{one}\"/>"));
            is_linked = true;
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// A sheet without comments and needless white space.
pub fn shortened(sheet: &str) -> String {
    let mut text = String::with_capacity(sheet.len());
    let mut rest = sheet;
    let mut is_apart = false;
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
            is_apart = true;
            continue;
        }
        let length = if matches!(c, '"' | '\'') { end_of_quote(rest, c) } else { c.len_utf8() };
        if c.is_whitespace() {
            is_apart = true;
        } else {
            if std::mem::take(&mut is_apart)
                && !text.is_empty()
                && !text.ends_with(TAKES_NO_SPACE_AFTER)
                && !"{};,".contains(c)
            {
                text.push(' ');
            }
            if c == '}' && text.ends_with(';') {
                text.pop();
            }
            text.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    text
}

/// A space after `:` counts in no declaration, and no selector here has one.
const TAKES_NO_SPACE_AFTER: [char; 5] = ['{', '}', ';', ',', ':'];

fn end_of_quote(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if is_escaped || c == '\\' {
            is_escaped = !is_escaped;
        } else if c == quote {
            return at + 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sheet: &str, expected: &str) {
        assert_eq!(shortened(sheet), expected);
        assert_eq!(shortened(expected), expected, "what is short stays");
    }

    #[test]
    fn a_sheet_loses_what_a_browser_passes_over() {
        check(
            "/* a */\n\n.a > .b,\n.c {\n  margin: 0 auto;\n  color: var(--ink);\n}\n",
            ".a > .b,.c{margin:0 auto;color:var(--ink)}",
        );
        check("@media (min-width: 40rem) {\n  a { b: c; }\n}\n", "@media (min-width:40rem){a{b:c}}");
    }

    #[test]
    fn a_space_that_counts_stays() {
        check(".a .b :focus { c: calc(1px + (2px - 3px)) }", ".a .b :focus{c:calc(1px + (2px - 3px))}");
        check("a { b: 1px -2px; c: light-dark(#fff, #000) }", "a{b:1px -2px;c:light-dark(#fff,#000)}");
        check("a::before { content: \" ; /* \\\" \"; }", "a::before{content:\" ; /* \\\" \"}");
        check("a/**/b{}", "a b{}");
    }

    #[test]
    fn a_page_links_one_sheet_where_the_first_stood() {
        let html = "<head>\n<link rel=\"stylesheet\" href=\"/a.css\"/>\n<link rel=\"icon\" href=\"i.svg\">\n\
                    <link rel=\"stylesheet\" href=\"/b.css\"/>\n</head>";
        assert_eq!(linked(html), ["/a.css", "/b.css"]);
        let one = with_one(html, "/c.css");
        assert_eq!(
            one,
            "<head>\n    <link rel=\"stylesheet\" href=\"/c.css\"/>\n<link rel=\"icon\" href=\"i.svg\">\n</head>\n"
        );
    }
}
