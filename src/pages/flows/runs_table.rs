//! Flow runs as a table, newest first, filtered by state, deployment and text. The filter stands in the address.

use leptos::prelude::*;
use markup::view;
use track::flow::{FlowRun, StateType};

use super::{NONE, date, of_book, run_chip, run_path, slug, took};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::field::{SelectField, TextField};
use crate::components::link::PageLink;
use crate::markup::{For, View};
use crate::reactive::{Derived, State};
use crate::router::use_router;
use crate::services::clock;
use crate::state::flows::Flows;
use crate::state::flows::book::{FlowBook, state_words, took_ms};
use crate::state::format;

/// Rows that are shown at first, and added by each press.
const N_ROWS: usize = 50;

/// A row.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    run: FlowRun,
    flow: String,
    deployment: String,
    cause: String,
}

impl Row {
    fn of(book: &FlowBook, run: &FlowRun) -> Self {
        Self {
            flow: format!("{}, version {}", book.flow_name(&run.flow), run.version),
            deployment: run
                .deployment
                .as_ref()
                .map_or_else(|| NONE.to_owned(), |id| book.deployment_name(id)),
            cause: book.cause_words(&run.cause),
            run: run.clone(),
        }
    }

    fn holds(&self, text: &str) -> bool {
        let words = [&self.run.name, &self.flow, &self.deployment, &self.cause, &self.run.state.message];
        text.is_empty()
            || words.iter().any(|word| word.to_lowercase().contains(text))
            || state_words(&self.run).to_lowercase().contains(text)
    }
}

/// The table.
#[component]
pub fn RunsTable(
    /// Of these flows.
    flows: Flows,
) -> View {
    let router = use_router();
    let asked = move |name: &'static str| Derived::new(move || router.asked(name).unwrap_or_default());
    let (state, deployment, text) = (asked("state"), asked("deployment"), asked("find"));
    let n_shown = State::new(N_ROWS);
    let found = of_book(flows, move |book| {
        let (state, deployment, text) = (state.get(), deployment.get(), text.get().trim().to_lowercase());
        let fits = |run: &&FlowRun| {
            (state.is_empty() || slug(run.state.of_type()) == state)
                && (deployment.is_empty() || run.deployment.as_ref().is_some_and(|id| id.0 == deployment))
        };
        let rows = book.runs.iter().filter(fits);
        // Words are made of those alone that are shown, or searched through.
        if text.is_empty() {
            let n_all = rows.clone().count();
            return (rows.take(n_shown.get()).map(|run| Row::of(book, run)).collect::<Vec<_>>(), n_all);
        }
        let rows: Vec<Row> = rows.map(|run| Row::of(book, run)).filter(|row| row.holds(&text)).collect();
        let n_all = rows.len();
        (rows.into_iter().take(n_shown.get()).collect(), n_all)
    });
    let sub = Derived::new(move || found.with(|(_, n_all)| format::counted(*n_all as u64, "run", "runs")));
    let ids = move || found.with(|(rows, _)| rows.iter().map(|row| row.run.id.0.clone()).collect::<Vec<_>>());
    let line = move |id: String| {
        let row =
            Derived::new(move || found.with(|(rows, _)| rows.iter().find(|row| row.run.id.0 == id).cloned()));
        View::live(move || row.get().map(line_of))
    };
    let has_more = Derived::new(move || found.with(|(rows, n_all)| rows.len() < *n_all));
    let more = View::live(move || {
        has_more.get().then(|| {
            let more = move |()| n_shown.update(|n_shown| *n_shown += N_ROWS);
            view! { <Button label="Show more runs" on_press=more /> }
        })
    });
    view! {
        <Card title="Flow runs" sub>
            <div class="stack">
                <Filters flows state deployment text />
                <div class="table-scroll" tabindex="0" role="region" aria-label="Flow runs, all columns">
                    <table class="table" aria-label="Flow runs">
                        <thead>
                            <tr>
                                <th scope="col">"Run"</th>
                                <th scope="col">"State"</th>
                                <th scope="col">"Flow"</th>
                                <th scope="col">"Deployment"</th>
                                <th scope="col" class="number">"Due"</th>
                                <th scope="col" class="number">"Took"</th>
                                <th scope="col">"Why"</th>
                            </tr>
                        </thead>
                        <tbody><For each=ids key=String::clone children=line /></tbody>
                    </table>
                </div>
                {more}
            </div>
        </Card>
    }
}

fn line_of(row: Row) -> View {
    let Row { run, flow, deployment, cause } = row;
    let long = took(took_ms((run.begun, run.ended), clock::now()).filter(|_| run.begun.is_some()));
    let message = (!run.state.message.is_empty()).then(|| run.state.message.clone());
    let name = run.name.clone();
    view! {
        <tr>
            <th scope="row"><PageLink to=run_path(&run.id)>{name}</PageLink></th>
            <td>{run_chip(&run)}</td>
            <td>{flow}</td>
            <td>{deployment}</td>
            <td class="number">{date(run.due)}</td>
            <td class="number">{long}</td>
            <td class="wide">
                <span class="two-lines">
                    <span>{cause}</span>
                    {message.map(|message| view! { <span class="two-lines__second">{message}</span> })}
                </span>
            </td>
        </tr>
    }
}

#[component]
fn Filters(flows: Flows, state: Derived<String>, deployment: Derived<String>, text: Derived<String>) -> View {
    let router = use_router();
    let amend = move |name: &'static str| {
        move |value: String| router.amend(&[(name, (!value.is_empty()).then_some(value))])
    };
    let any = |what: &str| (String::new(), what.to_owned());
    let states: Vec<(String, String)> = std::iter::once(any("Any state"))
        .chain(StateType::ALL.into_iter().map(|state| (slug(state).to_owned(), slug(state).to_owned())))
        .collect();
    let deployments = of_book(flows, move |book| {
        let known = book.deployments.iter().map(|known| (known.id.0.clone(), known.name.clone()));
        std::iter::once(any("Any deployment")).chain(known).collect::<Vec<_>>()
    });
    view! {
        <div class="fields fields--wide">
            <SelectField
                id="flow-state"
                label="State"
                options=Derived::from(states)
                value=state
                on_choose=amend("state")
            />
            <SelectField
                id="flow-deployment"
                label="Deployment"
                options=deployments
                value=deployment
                on_choose=amend("deployment")
            />
            <TextField id="flow-find" label="Find in runs" value=text on_type=amend("find") />
        </div>
    }
}
