//! The rows that were set aside.

use leptos::prelude::*;
use markup::view;

use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::views::{IssueCount, IssueView, SetAsideView};

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
