//! What is asked of the runs: filter, order, group and columns; and the answer as a file.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::filter::{Attribute, Key, OrderBy, SortKey};

use super::columns::ColumnChoice;
use super::filter_box::FilterBox;
use super::views::SavedViews;
use crate::components::button::{Button, Emphasis};
use crate::components::field::SelectField;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::services::files;
use crate::state::format;
use crate::state::run_grid::{Asked, Grid, column_name};
use crate::state::run_search::RunSearch;

/// All controls.
#[component]
pub fn Tools(
    /// Of which search.
    search: RunSearch,
) -> View {
    let is_plain = Derived::new(move || search.asked.with(Asked::is_plain));
    view! {
        <div class="stack stack--tight">
            <FilterBox search />
            <div class="search__tools" on:focusin=move |_: leptos::ev::Event| search.want()>
                <OrderField search />
                <GroupField search />
                <ColumnChoice search />
                <SavedViews search />
            </div>
            <Answer search is_plain />
        </div>
    }
}

/// Keys worth ordering by, with what they are called.
fn order_options(search: RunSearch) -> Vec<(String, String)> {
    let newest = (String::new(), "Newest first".to_owned());
    let by = |key: &Key, is_descending: bool, words: &str| {
        let order = OrderBy(vec![SortKey { key: key.clone(), is_descending }]);
        (order.to_string(), format!("{}, {words}", column_name(key)))
    };
    let metric = |name: &str| Key::Metric(name.to_owned());
    let mut options = vec![
        newest,
        by(&metric("cv_f1_macro"), true, "best first"),
        by(&metric("test_f1"), true, "best first"),
        by(&metric("train_f1"), true, "best first"),
        by(&Key::Attribute(Attribute::Duration), false, "shortest first"),
        by(&Key::Attribute(Attribute::RunName), false, "by name"),
        by(&Key::Attribute(Attribute::StartTime), false, "oldest first"),
    ];
    // An order by heads of columns is none of these; it is shown as what it is.
    let asked = search.asked.with(|asked| asked.order.to_string());
    if !options.iter().any(|(order, _)| *order == asked) {
        options.push((asked.clone(), asked));
    }
    options
}

#[component]
fn OrderField(search: RunSearch) -> View {
    let choose = move |order: String| {
        let order = OrderBy::parse(&order).unwrap_or_default();
        search.ask(|asked| asked.order = order);
    };
    view! {
        <SelectField
            id="runs-order"
            label="Order"
            options=Derived::new(move || order_options(search))
            value=Derived::new(move || search.asked.with(|asked| asked.order.to_string()))
            on_choose=choose
            word=None
        />
    }
}

#[component]
fn GroupField(search: RunSearch) -> View {
    let options = move || {
        let attribute = |attribute| {
            let key = Key::Attribute(attribute);
            (key.to_string(), column_name(&key))
        };
        let mut options = vec![
            (String::new(), "Nothing".to_owned()),
            ("params.model".to_owned(), "Model".to_owned()),
            attribute(Attribute::Kind),
            attribute(Attribute::Status),
            attribute(Attribute::Parent),
            attribute(Attribute::ExperimentId),
            ("dataset.name".to_owned(), "Dataset".to_owned()),
        ];
        let keys = search.known.get();
        let seen = keys.keys.iter().filter(|(key, _)| !matches!(key, Key::Metric(_)));
        let further = seen.map(|(key, _)| (key.to_string(), key.to_string()));
        options.extend(further.filter(|(key, _)| key != "params.model"));
        let asked = search.asked.with(|asked| asked.group.as_ref().map(Key::to_string));
        if let Some(asked) = asked.filter(|asked| !options.iter().any(|(key, _)| key == asked)) {
            options.push((asked.clone(), asked));
        }
        options
    };
    let choose = move |key: String| {
        let group = Key::parse(&key).ok();
        search.ask(|asked| asked.group = group);
    };
    view! {
        <SelectField
            id="runs-group"
            label="Group by"
            options=Derived::new(options)
            value=Derived::new(move || {
                search.asked.with(|asked| asked.group.as_ref().map(Key::to_string).unwrap_or_default())
            })
            on_choose=choose
            word=None
        />
    }
}

/// How many there are, what is folded away, and the table as a file.
#[component]
fn Answer(search: RunSearch, is_plain: Derived<bool>) -> View {
    let grid = Derived::new(move || search.grid.with(|grid| grid.loaded().cloned()));
    let count = move || {
        let n_meant = grid.with(|grid| grid.as_ref().map_or(0, |grid| grid.n_meant as u64));
        format!("{} of {}", format::whole(n_meant), format::counted(search.n_all(), "run", "runs"))
    };
    let folded = Derived::new(move || {
        grid.with(|grid| grid.as_ref().map(|grid| grid.folded.join(", ")).unwrap_or_default())
    });
    let save = move |ending: &'static str, media_type: &'static str, write: fn(&Grid) -> String| {
        let grid: Option<Rc<Grid>> = grid.get_untracked();
        if let Some(grid) = grid {
            files::download(&format!("runs.{ending}"), media_type, write(&grid).as_bytes());
        }
    };
    let csv = move |()| {
        save("csv", "text/csv", |grid| format::csv(grid.lines().iter().map(Vec::as_slice)));
    };
    let json_lines = move |()| save("jsonl", "application/jsonl", Grid::records);
    let is_empty = Derived::new(move || grid.with(|grid| grid.as_ref().is_none_or(|grid| grid.n_meant == 0)));
    view! {
        <div class="search__answer">
            <Show when=move || !is_plain.get()>
                <p class="note" role="status" aria-label="Runs found">{count}</p>
            </Show>
            <Show when=move || folded.with(|folded| !folded.is_empty())>
                <p class="note note--small">
                    "All empty or equal, so not shown: " {move || folded.get()} ". "
                    <button type="button" class="btn btn--quiet btn--small" on:click=move |_| search.unfolded.update(|unfolded| unfolded.shows_folded = true)>"Show them"</button>
                </p>
            </Show>
            <span class="search__actions">
                <Button label="Download CSV" on_press=csv emphasis=Emphasis::Plain disabled=is_empty />
                <Button label="Download JSON" on_press=json_lines emphasis=Emphasis::Plain disabled=is_empty />
                <Show when=move || !is_plain.get()>
                    <Button label="Show all runs" on_press=move |()| search.reset() emphasis=Emphasis::Quiet />
                </Show>
            </span>
        </div>
    }
}
