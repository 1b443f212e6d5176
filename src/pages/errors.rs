//! Error analysis of a fit, on the page of its run and on that of its version: which reviews are taken for what, in
//! which kinds of reviews it is worse, what its probabilities are worth, and what another threshold would change.

pub mod report;
mod calibration;
mod slices;
mod rows;
mod threshold;

use std::rc::Rc;

use jobs::HeldOutOutput;
use leptos::prelude::*;
use markup::view;

use self::calibration::Calibration;
use self::report::Report;
use self::rows::Rows;
use self::slices::Slices;
use self::threshold::Threshold;
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::field::Chip;
use crate::components::progress::Progress;
use crate::components::states::{Loading, Problem};
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::router::use_router;
use crate::state::error_analysis::{ErrorAnalysis, FileWork, Subject, asked_part, is_asked, open, show_part};
use crate::state::fit_report::{FitReport, Part};
use crate::state::format;
use crate::state::lab::use_lab;
use crate::state::loadable::Loadable;
use crate::state::stored_fits::use_stored_fits;

/// The section: a button that opens it, and what it holds. The address says whether it is open.
#[component]
pub fn ErrorSection(
    /// What is looked into; nothing is shown of what left no fit.
    subject: Derived<Option<Subject>>,
    /// The matrix, the curves and the terms stand here, too.
    has_report: bool,
) -> View {
    let router = use_router();
    let is_open = Derived::new(move || is_asked(router));
    let has_subject = Derived::new(move || subject.with(Option::is_some));
    let label = Derived::new(move || {
        if is_open.get() { "Close the error analysis" } else { "Look into the errors" }.to_owned()
    });
    let part = Derived::new(move || asked_part(router));
    let has_test =
        Derived::new(move || subject.with(|subject| subject.as_ref().is_some_and(|of| of.test.is_some())));
    let chip = move |label: &'static str, of: Part| {
        let is_on = Derived::new(move || part.get() == of);
        view! { <Chip label one_of=Some("error-part") on=is_on on_change=move |_: bool| show_part(router, of) /> }
    };
    let body = View::live(move || {
        let subject = subject.get().filter(|_| is_open.get()).map(|subject| subject.by(part.get()));
        subject.map(|subject| view! { <Analysis subject has_report /> })
    });
    view! {
        <Show when=move || has_subject.get()>
            <Card title="Error analysis">
                <div class="stack stack--tight">
                    <p class="note">
                        "Which reviews it gets wrong, in which kinds of reviews that happens more often than in others, and \
                         what another threshold would change. Counted in reviews that the model did not see: of the training \
                         part, each predicted by the fit of a fold that left it out, or of the test part."
                    </p>
                    <Show when=move || is_open.get() && has_test.get()>
                        <div class="choices" role="group" aria-label="Reviews that are counted">
                            {chip("Training part, left out by a fold", Part::HeldOut)}
                            {chip("Test part", Part::Test)}
                        </div>
                    </Show>
                    <div>
                        <Button label on_press=move |()| open(router, !is_open.get_untracked()) />
                    </div>
                </div>
            </Card>
        </Show>
        {body}
    }
}

#[component]
fn Analysis(subject: Subject, has_report: bool) -> View {
    let analysis = ErrorAnalysis::new(subject, use_stored_fits(), use_lab(), use_router());
    let state = Derived::new(move || analysis.measured.with(Loadable::without_value));
    View::live(move || match state.get() {
        Loadable::Nothing | Loadable::Loading => view! { <Loading what="what it predicts" /> },
        Loadable::Failed(text) => view! { <Problem text on_retry=move |()| analysis.measure() /> },
        Loadable::Loaded(()) => {
            let output = analysis.measured.with_untracked(|measured| measured.loaded().cloned());
            View::from(output.map(|output| view! { <Whole analysis output has_report /> }))
        }
    })
}

#[component]
fn Whole(analysis: ErrorAnalysis, output: Rc<HeldOutOutput>, has_report: bool) -> View {
    let classes = Rc::new(output.labels.clone());
    let report = has_report.then(|| {
        let part = analysis.subject.with(|subject| subject.part);
        let report = Derived::from(Loadable::Loaded(Rc::new(FitReport::of(&[(part, &*output)]))));
        view! { <Report report /> }
    });
    view! {
        <div class="stack">
            {report}
            <FileLine analysis />
            <Rows analysis classes n_wrong=n_wrong(&output) />
            <Slices analysis />
            <Threshold analysis output=output.clone() />
            <Calibration output />
        </div>
    }
}

/// Rows off the diagonal.
fn n_wrong(output: &HeldOutOutput) -> u64 {
    let confusion = output.metrics.confusion.iter().enumerate();
    let off = |(truth, row): (usize, &Vec<u64>)| {
        row.iter()
            .enumerate()
            .filter(|(predicted, _)| *predicted != truth)
            .map(|(_, count)| count)
            .sum::<u64>()
    };
    confusion.map(off).sum()
}

/// How far the look through the file is; nothing once it is done.
#[component]
fn FileLine(analysis: ErrorAnalysis) -> View {
    let is_reading = Derived::new(move || analysis.file.with(|file| matches!(file, FileWork::Reading(_))));
    let share = Derived::new(move || {
        analysis.file.with(|file| if let FileWork::Reading(share) = file { *share } else { 1.0 })
    });
    let failed = move || {
        let failed = analysis.file.with(|file| match file {
            FileWork::Failed(sentence) => Some(sentence.clone()),
            FileWork::Nothing | FileWork::Reading(_) | FileWork::Done(_) => None,
        })?;
        Some(view! { <Problem text=failed on_retry=move |()| analysis.read_file() /> })
    };
    view! {
        <Show when=move || is_reading.get()>
            <section class="card stack stack--tight" aria-label="Reading the reviews">
                <p class="row">
                    <span role="status">"Reading the reviews that it was judged on …"</span>
                    <span class="push note">{move || format::percent(share.get())}</span>
                </p>
                <Progress name="Reading progress" share />
                <div><Button label="Stop reading" on_press=move |()| analysis.stop() /></div>
            </section>
        </Show>
        {failed}
    }
}
