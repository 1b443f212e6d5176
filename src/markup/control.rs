//! Views that come and go: shown or not, and rows by their keys.

use leptos::prelude::{Owner, component};

use super::{ChildrenFn, Part, Row, View};
use crate::reactive::Derived;

/// Its children while `when` holds, the fallback otherwise.
#[component]
pub fn Show<W>(
    /// Whether to show the children.
    when: W,
    /// Shown otherwise.
    #[prop(optional)]
    fallback: Option<fn() -> View>,
    /// Shown while it holds.
    children: ChildrenFn,
) -> View
where
    W: Fn() -> bool + 'static,
{
    shown(Box::new(when), fallback, children)
}

fn shown(when: Box<dyn Fn() -> bool>, fallback: Option<fn() -> View>, mut children: ChildrenFn) -> View {
    let when = Derived::new(when);
    View::live(move || match (when.get(), fallback) {
        (true, _) => children.act(()),
        (false, Some(fallback)) => fallback(),
        (false, None) => View::nothing(),
    })
}

/// A row for each item; a row stays as it is for as long as its key is there.
#[component]
pub fn For<I, E, K, C>(
    /// The items.
    mut each: E,
    /// Tells an item from the others.
    key: K,
    /// Draws an item.
    children: C,
) -> View
where
    E: FnMut() -> Vec<I> + 'static,
    K: Fn(&I) -> String + 'static,
    C: Fn(I) -> View + Clone + 'static,
    I: 'static,
{
    let parent = Owner::current().unwrap_or_default();
    View::live(move || {
        let row = |item: I| {
            let (parent, children) = (parent.clone(), children.clone());
            let key = key(&item);
            Row {
                key,
                draw: Box::new(move || {
                    let owner = parent.with(Owner::new);
                    let view = owner.with(|| children(item));
                    (owner, view)
                }),
            }
        };
        Part::Rows(each().into_iter().map(row).collect())
    })
}
