//! The files of a run: shown where they are texts, and downloaded.

use std::rc::Rc;

use export::ExportFile;
use leptos::prelude::*;
use markup::view;
use track::run::Run;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::states::Problem;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Derived, Held, State, follow};
use crate::services::files::{self, PictureAddress};
use crate::state::fit_report::FitReport;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::mlflow_model::facts_of;
use crate::state::run_files::{Content, RunFile, files_of};
use crate::state::runs::use_runs;

/// Most letters of a file that are shown; a download has all.
const MAX_SHOWN: usize = 20_000;
/// Largest stored file that is read to be shown.
const MAX_READ_BYTES: u64 = 4 << 20;
/// How the media type of a stored file ends that is text.
const JSON: &str = "json";
/// Letters of a hash that are shown.
const HASH_LETTERS: usize = 12;
/// What is shown as a picture; it comes from nowhere but the runs' own results.
const SVG: &str = "image/svg+xml";

/// All files.
#[component]
pub(super) fn Files(run: Derived<Option<Rc<Run>>>, report: Derived<Loadable<Rc<FitReport>>>) -> View {
    let shown: State<Option<String>> = State::new(None);
    let problem: State<Option<String>> = State::new(None);
    let runs = use_runs();
    // A run's model stays the same when its record is told anew, and so does the button.
    let facts = Derived::new(move || run.with(|run| run.as_ref().and_then(|run| facts_of(run))));
    let of_model: State<Vec<ExportFile>> = State::new(Vec::new());
    follow(move || {
        if let Some(facts) = facts.get() {
            runs.show_model_files(facts, of_model);
        }
    });
    let lines = View::live(move || {
        let Some(run) = run.get() else { return View::nothing() };
        let files = of_model.with(|of_model| {
            report.with(|report| files_of(&run, of_model, report.loaded().map(|report| &**report)))
        });
        files.into_iter().map(|file| line(file, shown, problem)).collect::<View>()
    });
    let problem = move || problem.get().map(|text| view! { <Problem text /> });
    view! {
        <Card title="Files">
            <div class="stack stack--tight">
                {problem}
                <div class="table-scroll" tabindex="0" role="region" aria-label="Files, all columns">
                    <table class="table" aria-label="Files">
                        <thead>
                            <tr>
                                <th scope="col"><Term word=Word::Artifact text="Artifact" /></th>
                                <th scope="col">"Type"</th>
                                <th scope="col" class="number"><Term word=Word::Size text="Size" /></th>
                                <th scope="col"><Term word=Word::Hash text="Hash" /></th>
                                <th scope="col">"Look and keep"</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
            </div>
        </Card>
    }
}

fn line(file: RunFile, shown: State<Option<String>>, problem: State<Option<String>>) -> View {
    let RunFile { name, media_type, n_bytes, sha256, content } = file;
    let hash: String = sha256.to_string().chars().take(HASH_LETTERS).collect();
    let runs = use_runs();
    let download = {
        let (name, media_type, content) = (name.clone(), media_type.clone(), content.clone());
        move |()| match &content {
            Content::Text(text) => files::download(&name, &media_type, text.as_bytes()),
            Content::Stored(artifact) => {
                runs.download(name.clone(), media_type.clone(), artifact.sha256, problem);
            }
        }
    };
    let (text, stored) = match content {
        Content::Text(text) => (Some(text), None),
        Content::Stored(artifact) => (None, Some(artifact.sha256)),
    };
    if text.is_none() && !(media_type.ends_with(JSON) && n_bytes <= MAX_READ_BYTES) {
        return view! {
            <tr>
                <th scope="row">{name.clone()}</th>
                <td>{media_type}</td>
                <td class="number">{format::bytes(n_bytes)}</td>
                <td><code class="hash">{hash}</code></td>
                <td><Button label=format!("Download {name}") on_press=download emphasis=Emphasis::Quiet /></td>
            </tr>
        };
    }
    let drawn = text.as_ref().filter(|_| media_type == SVG);
    let picture = drawn.map(|svg| Held::new(PictureAddress::new(SVG, svg.as_bytes())));
    let text = State::new(text);
    let is_shown = {
        let name = name.clone();
        Derived::new(move || shown.with(|shown| shown.as_ref() == Some(&name)))
    };
    let label = {
        let name = name.clone();
        Derived::new(move || format!("{} {name}", if is_shown.get() { "Hide" } else { "Show" }))
    };
    let toggle = {
        let name = name.clone();
        move |()| {
            shown.update(|shown| {
                *shown = if shown.as_ref() == Some(&name) { None } else { Some(name.clone()) }
            });
            if let Some(hash) = stored.filter(|_| text.with_untracked(Option::is_none)) {
                runs.read_json((name.clone(), hash), text, problem);
            }
        }
    };
    let label_of = format!("Content of {name}");
    let content = move || {
        is_shown.get().then(|| {
            let shown = match picture {
                Some(address) => {
                    let src = address.with(|address| address.as_str().to_owned());
                    view! { <img class="file-picture" src=src alt=label_of.clone() /> }
                }
                None => {
                    let text = move || {
                        let start = |text: &String| text.chars().take(MAX_SHOWN).collect::<String>();
                        text.with(|text| text.as_ref().map_or_else(|| "Reading …".to_owned(), start))
                    };
                    view! { <pre class="code" tabindex="0" role="region" aria-label=label_of.clone()>{text}</pre> }
                }
            };
            view! {
                <tr>
                    <td colspan="5">{shown}</td>
                </tr>
            }
        })
    };
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            <td>{media_type}</td>
            <td class="number">{format::bytes(n_bytes)}</td>
            <td><code class="hash">{hash}</code></td>
            <td>
                <Button label=label on_press=toggle emphasis=Emphasis::Quiet />
                <Button label=format!("Download {name}") on_press=download emphasis=Emphasis::Quiet />
            </td>
        </tr>
        {content}
    }
}
