//! The head of every page: heading, a few words, and what to do next in the top right corner.

use leptos::prelude::*;
use markup::view;

use crate::markup::{Children, ElementRef, View};
use crate::reactive::{Derived, Held, follow};
use crate::router::use_router;
use crate::services::layout;

/// The address whose heading was shown last: only another one takes the focus, and the first does not.
#[derive(Clone, Copy)]
struct Visited(Held<Option<String>>);

/// Remembers which page was shown; call once, above all pages.
pub fn provide_visited() {
    provide_context(Visited(Held::new(None)));
}

/// The head of a page. After a navigation the heading takes the focus.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: Derived<String>,
    /// A few words beside it.
    #[prop(optional, into)]
    sub: Derived<String>,
    /// What to do next.
    #[prop(optional)]
    children: Option<Children>,
) -> View {
    let heading = ElementRef::new(None);
    let router = use_router();
    let visited: Visited = use_context().expect("the shell calls provide_visited above every page");
    follow(move || {
        if let Some(heading) = heading.get()
            && let Some(Some(before)) = visited.0.update(|path| path.replace(router.path_untracked()))
            && before != router.path_untracked()
        {
            // A heading that cannot take the focus leaves it where it was.
            heading.focus().ok();
        }
    });
    follow(move || layout::set_title(&title.get()));
    let sub = move || {
        let words = sub.get();
        (!words.is_empty()).then(|| view! { <p class="page-head__sub">{words}</p> })
    };
    view! {
        <div class="page-head">
            <h1 tabindex="-1" node_ref=heading>
                {move || title.get()}
            </h1>
            {sub}
            <div class="page-head__actions">{children.map(|children| children())}</div>
        </div>
    }
}
