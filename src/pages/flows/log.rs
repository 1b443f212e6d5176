//! What a flow run said: by level, by text, followed to its end.

use leptos::prelude::*;
use markup::view;
use track::flow::{LogLevel, LogLine};

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::field::{SelectField, Switch, TextField};
use crate::markup::{ElementRef, View};
use crate::reactive::{Derived, State, follow};
use crate::services::{clock, files, layout};
use crate::state::flows::one_run::{LogFilter, RunDetail};
use crate::state::format;
use crate::state::loadable::Loadable;

/// Lines that are drawn, the last of those that are to be seen.
const MAX_DRAWN: usize = 1_000;
/// Far below the end of any list.
const BOTTOM: f64 = 10_000_000.0;

/// The log.
#[component]
pub fn Log(
    /// Of this run.
    detail: State<Loadable<RunDetail>>,
) -> View {
    let filter = State::new(LogFilter::default());
    let follows = State::new(true);
    let lines = Derived::new(move || {
        detail.with(|detail| {
            let Some(detail) = detail.loaded() else { return (Vec::new(), 0, 0) };
            let seen = filter.with(|filter| {
                detail.log.iter().filter(|line| filter.holds(line)).cloned().collect::<Vec<LogLine>>()
            });
            let n_seen = seen.len();
            let drawn = seen.into_iter().skip(n_seen.saturating_sub(MAX_DRAWN)).collect();
            (drawn, n_seen, detail.log.len())
        })
    });
    let sub = Derived::new(move || {
        lines.with(|(drawn, n_seen, n_all)| {
            let all = format::counted(*n_all as u64, "line", "lines");
            match (drawn.len() < *n_seen, n_seen < n_all) {
                (true, _) => format!("the last {MAX_DRAWN} of {n_seen} that fit, of {all}"),
                (false, true) => format!("{n_seen} of {all}"),
                (false, false) => all,
            }
        })
    });
    let list = ElementRef::new(None);
    follow(move || {
        lines.track();
        if follows.get()
            && let Some(list) = list.get()
        {
            layout::scroll_to(&list, BOTTOM);
        }
    });
    let body = View::live(move || lines.with(|(drawn, ..)| drawn.iter().map(line_of).collect::<View>()));
    let levels: Vec<(String, String)> = std::iter::once((String::new(), "All levels".to_owned()))
        .chain(
            LogLevel::ALL.map(|level| (level.as_str().to_owned(), format!("{} and above", level.as_str()))),
        )
        .collect();
    let choose = move |key: String| {
        filter.update(|filter| filter.level = LogLevel::ALL.into_iter().find(|level| level.as_str() == key));
    };
    let level =
        Derived::new(move || filter.with(|filter| filter.level.map_or("", LogLevel::as_str).to_owned()));
    let download = move |()| {
        let text = detail.with_untracked(|detail| {
            detail.loaded().map(|detail| detail.log.iter().map(plain).collect::<String>()).unwrap_or_default()
        });
        files::download("log.txt", "text/plain", text.as_bytes());
    };
    view! {
        <Card title="Log" sub>
            <div class="stack stack--tight">
                <div class="fields fields--wide">
                    <SelectField id="log-level" label="Level" options=Derived::from(levels) value=level on_choose=choose />
                    <TextField
                        id="log-find"
                        label="Find in the log"
                        value=Derived::new(move || filter.with(|filter| filter.text.clone()))
                        on_type=move |text: String| filter.update(|filter| filter.text = text)
                    />
                </div>
                <div class="row">
                    <Switch label="Follow" on=follows on_change=move |on: bool| follows.set(on) />
                    <Button label="Download the log" on_press=download />
                </div>
                <div class="flow-log" role="log" aria-label="Log lines" tabindex="0" node_ref=list>
                    {body}
                </div>
            </div>
        </Card>
    }
}

fn plain(line: &LogLine) -> String {
    format!("{} {} {} {}\n", when(line), line.level.as_str(), line.task, line.text)
}

/// The time of a line to the second.
fn when(line: &LogLine) -> String {
    let seconds = line.at.0 / 1000 % 60;
    format!("{}:{seconds:02}", format::date_time(line.at, clock::offset_minutes()))
}

fn line_of(line: &LogLine) -> View {
    let class = match line.level {
        LogLevel::Debug | LogLevel::Info => "flow-log__line",
        LogLevel::Warning => "flow-log__line flow-log__line--warning",
        LogLevel::Error => "flow-log__line flow-log__line--error",
    };
    let task = (!line.task.is_empty()).then(|| format!("{}: ", line.task));
    let text = line.text.clone();
    view! {
        <p class=class>
            <span class="note">{when(line)}</span>
            " "
            {line.level.as_str()}
            " "
            {task}
            {text}
        </p>
    }
}
