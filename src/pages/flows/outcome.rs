//! What a flow run's tasks gave, with links to the runs and versions they made; and what each was asked to do.

use markup::view;
use track::flow::{FlowDefinition, TaskOutput};

use crate::components::card::Card;
use crate::components::link::PageLink;
use crate::markup::View;
use crate::services::address;
use crate::state::flows::one_run::{output_words, parameters};

/// What tasks gave.
pub fn outcomes(outputs: &[(String, TaskOutput)]) -> View {
    let said: Vec<View> = outputs.iter().filter_map(|(task, output)| outcome(task, output)).collect();
    if said.is_empty() {
        return view! { <p class="note">"Nothing yet."</p> };
    }
    let rows: View = said.into_iter().collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Results, all of them">
            <table class="table" aria-label="Results">
                <thead>
                    <tr>
                        <th scope="col">"Task"</th>
                        <th scope="col">"What it gave"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn outcome(task: &str, output: &TaskOutput) -> Option<View> {
    let task = task.to_owned();
    let words = output_words(output);
    let links = links(output);
    if words.is_empty() && links.is_none() {
        return None;
    }
    let pair = |(name, value): (String, String)| {
        view! {
            <dt>{name}</dt>
            <dd>{value}</dd>
        }
    };
    let pairs = (!words.is_empty()).then(|| {
        let pairs: View = words.into_iter().map(pair).collect();
        view! { <dl class="facts">{pairs}</dl> }
    });
    Some(view! {
        <tr>
            <th scope="row">{task}</th>
            <td class="wide">
                {links}
                {pairs}
            </td>
        </tr>
    })
}

fn links(output: &TaskOutput) -> Option<View> {
    match output {
        TaskOutput::Fit { study, fit, .. } => {
            let (study, fit) = (format!("/runs/{study}"), format!("/runs/{fit}"));
            Some(view! {
                <span class="row">
                    <PageLink to=study>"The study"</PageLink>
                    <PageLink to=fit>"The fitted model"</PageLink>
                </span>
            })
        }
        TaskOutput::Version { model, version, is_new } => {
            let path = format!("/models/{}/{version}", address::encoded(model));
            let words = format!("{model}, version {version}");
            let known = (!is_new).then_some(" (it was there already)");
            Some(view! {
                <span>
                    <PageLink to=path>{words}</PageLink>
                    {known}
                </span>
            })
        }
        _ => None,
    }
}

/// What each task was asked to do.
pub fn asked(flow: &FlowDefinition) -> View {
    let row = |task: &track::flow::TaskSpec| {
        let key = task.key.clone();
        let words = parameters(&task.kind).into_iter().map(|(name, value)| format!("{name}: {value}"));
        let words = words.collect::<Vec<_>>().join("; ");
        let retries = match task.retry.n_retries {
            0 => "never".to_owned(),
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        view! {
            <tr>
                <th scope="row">{key}</th>
                <td>{task.kind.name()}</td>
                <td class="wide">{words}</td>
                <td>{retries}</td>
                <td>{if task.is_cached { "yes" } else { "no" }}</td>
            </tr>
        }
    };
    let rows: View = flow.tasks.iter().map(row).collect();
    view! {
        <Card title="Parameters">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Parameters, all of them">
                <table class="table" aria-label="Parameters">
                    <thead>
                        <tr>
                            <th scope="col">"Task"</th>
                            <th scope="col">"What it does"</th>
                            <th scope="col">"With"</th>
                            <th scope="col">"Tried again"</th>
                            <th scope="col">"Taken from the cache"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}
