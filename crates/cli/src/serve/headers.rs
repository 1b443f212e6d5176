//! `_headers`, as static hosts read it: which headers each path of a site is sent with. In: the file. Out: headers by
//! path, the site's own path, its policy. Never: a policy of our own beside that of the page.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The rules of a site.
#[derive(Debug, Default)]
pub struct HeaderRules {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// A path, or the beginning of many where it ends with `*`.
    pattern: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl HeaderRules {
    /// Reads the file: a pattern on a line of its own, its headers on indented lines below.
    ///
    /// # Errors
    /// At the first line that is neither, by its number from 1.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut rules: Vec<Rule> = Vec::new();
        for (number, line) in (1_usize..).zip(text.lines()) {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            if !line.starts_with([' ', '\t']) {
                rules.push(Rule { pattern: content.to_owned(), headers: Vec::new() });
                continue;
            }
            let header = content.split_once(':').and_then(|(name, value)| {
                let name = HeaderName::try_from(name.trim()).ok()?;
                Some((name, HeaderValue::try_from(value.trim()).ok()?))
            });
            rules.last_mut().ok_or(number)?.headers.push(header.ok_or(number)?);
        }
        Ok(Self { rules })
    }

    /// The path that all of the site lies under, from its first rule of many paths: `/` or `/reviewlab/`.
    pub fn base(&self) -> Option<&str> {
        self.rules.iter().find_map(|rule| rule.pattern.strip_suffix('*')).filter(|base| base.ends_with('/'))
    }

    /// The headers of a path.
    pub fn of(&self, path: &str) -> HeaderMap {
        let is_meant = |rule: &&Rule| match rule.pattern.strip_suffix('*') {
            Some(beginning) => path.starts_with(beginning),
            None => path == rule.pattern,
        };
        let meant = self.rules.iter().filter(is_meant).flat_map(|rule| rule.headers.iter().cloned());
        let mut headers = HeaderMap::new();
        for (name, value) in meant {
            headers.insert(name, value);
        }
        headers
    }
}

/// The page's own policy, from its `<meta http-equiv="Content-Security-Policy">`, on one line.
pub fn policy_of(html: &str) -> Option<String> {
    const NAME: &str = "http-equiv=\"Content-Security-Policy\"";
    let from = html.find(NAME)?;
    let tag = &html[html[..from].rfind('<')?..];
    let tag = &tag[..tag.find('>')?];
    let (_, rest) = tag.split_once("content=\"")?;
    let (policy, _) = rest.split_once('"')?;
    Some(policy.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_as_hosts_read_them() {
        let text = "/lab/*\n  Content-Security-Policy: default-src 'none'\n  X-Content-Type-Options: nosniff\n\n/lab/a.js\n  Cache-Control: immutable\n";
        let rules = HeaderRules::parse(text).expect("it is right");
        assert_eq!(rules.base(), Some("/lab/"));
        let names =
            |path: &str| rules.of(path).keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(names("/lab/b.js"), ["content-security-policy", "x-content-type-options"]);
        assert_eq!(
            names("/lab/a.js"),
            ["content-security-policy", "x-content-type-options", "cache-control"]
        );
        assert_eq!(names("/other"), [""; 0]);
        assert_eq!(HeaderRules::parse("  A: b").err(), Some(1));
        assert_eq!(HeaderRules::parse("/*\n  no header").err(), Some(2));
        assert_eq!(HeaderRules::parse("/a\n  A: b\n").expect("right").base(), None);
    }

    #[test]
    fn the_policy_is_the_page_s() {
        let html = include_str!("../../../../index.html");
        let policy = policy_of(html).expect("the page has one");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert_eq!(policy_of("<meta charset=\"utf-8\">"), None);
    }
}
