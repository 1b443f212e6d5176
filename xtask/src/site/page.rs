//! What a built first page may hold.
//! In: HTML. Out: its tags, its policy, and what in it would break that policy.
//! Never: a full HTML parser: it reads tags and attributes, which is what a policy is about.

/// An element's start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Lower case.
    pub name: String,
    /// Names in lower case, values without quotes and with `&quot;`, `&#39;` and `&amp;` resolved.
    pub attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Every start tag of a page, in order; comments, end tags and the text of scripts are passed over.
pub fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end = end_of_tag(rest);
        let tag = tag(&rest[..end]);
        rest = &rest[end..];
        if matches!(tag.name.as_str(), "script" | "style") {
            let closing = format!("</{}", tag.name);
            rest = rest.find(&closing).map_or("", |at| &rest[at..]);
        }
        tags.push(tag);
    }
    tags
}

/// The page's policy, from `<meta http-equiv="Content-Security-Policy">`, on one line.
pub fn content_security_policy(html: &str) -> Option<String> {
    let tags = tags(html);
    let is_policy = |tag: &&Tag| {
        tag.attribute("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("content-security-policy"))
    };
    let policy = tags.iter().find(is_policy)?.attribute("content")?;
    Some(policy.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What in a page a policy without `unsafe-inline` and without other origins refuses, one sentence each.
pub fn problems(html: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for tag in tags(html) {
        let name = tag.name.as_str();
        match name {
            "script" if tag.attribute("src").is_none() => problems.push("an inline <script>".to_owned()),
            "style" => problems.push("an inline <style>".to_owned()),
            _ => {}
        }
        for (key, value) in &tag.attributes {
            if key == "style" || (key.starts_with("on") && name != "meta") {
                problems.push(format!("<{name} {key}=…>, an inline style or handler"));
            }
            let is_address = matches!(key.as_str(), "src" | "href" | "action") || key.starts_with("data-");
            if is_address && name != "a" && (value.contains("://") || value.starts_with("//")) {
                problems.push(format!("<{name} {key}=\"{value}\">, another origin"));
            }
        }
    }
    problems
}

/// Where the tag's `>` is, outside quotes; the end of the text if there is none.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn tag(text: &str) -> Tag {
    let text = text.trim_end_matches('/');
    let (name, mut rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Tag { name: name.to_ascii_lowercase(), attributes };
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_ascii_lowercase();
        let (value, after) = match rest[end..].trim_start().strip_prefix('=') {
            Some(value) => value_of(value.trim_start()),
            None => ("", &rest[end..]),
        };
        rest = after;
        attributes.push((key, unescape(value)));
    }
}

/// An attribute's value and what follows it.
fn value_of(text: &str) -> (&str, &str) {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        _ => text.split_once(char::is_whitespace).unwrap_or((text, "")),
    }
}

fn unescape(value: &str) -> String {
    value.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[&str]) {
        assert_eq!(problems(html), expected);
    }

    #[test]
    fn a_page_of_files_has_no_problems() {
        check(
            "<!doctype html><html lang=en><!-- <style> --><head><link rel=\"icon\" href='/i.svg'/>\
             <script type=\"module\" src=\"/start.js\" data-js=\"/a.js\"></script></head><body>1 < 2 <p class=a>x</p></body>",
            &[],
        );
    }

    #[test]
    fn inline_code_and_other_origins_are_named() {
        check("<script>let a = '<p style=1>'</script>", &["an inline <script>"]);
        check("<style>p { }</style>", &["an inline <style>"]);
        check("<p STYLE=\"color: red\">", &["<p style=…>, an inline style or handler"]);
        check("<body onload=go()>", &["<body onload=…>, an inline style or handler"]);
        check("<img src='//a.example/x.png'>", &["<img src=\"//a.example/x.png\">, another origin"]);
        check("<a href='https://a.example/'>a link is no request</a>", &[]);
    }

    #[test]
    fn the_policy_is_read_on_one_line() {
        let html = "<meta charset=utf-8><meta http-equiv=\"content-security-policy\" content=\"default-src 'self';\n  a > b\">";
        assert_eq!(content_security_policy(html).as_deref(), Some("default-src 'self'; a > b"));
        assert_eq!(content_security_policy("<meta charset=utf-8>"), None);
    }
}
