//! `/data`: bring a file, say which column is what, see what will be learned from and what will not.

pub mod file_format;
pub mod columns;
pub mod class_head;
pub mod class_columns;
pub mod mapping;
pub mod preview;
pub mod tables;
pub mod dataset;
pub mod faults;
pub mod type_reviews;
pub mod give_file;
pub mod kept;
pub mod overview;
pub mod playground;
pub mod labels;
pub mod pictures;
pub mod sections;

use leptos::prelude::*;
use markup::view;

use self::columns::Columns;
use self::give_file::GiveFile;
use self::mapping::{Mapping, MappingActions};
use self::preview::Preview;
use self::sections::Sections;
use self::tables::Issues;
use crate::components::button::{Button, ButtonLink, Emphasis};
use crate::components::page_head::PageHead;
use crate::components::reading::Reading;
use crate::components::states::Problem;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived};
use crate::state::format;
use crate::state::lab::{Import, Lab, use_lab};
use crate::state::tab::use_tab;
use crate::state::views::ScannedFile;

/// What the page shows: changes less often than the import's progress.
#[derive(Clone, PartialEq)]
enum Stage {
    Dataset,
    Scanning,
    Choosing,
    Failed(String),
}

/// The page.
#[component]
pub fn DataPage() -> View {
    let lab = use_lab();
    lab.expect_a_file();
    let stage = Derived::new(move || {
        lab.import.with(|import| match import {
            Import::Idle | Import::Ready(_) => Stage::Dataset,
            Import::Scanning { .. } => Stage::Scanning,
            Import::Scanned(_) | Import::Reading { .. } => Stage::Choosing,
            Import::Failed { name, sentence } => Stage::Failed(format!("{name}: {sentence}")),
        })
    });
    let body = move || match stage.get() {
        Stage::Dataset => view! { <Sections lab /> },
        Stage::Scanning => view! { <Reading lab /> },
        Stage::Choosing => view! { <Choosing lab /> },
        Stage::Failed(sentence) => view! {
            <Problem text=sentence />
            <Sections lab />
        },
    };
    view! {
        <Head lab />
        <div class="stack">{body}</div>
    }
}

/// The heading, the file in a few words, and the next step.
#[component]
fn Head(lab: Lab) -> View {
    let tab = use_tab();
    let sub = move || {
        let dataset =
            lab.dataset.with(|dataset| dataset.loaded().map(crate::state::views::DatasetView::sentence));
        lab.import.with(|import| match (import, import.file()) {
            (Import::Ready(_), _) | (_, None) => dataset.unwrap_or_default(),
            (_, Some(file)) => {
                let rows = format::counted(file.n_rows, "row", "rows");
                format!("{} · {rows} · {}", file.name, format::bytes(file.n_bytes))
            }
        })
    };
    let next = Derived::new(move || {
        lab.import.with(|import| match import {
            Import::Idle | Import::Failed { .. } => {
                Next::of_dataset(lab.dataset.with(|dataset| dataset.loaded().is_some()))
            }
            Import::Scanning { .. } => Next::Wait,
            Import::Scanned(_) | Import::Reading { .. } => Next::Use,
            Import::Ready(_) => Next::Train,
        })
    });
    let cannot_use = Derived::new(move || {
        tab.is_reader()
            || lab
                .import
                .with(|import| import.is_busy() || import.file().is_none_or(|file| file.problem.is_some()))
    });
    let actions = move || match next.get() {
        Next::Wait => View::nothing(),
        Next::Sample => view! { <SampleButton lab emphasis=Emphasis::Primary /> },
        Next::Use => view! {
            <Button label="Cancel" on_press=move |()| lab.close() emphasis=Emphasis::Quiet />
            <Button
                label="Use this data"
                on_press=move |()| lab.use_this_data()
                emphasis=Emphasis::Primary
                disabled=cannot_use
            />
        },
        Next::Train => view! {
            <SampleButton lab emphasis=Emphasis::Quiet />
            <ButtonLink href="/train" label="Train on this data" emphasis=Emphasis::Primary />
        },
    };
    view! {
        <PageHead title="Data" sub=Derived::new(sub)>
            {actions}
        </PageHead>
    }
}

/// The step that comes next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Sample,
    Wait,
    Use,
    Train,
}

impl Next {
    fn of_dataset(has_dataset: bool) -> Self {
        if has_dataset { Self::Train } else { Self::Sample }
    }
}

#[component]
fn SampleButton(lab: Lab, emphasis: Emphasis) -> View {
    let tab = use_tab();
    view! {
        <Button
            label="Try the sample reviews"
            on_press=move |()| lab.open_sample()
            emphasis
            disabled=Derived::new(move || tab.is_reader())
        />
    }
}

/// A file whose columns and classes are being chosen, or that is read by what was chosen.
#[component]
fn Choosing(lab: Lab) -> View {
    let tab = use_tab();
    // The last file shown stays while this part is taken down, when there is none any more.
    let file = Derived::after(move |before: Option<&ScannedFile>| {
        let file = lab.import.with(|import| import.file().cloned()).or_else(|| before.cloned());
        file.expect("this part is shown only once there is a file")
    });
    let disabled = Derived::new(move || tab.is_reader() || lab.import.with(Import::is_busy));
    let is_reading = Derived::new(move || lab.import.with(|import| matches!(import, Import::Reading { .. })));
    let problem = Derived::new(move || file.with(|file| file.problem.clone()));
    let scan_issues = Derived::new(move || file.with(|file| file.issues.clone()));
    let actions = MappingActions {
        keep_missing: Callback::new(move |keep: bool| lab.set_keep_missing(keep)),
        class_of: Callback::new(move |(value, class): (String, _)| lab.set_class(&value, class)),
        add: Callback::new(move |()| lab.add_class()),
        remove: Callback::new(move |class| lab.remove_class(class)),
        rename: Callback::new(move |(class, name)| lab.rename_class(class, name)),
    };
    view! {
        <Show when=move || is_reading.get()>
            <Reading lab />
        </Show>
        {move || problem.get().map(|text| view! { <Problem text /> })}
        <Mapping lab file actions disabled />
        <Columns file />
        <Preview lab file />
        <Show when=move || scan_issues.with(|issues| issues.n_issues > Some(0))>
            <Issues issues=scan_issues />
        </Show>
        <GiveFile lab />
    }
}
