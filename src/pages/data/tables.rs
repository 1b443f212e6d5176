//! The first rows of a file as they will be read, and the rows that were set aside.

use leptos::prelude::*;
use markup::view;

use crate::components::button::Button;
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::state::draft::PREVIEW_ROWS;
use crate::state::format;
use crate::state::views::{IssueCount, IssueView, PreviewRow, ScannedFile, SetAsideView};

/// A page of the file's rows.
#[component]
pub fn Preview(
    /// The file.
    file: Derived<ScannedFile>,
    /// Shows the rows from this one on.
    on_page: Callback<u64>,
) -> View {
    let rows = Derived::new(move || file.with(|file| file.preview.clone()));
    let first = Derived::new(move || file.with(|file| file.preview_first));
    let n_rows = Derived::new(move || file.with(|file| file.n_rows));
    let after = move || first.get() + rows.with(Vec::len) as u64;
    let sub = move || {
        let (from, to) = (format::whole(first.get() + 1), format::whole(after()));
        format!("rows {from} to {to} of {}", format::whole(n_rows.get()))
    };
    let page = PREVIEW_ROWS as u64;
    let has_earlier = move || first.get() > 0;
    let has_later = move || after() < n_rows.get();
    view! {
        <Card title="Preview" sub=Derived::new(sub)>
            <div class="stack stack--tight">
                <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="Preview rows">
                    <table class="table" aria-label="Preview">
                        <thead>
                            <tr>
                                <th scope="col" class="number">"Row"</th>
                                <th scope="col">"Review"</th>
                                <th scope="col">"Rating"</th>
                                <th scope="col">"Class"</th>
                            </tr>
                        </thead>
                        <tbody>{move || rows.get().into_iter().map(preview_row).collect::<View>()}</tbody>
                    </table>
                </div>
                <div class="row row--end">
                    <Button
                        label="Earlier rows"
                        on_press=move |()| on_page.run(first.get_untracked().saturating_sub(page))
                        disabled=Derived::new(move || !has_earlier())
                    />
                    <Button
                        label="Later rows"
                        on_press=move |()| on_page.run(first.get_untracked() + page)
                        disabled=Derived::new(move || !has_later())
                    />
                </div>
            </div>
        </Card>
    }
}

fn preview_row(row: PreviewRow) -> View {
    let class = match row.class {
        Some(class) => view! { <span class="chip">{class}</span> },
        None => view! { <span class="chip chip--wait">"left out"</span> },
    };
    view! {
        <tr>
            <td class="number">{format::whole(row.record)}</td>
            <td class="wide">{row.text}</td>
            <td>{row.label}</td>
            <td>{class}</td>
        </tr>
    }
}

/// Rows that were set aside, each with its line and the reason.
#[component]
pub fn Issues(
    /// They, and how many there are of each kind.
    #[prop(into)]
    issues: Derived<SetAsideView>,
) -> View {
    let sub = move || {
        let (n_shown, n_all) =
            issues.with(|issues| (issues.issues.len() as u64, issues.n_issues.unwrap_or_default()));
        if n_shown < n_all {
            format!("the first {} of {}", format::whole(n_shown), format::whole(n_all))
        } else {
            format::counted(n_all, "row", "rows")
        }
    };
    let count = |count: IssueCount| {
        let rows = format::counted(count.n_rows, "row", "rows");
        view! { <li class="chip">{format!("{rows}: {}", count.reason)}</li> }
    };
    let counts = move || issues.with(|issues| issues.counts.clone()).into_iter().map(count).collect::<View>();
    let row = |issue: IssueView| {
        view! {
            <tr>
                <td class="number">{format::whole(issue.line)}</td>
                <td class="number">{format::whole(issue.record)}</td>
                <td class="wide">{issue.sentence}</td>
            </tr>
        }
    };
    view! {
        <Card title="Rows set aside" sub=Derived::new(sub)>
            <ul class="legend">{counts}</ul>
            <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label="Rows that were set aside">
                <table class="table" aria-label="Issues">
                    <thead>
                        <tr>
                            <th scope="col" class="number">"Line"</th>
                            <th scope="col" class="number">"Row"</th>
                            <th scope="col">"Reason"</th>
                        </tr>
                    </thead>
                    <tbody>{move || issues.get().issues.into_iter().map(row).collect::<View>()}</tbody>
                </table>
            </div>
        </Card>
    }
}
