//! Views in a page: drawn, followed, and drawn again in the nodes they have.

use any_spawner::Executor;
use leptos::prelude::Owner;
use markup::view;
use reviewlab::markup::{For, Mounted, Show, View, mount};
use reviewlab::reactive::State;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

/// A place in the page, what is drawn there, and its owner; gone with it.
struct Shown {
    place: Element,
    mounted: Option<Mounted>,
    owner: Owner,
}

impl Shown {
    fn new(draw: impl FnOnce() -> View) -> Self {
        // Once for all tests.
        Executor::init_wasm_bindgen().ok();
        let document = web_sys::window().and_then(|window| window.document()).expect("a page");
        let place = document.create_element("div").expect("an element");
        document.body().expect("a body").append_child(&place).expect("it goes into the page");
        let owner = Owner::new();
        let mounted = owner.with(|| mount(&place, draw()));
        Self { place, mounted: Some(mounted), owner }
    }

    /// The HTML without the comments that keep places.
    #[track_caller]
    fn check(&self, expected: &str) {
        assert_eq!(self.place.inner_html().replace("<!---->", ""), expected);
    }

    fn find(&self, selector: &str) -> Element {
        self.place.query_selector(selector).expect("a selector").expect("there is one")
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.mounted.take();
        self.owner.cleanup();
        self.place.remove();
    }
}

#[wasm_bindgen_test]
async fn what_is_fixed_and_what_is_not_stand_in_their_places() {
    // Browsers do not agree on how a `<` stands in an attribute's HTML; an ampersand is the same everywhere.
    let name = State::new("a & b".to_owned());
    let shown = Shown::new(|| {
        view! {
            <p class="x" title=move || name.get()>
                "one " <b>{move || name.get()}</b> " two "
                {(1..3).map(|number| view! { <i>{number.to_string()}</i> }).collect::<View>()}
            </p>
            <svg><path d="M0 0" /></svg>
        }
    });
    let rest = "<i>1</i><i>2</i></p><svg><path d=\"M0 0\"></path></svg>";
    shown.check(&format!("<p class=\"x\" title=\"a &amp; b\">one <b>a &amp; b</b> two {rest}"));
    name.set("c".to_owned());
    Executor::tick().await;
    shown.check(&format!("<p class=\"x\" title=\"c\">one <b>c</b> two {rest}"));
}

#[wasm_bindgen_test]
async fn an_element_that_stays_keeps_its_node() {
    let n = State::new(1);
    let shown = Shown::new(|| {
        View::live(move || view! { <input class=format!("n{}", n.get()) disabled={n.get() > 1} /> })
    });
    let before = shown.find("input");
    n.set(2);
    Executor::tick().await;
    shown.check("<input class=\"n2\" disabled=\"\">");
    assert_eq!(before, shown.find("input"));
    n.set(1);
    Executor::tick().await;
    shown.check("<input class=\"n1\">");
}

#[wasm_bindgen_test]
async fn rows_keep_their_nodes_and_take_the_new_order() {
    let keys = State::new(vec!["a", "b", "c"]);
    let shown = Shown::new(|| {
        view! {
            <ul>
                <For
                    each=move || keys.get()
                    key=|key| (*key).to_owned()
                    children=|key: &'static str| view! { <li class=key>{key}</li> }
                />
            </ul>
        }
    });
    let second = shown.find(".b");
    keys.set(vec!["d", "c", "b"]);
    Executor::tick().await;
    shown.check("<ul><li class=\"d\">d</li><li class=\"c\">c</li><li class=\"b\">b</li></ul>");
    assert_eq!(second, shown.find(".b"));
}

#[wasm_bindgen_test]
async fn listeners_hear_and_what_is_hidden_goes() {
    let open = State::new(true);
    let shown = Shown::new(|| {
        view! {
            <button on:click=move |_| open.update(|open| *open = !*open)>"Press"</button>
            <Show when=move || open.get()>
                <em>"there"</em>
            </Show>
        }
    });
    shown.check("<button>Press</button><em>there</em>");
    shown
        .find("button")
        .dispatch_event(&web_sys::Event::new("click").expect("an event"))
        .expect("it is heard");
    Executor::tick().await;
    shown.check("<button>Press</button>");
}
