//! Which page is shown: the address's path against a table of routes.
//!
//! Ours, because `leptos_router` with nested and lazy routes, of which this app has none, weighs more than all pages'
//! markup together.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::services::address;

/// Begins the part of a pattern that stands for any one part of a path.
const PARAMETER: char = ':';

/// A page and the paths it answers to: `/runs/:id`.
pub struct Route {
    /// The paths.
    pub pattern: &'static str,
    /// Draws the page.
    pub page: fn() -> View,
}

/// Where the app is. `Copy`; from context by `use_router`.
#[derive(Clone, Copy)]
pub struct Router {
    path: State<String>,
    query: State<String>,
}

impl Router {
    /// The path below the site's base, such as `/runs/abc`; followed.
    pub fn path(self) -> String {
        self.path.get()
    }

    /// The same, not followed.
    pub fn path_untracked(self) -> String {
        self.path.get_untracked()
    }

    /// The last part of the path, which a pattern's parameter stands for; followed.
    pub fn last_part(self) -> String {
        self.path.with(|path| address::decoded(path.rsplit('/').next().unwrap_or_default()))
    }

    /// The part of the path at a place, from 0: 1 is `reviews` in `/models/reviews/3`; followed.
    pub fn part(self, place: usize) -> String {
        self.path.with(|path| {
            let mut parts = path.split('/').skip(1);
            parts.nth(place).map(address::decoded).unwrap_or_default()
        })
    }

    /// Whether the path is `route`, or lies below it; followed.
    pub fn is_at(self, route: &str) -> bool {
        self.path.with(|path| lies_at(path, route))
    }

    /// What the address says of `name`, as `labels` in `/data?show=labels`; followed.
    pub fn asked(self, name: &str) -> Option<String> {
        self.query.with(|query| value_in(query, name).map(address::decoded))
    }

    /// Lets the address say `value` of `name`, on the same page: a step that `Back` takes back.
    pub fn ask(self, name: &str, value: &str) {
        let query = self.query.with_untracked(|query| with_value(query, name, &address::encoded(value)));
        address::push(&address::of_path(&format!("{}{query}", self.path_untracked())));
        self.query.set(query);
    }

    /// Lets the address say each value of its name, and nothing of a name without one: no step, for what is typed.
    pub fn amend(self, values: &[(&str, Option<String>)]) {
        let mut query = self.query.get_untracked();
        for (name, value) in values {
            query = match value {
                Some(value) => with_value(&query, name, &address::encoded(value)),
                None => without(&query, name),
            };
        }
        address::replace(&address::of_path(&format!("{}{query}", self.path_untracked())));
        self.query.set_if_new(query);
    }

    /// Goes to a page, such as `/runs`.
    pub fn go(self, route: &str) {
        self.follow(&address::of_path(route));
    }

    fn follow(self, address: &str) {
        address::push(address);
        self.arrive();
        // Once the page is drawn: what the hash names may be on it.
        spawn_local(async { address::scroll() });
    }

    fn arrive(self) {
        self.query.set_if_new(address::query());
        self.path.set(address::path());
    }
}

/// Follows the address bar from now on; call once, above all pages.
pub fn provide_router() {
    let router = Router { path: State::new(address::path()), query: State::new(address::query()) };
    address::on_step(move || router.arrive());
    address::on_link(move |address| router.follow(&address));
    provide_context(router);
}

/// Where the app is.
pub fn use_router() -> Router {
    use_context().expect("`App` provides the router above every page")
}

/// The page of the first route that the path answers to. A page stays while its route does.
#[component]
pub fn Routes(
    /// All pages.
    routes: &'static [Route],
    /// Shown where there is no such page.
    not_found: fn() -> View,
) -> View {
    let router = use_router();
    let place = Derived::new(move || {
        router.path.with(|path| routes.iter().position(|route| answers(route.pattern, path)))
    });
    View::live(move || {
        let page = place.get().map_or(not_found, |place| routes[place].page);
        untrack(page)
    })
}

/// The pairs of a query, `?a=b&c=d`.
fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = query.trim_start_matches('?').split('&').filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('=').unwrap_or((part, "")))
}

fn value_in<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    pairs(query).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The query with `value` for `name`, all else as it was.
fn with_value(query: &str, name: &str, value: &str) -> String {
    let others = pairs(query).filter(|(known, _)| *known != name);
    let all: Vec<String> =
        others.chain([(name, value)]).map(|(name, value)| format!("{name}={value}")).collect();
    format!("?{}", all.join("&"))
}

/// The query without `name`, all else as it was; empty where nothing is left.
fn without(query: &str, name: &str) -> String {
    let others: Vec<String> = pairs(query)
        .filter(|(known, _)| *known != name)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) }
}

fn lies_at(path: &str, route: &str) -> bool {
    match path.strip_prefix(route) {
        Some(below) => below.is_empty() || (route != "/" && below.starts_with('/')),
        None => false,
    }
}

fn answers(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) => {
                let is_parameter = wanted.starts_with(PARAMETER) && !given.is_empty();
                if !is_parameter && wanted != given {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(answers(pattern, path), expected, "{pattern} {path}");
    }

    #[test]
    fn a_path_answers_to_its_pattern_alone() {
        check("/", "/", true);
        check("/runs", "/runs", true);
        check("/runs", "/run", false);
        check("/runs", "/runs/a", false);
        check("/runs/:id", "/runs/a", true);
        check("/runs/:id", "/runs", false);
        check("/runs/:id", "/runs/", false);
        check("/runs/:id", "/runs/a/b", false);
        check("/", "/runs", false);
    }

    #[test]
    fn a_query_says_one_thing_of_a_name() {
        for (query, name, expected) in [
            ("?show=check", "show", Some("check")),
            ("?a=1&show=rows&b", "show", Some("rows")),
            ("?a=1&b", "b", Some("")),
            ("?shown=rows", "show", None),
            ("", "show", None),
        ] {
            assert_eq!(value_in(query, name), expected, "{query} {name}");
        }
    }

    #[test]
    fn another_value_leaves_the_others_as_they_are() {
        for (query, expected) in [
            ("", "?show=rows"),
            ("?show=check", "?show=rows"),
            ("?show=check&page=3", "?page=3&show=rows"),
            ("?a=b%20c", "?a=b%20c&show=rows"),
        ] {
            assert_eq!(with_value(query, "show", "rows"), expected, "{query}");
        }
    }

    #[test]
    fn a_name_without_value_leaves_the_query() {
        for (query, expected) in [("", ""), ("?show=a", ""), ("?show=a&b=c", "?b=c"), ("?b=c", "?b=c")] {
            assert_eq!(without(query, "show"), expected, "{query}");
        }
    }

    #[test]
    fn a_page_lies_below_its_list() {
        for (path, route, expected) in [
            ("/runs", "/runs", true),
            ("/runs/a", "/runs", true),
            ("/runsa", "/runs", false),
            ("/", "/", true),
            ("/runs", "/", false),
        ] {
            assert_eq!(lies_at(path, route), expected, "{path} {route}");
        }
    }
}
