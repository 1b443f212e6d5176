//! How far a study is: the bar while it runs, the figures also afterwards, `Stop`, and what went wrong.

use engine::metrics::Metric;
use engine::split::SplitKind;
use leptos::prelude::*;
use markup::view;

use super::steering::Steering;
use crate::components::button::{Button, Emphasis};
use crate::components::figures::{Stat, word_of_metric};
use crate::components::states::Problem;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::format;
use crate::state::live_study::{LivePhase, LiveStudy};
use crate::state::tab::use_tab;
use crate::state::training::Training;

/// Shown where a figure is not known.
const UNKNOWN: &str = "–";

fn phase_words(phase: &LivePhase) -> &'static str {
    match phase {
        LivePhase::Preparing => "Reading the data again",
        LivePhase::Elsewhere => "Under way in another tab: what it stores appears here",
        LivePhase::Searching => "Trying settings",
        LivePhase::Fitting => "Fitting the best setting of each model",
        LivePhase::Storing => "Storing the last records",
        LivePhase::Finished => "Finished",
        LivePhase::Stopped => "Stopped: what had finished is kept",
        LivePhase::Failed(_) => "Ended without a model",
    }
}

/// Figures and bar of a study.
#[component]
pub fn Progress(
    /// Whose study.
    training: Training,
) -> View {
    let study = move |read: fn(&LiveStudy) -> String| {
        Derived::new(move || training.live.with(|live| live.loaded().map(read).unwrap_or_default()))
    };
    let is_running = Derived::new(move || training.is_running());
    let can_go_on =
        Derived::new(move || training.live.with(|live| live.loaded().is_some_and(LiveStudy::can_go_on)));
    let tab = use_tab();
    let is_reader = Derived::new(move || tab.is_reader());
    let phase = study(|study| phase_words(&study.phase).to_owned());
    let name = study(|study| study.name.clone());
    let best = study(|study| study.best.map_or_else(|| UNKNOWN.to_owned(), |best| format::score(best.mean)));
    let interval = study(|study| {
        let interval = study.best.and_then(|best| best.interval);
        interval.map_or_else(String::new, |(low, high)| {
            format!(", {} to {} ", format::score(low), format::score(high))
        })
    });
    let trials = study(|study| format!("{} / {}", format::whole(study.n_done), format::whole(study.n_total)));
    let pace = study(|study| study.trials_per_second.map_or_else(|| UNKNOWN.to_owned(), format::pace));
    let time = study(time_words);
    let time_label = study(|study| {
        let label = match study.phase {
            LivePhase::Elsewhere => "so far",
            _ if study.is_running() => "left",
            _ => "altogether",
        };
        label.to_owned()
    });
    let failure = Derived::new(move || {
        training.live.with(|live| match live.loaded().map(|study| &study.phase) {
            Some(LivePhase::Failed(sentence)) => Some(sentence.clone()),
            _ => None,
        })
    });
    let metric = Derived::new(move || {
        training.live.with(|live| live.loaded().map_or(Metric::default(), |live| live.metric))
    });
    let of_metric = View::live(move || view! { <Term word=word_of_metric(metric.get()) /> });
    let less = move || metric.get().is_loss().then_some(" (less is better)");
    let has_interval = Derived::new(move || interval.with(|interval| !interval.is_empty()));
    let is_by_time = Derived::new(move || {
        let split = |live: &LiveStudy| Some(live.study.as_ref()?.split.kind);
        training.live.with(|live| live.loaded().and_then(split)) == Some(SplitKind::ByTime)
    });
    let interval_term = move || {
        let word = if is_by_time.get() { Word::TimeFoldInterval } else { Word::FoldInterval };
        has_interval.get().then(|| view! { {interval} <Term word=word /> })
    };
    let lost = study(|study| {
        let n_pruned = study.pruned.map_or(0, |pruned| pruned.n_trials);
        let part = |number: u64, word: &str| match number {
            0 => String::new(),
            number => format!(", {} {word}", format::whole(number)),
        };
        part(n_pruned, "pruned") + &part(study.n_failed, "failed")
    });
    let pruned = study(|study| study.pruned.map_or_else(String::new, |pruned| pruned.words()));
    let ended = study(|study| {
        let said = study.ended.iter().map(|(model, why)| format!("{}: {why}", format::model_name(*model)));
        said.collect::<Vec<String>>().join(" ")
    });
    let waiting = Derived::new(move || {
        training.live.with(|live| live.loaded().and_then(|study| study.problem.clone()))
    });
    view! {
        <section class="card stack" aria-label="Study">
            <div class="row">
                <p role="status" aria-label="Study status">
                    <b>{move || phase.get()}</b>
                </p>
                <p class="note">{move || name.get()}</p>
                <Show when=move || is_running.get()>
                    <div class="push">
                        <Button label="Stop" on_press=move |()| training.stop() />
                    </div>
                </Show>
                <Show when=move || can_go_on.get()>
                    <div class="push">
                        <Button
                            label="Go on"
                            on_press=move |()| training.go_on()
                            emphasis=Emphasis::Primary
                            disabled=is_reader
                        />
                    </div>
                </Show>
            </div>
            <div class="stats">
                <Stat value=best>
                    "best " {of_metric} {interval_term} {less}
                </Stat>
                <Stat value=trials>
                    <Term word=Word::Trial text="trials" /> {lost}
                </Stat>
                <Stat value=pace>"trials a second"</Stat>
                <Stat value=time>{move || time_label.get()}</Stat>
            </div>
            <Show when=move || is_running.get()>
                <Bar training />
            </Show>
            <Show when=move || ended.with(|ended| !ended.is_empty())>
                <p class="note">{ended}</p>
            </Show>
            <Show when=move || pruned.with(|pruned| !pruned.is_empty())>
                <p class="note"><Term word=Word::Pruning text="Pruning" /> ": " {pruned}</p>
            </Show>
            {move || waiting.get().map(|text| view! { <Problem text on_retry=move |()| training.retry() /> })}
            {move || failure.get().map(|text| view! { <Problem text /> })}
            <Steering training />
        </section>
    }
}

fn time_words(study: &LiveStudy) -> String {
    let shown = if study.is_running() { study.left_ms } else { Some(study.elapsed_ms) };
    shown.map_or_else(|| UNKNOWN.to_owned(), format::duration)
}

#[component]
fn Bar(training: Training) -> View {
    let done = Derived::new(move || {
        training.live.with(|live| live.loaded().map_or((0, 1), |study| (study.n_done, study.n_total.max(1))))
    });
    let share = move || {
        let (n_done, n_total) = done.get();
        format!("scaleX({:.4})", n_done as f64 / n_total as f64)
    };
    let words = move || {
        let (n_done, n_total) = done.get();
        format!("{n_done} of {n_total} trials")
    };
    view! {
        <div
            class="progress"
            role="progressbar"
            aria-label="Tuning progress"
            aria-valuemin="0"
            aria-valuemax=move || done.get().1.to_string()
            aria-valuenow=move || done.get().0.to_string()
            aria-valuetext=words
        >
            <div class="progress__fill" style:transform=share></div>
        </div>
    }
}
