//! The columns of a file, a line each, and what each is for.

use leptos::prelude::*;
use markup::view;

use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::state::format;
use crate::state::lab::Lab;
use crate::state::views::{ColumnView, ExtraRole, ScannedFile};

/// The value of a select that names no column.
const NONE: &str = "";

/// Which columns hold review, rating, title, date and group.
#[component]
pub fn Roles(
    /// Whose import.
    lab: Lab,
    /// The file and what is chosen now.
    file: Derived<ScannedFile>,
    /// Nothing can be changed now.
    disabled: Derived<bool>,
) -> View {
    let options = move |is_offered: fn(&ColumnView) -> bool, none: Option<&'static str>| {
        Derived::new(move || {
            let option = |column: &ColumnView| (column.index.to_string(), column.name.clone());
            let none = none.map(|words| (NONE.to_owned(), words.to_owned()));
            file.with(|file| {
                let offered = file.columns.iter().filter(|column| is_offered(column)).map(option);
                none.into_iter().chain(offered).collect::<Vec<_>>()
            })
        })
    };
    let field =
        move |id: &'static str, label: &'static str, role: &'static str, choose: Callback<Option<u32>>| {
            let (is_offered, none, word): (fn(&ColumnView) -> bool, _, _) = match role {
                "title" => (is_free_for_title, Some("none"), None),
                "date" => (|column| column.can_be_date, Some("none"), None),
                "group" => (is_free_for_group, Some("none"), Some(Word::Group)),
                _ => (|_| true, None, None),
            };
            let value = Derived::new(move || {
                let of_role = |column: &&ColumnView| column.role == Some(role);
                // One column can be chosen as both review and rating: the rating's own place says so.
                file.with(|file| match role {
                    "rating" => file.recipe.label_column.to_string(),
                    _ => file
                        .columns
                        .iter()
                        .find(of_role)
                        .map_or(NONE.to_owned(), |column| column.index.to_string()),
                })
            });
            view! {
                <SelectField
                    id
                    label
                    options=options(is_offered, none)
                    value
                    on_choose=move |index: String| choose.run(index.parse().ok())
                    word
                    disabled
                />
            }
        };
    let needed = |set: fn(Lab, u32)| {
        Callback::new(move |column: Option<u32>| {
            if let Some(column) = column {
                set(lab, column);
            }
        })
    };
    let extra = |role: ExtraRole| Callback::new(move |column: Option<u32>| lab.set_extra(role, column));
    view! {
        <div class="fields fields--wide">
            {field("text-column", "Text column", "review", needed(Lab::set_text_column))}
            {field("rating-column", "Rating column", "rating", needed(Lab::set_label_column))}
            {field("title-column", "Title column", "title", extra(ExtraRole::Title))}
            {field("date-column", "Date column", "date", extra(ExtraRole::Date))}
            {field("group-column", "Group column", "group", extra(ExtraRole::Group))}
        </div>
        <p class="note note--small">
            "A title is joined before its review. Dates show reviews over time. Reviews of one group, such as a product, \
             can be kept together when data are parted."
        </p>
    }
}

fn is_free_for_title(column: &ColumnView) -> bool {
    !matches!(column.role, Some("review" | "rating")) && matches!(column.kind, "text")
}

fn is_free_for_group(column: &ColumnView) -> bool {
    !matches!(column.role, Some("review" | "rating")) && column.kind != "empty"
}

/// What stands in each column.
#[component]
pub fn Columns(
    /// The file.
    file: Derived<ScannedFile>,
) -> View {
    let columns = Derived::new(move || file.with(|file| file.columns.clone()));
    let sub = move || format::counted(columns.with(Vec::len) as u64, "column", "columns");
    let row = |column: ColumnView| {
        let role = column.role.map(|role| view! { <span class="chip chip--accent">{role}</span> });
        view! {
            <tr>
                <th scope="row">{column.name}</th>
                <td>{role}</td>
                <td>{column.kind}</td>
                <td class="number">{format::whole(column.n_missing)}</td>
                <td class="number">{column.distinct}</td>
                <td class="wide">{column.example}</td>
            </tr>
        }
    };
    view! {
        <Card title="Columns" sub=Derived::new(sub)>
            <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="Columns of the file">
                <table class="table" aria-label="Columns">
                    <thead>
                        <tr>
                            <th scope="col">"Column"</th>
                            <th scope="col">"Used as"</th>
                            <th scope="col">"Holds"</th>
                            <th scope="col" class="number">"Missing"</th>
                            <th scope="col" class="number">"Different"</th>
                            <th scope="col">"Example"</th>
                        </tr>
                    </thead>
                    <tbody>{move || columns.get().into_iter().map(row).collect::<View>()}</tbody>
                </table>
            </div>
        </Card>
    }
}
