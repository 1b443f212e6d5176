//! The file of new reviews: given, its columns chosen, checked with a bar and Stop.

use leptos::prelude::*;
use markup::view;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::drop_zone::DropZone;
use crate::components::field::SelectField;
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived};
use crate::services::files::File;
use crate::state::answered_file::{FileForm, Role};
use crate::state::monitor::{Monitor, Stage, use_monitor};
use crate::state::tab::use_tab;

const HINT: &str = "CSV, TSV or JSON lines with a text on each row, packed as zip or gzip or not, up to 512 MB. Labels are \
                    measured against where it has some. It stays on this device.";

#[derive(Clone, PartialEq)]
enum Part {
    Nothing,
    Looking(String),
    Choosing(String),
    Working(&'static str),
    Failed(String),
}

/// The card, in the state the file is in.
#[component]
pub fn Given() -> View {
    let monitor = use_monitor();
    let part = Derived::new(move || {
        monitor.stage.with(|stage| match stage {
            Stage::Nothing => Part::Nothing,
            Stage::Looking { name } => Part::Looking(name.clone()),
            Stage::Choosing(form) => Part::Choosing(form.sentence()),
            Stage::Working { what } => Part::Working(what),
            Stage::Failed { sentence } => Part::Failed(sentence.clone()),
        })
    });
    let body = move || match part.get() {
        Part::Nothing => give(monitor),
        Part::Looking(name) => view! {
            <p class="note">{format!("Looking through {name} …")}</p>
            <Progress name="Looking progress" share=monitor.share.into() />
            <div>
                <Button label="Stop" on_press=move |()| monitor.close() />
            </div>
        },
        Part::Choosing(sentence) => view! {
            <p class="note">{sentence}</p>
            <Choices monitor />
        },
        Part::Working(what) => view! {
            <p class="note" role="status" aria-label="Checking">
                {format!("{what} …")}
            </p>
            <Progress name="Check progress" share=monitor.share.into() />
            <div>
                <Button label="Stop" on_press=move |()| monitor.stop() />
            </div>
        },
        Part::Failed(sentence) => view! {
            <Problem text=sentence />
            {give(monitor)}
        },
    };
    view! {
        <Card title="Check new reviews">
            <div class="stack">{body}</div>
        </Card>
    }
}

fn give(monitor: Monitor) -> View {
    let tab = use_tab();
    let open = Callback::new(move |files: Vec<File>| monitor.open(files));
    let reads = Derived::new(move || tab.is_reader());
    view! {
        <DropZone
            on_files=open
            title="Drop a file of new reviews here"
            hint=HINT
            slim=true
            disabled=reads
            input_name="New reviews file"
        />
        <Show when=move || reads.get()>
            <p class="note">"This tab only reads: take over here to check reviews, because the report is kept."</p>
        </Show>
    }
}

#[component]
fn Choices(monitor: Monitor) -> View {
    let tab = use_tab();
    let problem = Derived::new(move || {
        monitor.stage.with(|stage| match stage {
            Stage::Choosing(form) => form.problem().unwrap_or_default(),
            _ => String::new(),
        })
    });
    let cannot = Derived::new(move || problem.with(|problem| !problem.is_empty()) || tab.is_reader());
    let why = move || {
        let text = problem.get();
        (!text.is_empty()).then(|| view! { <Problem text /> })
    };
    view! {
        <div class="register">
            <ColumnOf monitor role=Role::Text id="monitor-text" label="Column of texts" />
            <ColumnOf monitor role=Role::Label id="monitor-label" label="Column of labels" />
        </div>
        {why}
        <p class="note">
            "The report and the answers with their texts are kept on this device. You can delete both: the report below, the \
             answers under Predict."
        </p>
        <div class="row">
            <Button
                label="Check these reviews"
                emphasis=Emphasis::Primary
                on_press=move |()| monitor.start()
                disabled=cannot
            />
            <Button label="Choose another file" on_press=move |()| monitor.close() />
        </div>
    }
}

/// Which column has a role.
#[component]
fn ColumnOf(monitor: Monitor, role: Role, id: &'static str, label: &'static str) -> View {
    let of_form = move |look: fn(&FileForm, Role) -> Choices| {
        monitor.stage.with(|stage| match stage {
            Stage::Choosing(form) => look(form, role),
            _ => Default::default(),
        })
    };
    let options = Derived::new(move || of_form(choices).0);
    let value = Derived::new(move || of_form(choices).1);
    let choose = move |column: String| monitor.choose(|form| form.set(role, column.parse().ok()));
    view! { <SelectField id label options value on_choose=choose word=None /> }
}

/// Columns by their numbers, with their names; and the number of the one that is chosen.
type Choices = (Vec<(String, String)>, String);

fn choices(form: &FileForm, role: Role) -> Choices {
    let names = form.table.columns.iter().enumerate();
    let columns = names.map(|(column, found)| (column.to_string(), found.name.clone()));
    let none = (role != Role::Text).then(|| (String::new(), "None".to_owned()));
    let chosen = form.column_of(role).map_or_else(String::new, |column| column.to_string());
    (none.into_iter().chain(columns).collect(), chosen)
}
