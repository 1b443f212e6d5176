//! What HTML says of its elements.
//! In: names of elements and texts. Out: whether they hold anything, belong to SVG, or cannot stand in each other;
//! texts as HTML.
//! Never: a list of all elements: an unknown one is as good as any.

/// Elements that hold nothing and are not closed.
const VOID: &[&str] = &["br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"];
/// Elements of SVG that begin a view of their own, to be put into an `<svg>`.
const SVG_PARTS: &[&str] = &[
    "circle", "defs", "ellipse", "g", "line", "path", "polygon", "polyline", "rect", "text", "tspan", "use",
];
/// Elements that end a paragraph where they begin.
const END_A_PARAGRAPH: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];
/// What a table holds, and nothing else.
const TABLE_PARTS: &[&str] = &["caption", "colgroup", "tbody", "tfoot", "thead"];

/// Whether the element holds nothing.
pub fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

/// Whether the element, alone, needs an `<svg>` around it to be read.
pub fn is_svg_part(name: &str) -> bool {
    SVG_PARTS.contains(&name)
}

/// Why a browser that reads HTML would not leave `child` in `parent`; `None` where it would.
pub fn misplaced(parent: &str, child: &str) -> Option<String> {
    let ends_it = parent == "p" && END_A_PARAGRAPH.contains(&child);
    let leaves_it = parent == "table" && !TABLE_PARTS.contains(&child);
    let same = parent == child && ["a", "button", "form", "li", "option", "td", "th", "tr"].contains(&child);
    (ends_it || leaves_it || same).then(|| format!("a browser does not leave a <{child}> in a <{parent}>"))
}

/// A text as HTML, also within double quotes.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_misplaced(parent: &str, child: &str, expected: bool) {
        assert_eq!(misplaced(parent, child).is_some(), expected, "<{parent}><{child}>");
    }

    #[test]
    fn what_a_browser_would_move_is_known() {
        check_misplaced("p", "div", true);
        check_misplaced("p", "span", false);
        check_misplaced("table", "tr", true);
        check_misplaced("table", "tbody", false);
        check_misplaced("li", "li", true);
        check_misplaced("div", "div", false);
    }

    #[test]
    fn texts_stay_texts() {
        assert_eq!(escaped("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
        assert_eq!(escaped("… –"), "… –");
    }
}
