//! A file scored row by row: given, columns chosen, answered with a bar and Stop, then what came of it.

use engine::pipeline::OutputKind;
use leptos::prelude::*;
use markup::view;

use super::file_outcome::Outcome;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::drop_zone::DropZone;
use crate::components::field::SelectField;
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::services::files::File;
use crate::state::answered_file::{AnsweredFile, FileForm, FileStage, Keep, Role, use_answered_file};
use crate::state::format;
use crate::state::tab::use_tab;

/// What a file must hold.
const HINT: &str = "CSV, TSV or JSON lines with a text on each row, other columns or none beside it, packed as zip or gzip or not, up to 512 MB. You get \
                    it back with label, probability and the words behind it. It stays on this device.";

/// The card, in the state the file is in.
#[component]
pub fn ScoreFile() -> View {
    let file = use_answered_file();
    // Not drawn anew while its rows are counted or its columns chosen: a control keeps its focus.
    let part = Derived::new(move || {
        file.stage.with(|stage| match stage {
            FileStage::Nothing => Part::Nothing,
            FileStage::Looking { name } => Part::Looking(name.clone()),
            FileStage::Choosing(form) => Part::Choosing(form.sentence()),
            FileStage::Answering { name, .. } => Part::Answering(name.clone()),
            FileStage::Done(_) => Part::Done,
            FileStage::Failed { sentence, .. } => Part::Failed(sentence.clone()),
        })
    });
    let body = move || match part.get() {
        Part::Nothing => give(file, "Drop a file of reviews here to score it"),
        Part::Looking(name) => view! {
            <p class="note">{format!("Looking through {name} …")}</p>
            <Progress name="Looking progress" share=file.share.into() />
            <div>
                <Button label="Stop" on_press=move |()| file.close() />
            </div>
        },
        Part::Choosing(sentence) => view! {
            <p class="note">{sentence}</p>
            <Choices file />
        },
        Part::Answering(name) => view! { <Answering file name /> },
        Part::Done => done(file),
        Part::Failed(sentence) => view! {
            <Problem text=sentence />
            {give(file, "Drop another file here")}
        },
    };
    view! {
        <Card title="Score a file">
            <div class="stack">{body}</div>
        </Card>
    }
}

#[derive(Clone, PartialEq)]
enum Part {
    Nothing,
    Looking(String),
    Choosing(String),
    Answering(String),
    Done,
    Failed(String),
}

fn give(file: AnsweredFile, title: &'static str) -> View {
    let open = Callback::new(move |files: Vec<File>| file.open(files));
    view! { <DropZone on_files=open title hint=HINT slim=true /> }
}

/// Which columns, how the rows come out, whether the answers are kept.
#[component]
fn Choices(file: AnsweredFile) -> View {
    let tab = use_tab();
    let form = move |look: fn(&FileForm) -> String| {
        Derived::new(move || {
            file.stage.with(|stage| match stage {
                FileStage::Choosing(form) => look(form),
                _ => String::new(),
            })
        })
    };
    let problem = form(|form| form.problem().unwrap_or_default());
    let keep = form(|form| form.keep.word().to_owned());
    let kind = form(|form| if form.kind == OutputKind::Csv { "csv" } else { "jsonl" }.to_owned());
    let cannot = Derived::new(move || {
        problem.with(|problem| !problem.is_empty()) || (keep.with(String::is_empty) && !tab.is_reader())
    });
    let keeps = Derived::new(|| {
        let all = Keep::CHOICES.map(|(_, word, shown)| (word.to_owned(), shown.to_owned()));
        let ask = (String::new(), "Choose …".to_owned());
        std::iter::once(ask).chain(all).collect::<Vec<_>>()
    });
    let kinds = Derived::new(|| {
        [("csv", "CSV"), ("jsonl", "JSON lines")]
            .map(|(key, shown)| (key.to_owned(), shown.to_owned()))
            .to_vec()
    });
    let choose_kind = move |word: String| {
        file.choose(|form| form.kind = if word == "csv" { OutputKind::Csv } else { OutputKind::JsonLines });
    };
    let choose_keep = move |word: String| file.choose(|form| form.keep = Keep::of_word(&word));
    let why = move || {
        let found = problem.get();
        let is_problem = !found.is_empty();
        let ask = keep.with(String::is_empty).then(|| "Say whether the answers are to be kept.".to_owned());
        let told = if is_problem { Some(found) } else { ask };
        told.map(|told| match is_problem {
            true => view! { <Problem text=told /> },
            false => view! { <p class="note">{told}</p> },
        })
    };
    view! {
        <div class="register">
            <ColumnOf file role=Role::Text id="score-text" label="Column of texts" />
            <ColumnOf file role=Role::Title id="score-title" label="Column of titles" />
            <ColumnOf file role=Role::Label id="score-label" label="Column of labels" />
            <ColumnOf file role=Role::Group id="score-group" label="Column of groups" />
            <SelectField
                id="score-kind"
                label="Written as"
                options=kinds
                value=kind
                on_choose=choose_kind
                word=None
            />
            <SelectField
                id="score-keep"
                label="Keep the answers"
                options=keeps
                value=keep
                on_choose=choose_keep
                word=None
                disabled=Derived::new(move || tab.is_reader())
            />
        </div>
        {why}
        <div class="row">
            <Button
                label="Score this file"
                emphasis=Emphasis::Primary
                on_press=move |()| file.start()
                disabled=cannot
            />
            <Button label="Choose another file" on_press=move |()| file.close() />
        </div>
    }
}

/// Which column has a role.
#[component]
fn ColumnOf(file: AnsweredFile, role: Role, id: &'static str, label: &'static str) -> View {
    let of_form = move |stage: &FileStage| match stage {
        FileStage::Choosing(form) => {
            let names = form.table.columns.iter().enumerate();
            let columns = names.map(|(column, found)| (column.to_string(), found.name.clone()));
            let none = (role != Role::Text).then(|| (String::new(), "None".to_owned()));
            let chosen = form.column_of(role).map_or_else(String::new, |column| column.to_string());
            (none.into_iter().chain(columns).collect::<Vec<_>>(), chosen)
        }
        _ => (Vec::new(), String::new()),
    };
    let options = Derived::new(move || file.stage.with(|stage| of_form(stage).0));
    let value = Derived::new(move || file.stage.with(|stage| of_form(stage).1));
    let choose = move |column: String| file.choose(|form| form.set(role, column.parse().ok()));
    view! { <SelectField id label options value on_choose=choose word=None /> }
}

/// How far it is, how long it will go on, and Stop.
#[component]
fn Answering(file: AnsweredFile, name: String) -> View {
    let told = move || {
        file.stage.with(|stage| match stage {
            FileStage::Answering { n_rows, left, .. } => {
                let rows = format::counted(*n_rows, "row is answered", "rows are answered");
                left.as_ref().map_or_else(|| rows.clone(), |left| format!("{rows} · {left}"))
            }
            _ => String::new(),
        })
    };
    view! {
        <p class="note" role="status" aria-label="Scoring">
            {format!("{name} · ")}
            {told}
        </p>
        <Progress name="Scoring progress" share=file.share.into() />
        <div>
            <Button label="Stop" on_press=move |()| file.stop() />
        </div>
    }
}

fn done(file: AnsweredFile) -> View {
    let outcome = file.stage.with_untracked(|stage| match stage {
        FileStage::Done(outcome) => Some(outcome.clone()),
        _ => None,
    });
    let shown = outcome.map(|outcome| view! { <Outcome outcome /> });
    view! {
        {shown}
        <div class="row">
            <Button label="Download" emphasis=Emphasis::Primary on_press=move |()| file.download() />
            <Button label="Score another file" on_press=move |()| file.close() />
        </div>
    }
}
