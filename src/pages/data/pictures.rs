//! What the reviews look like: their stars and classes, their length, when they were written, which words tell classes apart.

use engine::dataset::RatingCount;
use engine::describe::{Description, Lengths, Overlap, Period, TellingTerm, TimeBin};
use leptos::prelude::*;
use markup::view;

use crate::charts::bars::{self, Amount};
use crate::charts::columns::Columns;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::components::card::Card;
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::View;
use crate::reactive::{Callback, Derived, Held, follow};
use crate::state::data_pictures::{Described, use_data_pictures};
use crate::state::format;
use crate::state::lab::use_lab;
use crate::state::live_study::LivePhase;
use crate::state::loadable::Loadable;
use crate::state::training::use_training;

/// Overlap of use above which two classes are said to be hard to tell apart.
const ALIKE: f64 = 0.9;

/// The section.
#[component]
pub fn Pictures() -> View {
    let pictures = use_data_pictures();
    let training = use_training();
    let lab = use_lab();
    let is_preparing = Derived::new(move || {
        training.live.with(|live| live.loaded().is_some_and(|live| live.phase == LivePhase::Preparing))
    });
    let data = Derived::new(move || {
        lab.dataset.with(|dataset| dataset.loaded().map(|dataset| dataset.data.clone()))
    });
    follow(move || {
        data.track();
        if !is_preparing.get() {
            pictures.want();
        }
    });
    View::live(move || match pictures.shown.get() {
        Loadable::Nothing => view! {
            <Nothing title="No pictures yet" text="They are drawn once there is data in use." />
        },
        Loadable::Loading => view! { <Loading what="pictures of the reviews" /> },
        Loadable::Failed(reason) => view! { <Problem text=reason on_retry=move |()| pictures.want() /> },
        Loadable::Loaded(described) => view! { <All described /> },
    })
}

#[component]
fn All(described: Described) -> View {
    let Described { classes, ratings, description, .. } = described;
    let stars = (!ratings.is_empty()).then(|| {
        let (says, columns) = (rating_words(&ratings), by_rating(&ratings, &classes));
        view! { <Card title="Stars and classes"><Stacked name="Stars and classes" says columns /></Card> }
    });
    let of_class = |(class, terms): (usize, &Vec<TellingTerm>)| {
        let name = classes.get(class).cloned().unwrap_or_default();
        view! { <Words name class terms=terms.clone() /> }
    };
    let words = description.telling.iter().enumerate().map(of_class).collect::<View>();
    let dated =
        (!description.times.is_empty()).then(|| (time_words(&description), by_time(&description, &classes)));
    let times = dated.map(|(says, columns)| {
        view! { <Card title="Reviews over time"><Stacked name="Reviews over time" says columns /></Card> }
    });
    let says = length_words(&description.lengths);
    let lengths = by_length(&description.lengths, &classes);
    let overlaps = description.overlaps.clone();
    view! {
        <div class="stack">
            {stars}
            <Card title="Length of reviews">
                <Stacked name="Length of reviews" says columns=lengths />
            </Card>
            {times}
            <p class="note">
                "Words stand here as cleaning leaves them, cut to their stems; longer bars tell the class more surely."
            </p>
            <div class="split split--even split--top">{words}</div>
            <Card title="Words in common">
                <InCommon overlaps classes />
            </Card>
        </div>
    }
}

/// Columns in a frame.
#[component]
fn Stacked(name: &'static str, says: String, columns: Columns) -> View {
    let legend = columns.legend();
    let columns = Held::new(columns);
    view! {
        <Chart
            name
            says
            scene=Callback::new(move |width: f64| columns.with(|columns| columns.plot().scene(width)))
            twin=Derived::new(move || columns.with(Columns::twin))
            tell=Callback::new(move |bin: u32| columns.with(|columns| columns.tip(bin)))
            legend
            sentence=true
        />
    }
}

/// The words that tell one class from the others.
#[component]
fn Words(name: String, class: usize, terms: Vec<TellingTerm>) -> View {
    let amount = |term: &TellingTerm| Amount {
        name: term.term.clone(),
        value: term.z,
        shown: format!("{:.1}", term.z),
        ink: Ink::Class(class),
    };
    let says = match terms.first() {
        Some(first) => format!("'{}' tells {name} reviews from the others most surely.", first.term),
        None => format!("No word tells {name} reviews from the others."),
    };
    let amounts = Held::new(terms.iter().map(amount).collect::<Vec<_>>());
    let terms = Held::new(terms);
    let title = format!("Words of {name} reviews");
    view! {
        <Card title=title.clone()>
            <Chart
                name=title
                says
                scene=Callback::new(move |width: f64| amounts.with(|amounts| bars::scene(amounts, None, width)))
                twin=Derived::new(move || terms.with(|terms| words_twin(terms)))
                tell=Callback::new(move |place: u32| {
                    terms.with(|terms| terms.get(place as usize).map(word_tip).unwrap_or_default())
                })
                sentence=true
            />
        </Card>
    }
}

fn word_tip(term: &TellingTerm) -> Tip {
    Tip::words(format!(
        "{}: {} here, {} in others; {:.1} standard deviations from chance",
        term.term,
        format::counted(term.n_within, "time", "times"),
        format::counted(term.n_without, "time", "times"),
        term.z
    ))
}

fn words_twin(terms: &[TellingTerm]) -> Twin {
    let columns = vec![
        Column::words("Word"),
        Column::numbers("Times here"),
        Column::numbers("Times in others"),
        Column::numbers("z of the log-odds"),
    ];
    let row = |term: &TellingTerm| {
        vec![
            term.term.clone(),
            term.n_within.to_string(),
            term.n_without.to_string(),
            format!("{:.4}", term.z),
        ]
    };
    Twin { columns, rows: terms.iter().map(row).collect() }
}

/// How much classes use the same words.
#[component]
fn InCommon(overlaps: Vec<Overlap>, classes: Vec<String>) -> View {
    let says = overlap_words(&overlaps, &classes);
    let amounts: Vec<Amount> = overlaps.iter().map(|overlap| pair(overlap, &classes)).collect();
    let (amounts, overlaps) = (Held::new(amounts), Held::new(overlaps));
    let tip = move |place: u32| {
        let words = |overlap: &Overlap| {
            let (both, either) = (format::whole(overlap.n_both), format::whole(overlap.n_either));
            format!(
                "{both} of {either} different words are used by both; their use overlaps by {:.2}",
                overlap.of_use
            )
        };
        Tip::words(overlaps.with(|overlaps| overlaps.get(place as usize).map(words).unwrap_or_default()))
    };
    view! {
        <Chart
            name="Words in common"
            says
            scene=Callback::new(move |width: f64| amounts.with(|amounts| bars::scene(amounts, Some(1.0), width)))
            twin=Derived::new(move || amounts.with(|amounts| bars::twin(amounts, "Classes", "Overlap of use")))
            tell=Callback::new(tip)
            sentence=true
        />
    }
}

fn pair(overlap: &Overlap, classes: &[String]) -> Amount {
    let name = |class: u8| classes.get(usize::from(class)).cloned().unwrap_or_default();
    Amount {
        name: format!("{}, {}", name(overlap.first), name(overlap.second)),
        value: overlap.of_use,
        shown: format!("{:.2}", overlap.of_use),
        ink: Ink::Neutral,
    }
}

fn overlap_words(overlaps: &[Overlap], classes: &[String]) -> String {
    let most = overlaps.iter().reduce(|most, next| if next.of_use > most.of_use { next } else { most });
    let Some(most) = most else { return "There are no two classes.".to_owned() };
    let pair = pair(most, classes).name.replacen(", ", " and ", 1);
    let alike = if most.of_use > ALIKE { ": hard to tell apart by words alone" } else { "" };
    format!("{pair} reviews use {} of their words alike{alike}.", format::percent(most.of_use))
}

/// More ratings than this are told apart by pointing at them, not by words below them.
const RATINGS_NAMED: usize = 40;

fn by_rating(ratings: &[RatingCount], classes: &[String]) -> Columns {
    let every = ratings.len().div_ceil(RATINGS_NAMED).max(1);
    let bin = |(place, count): (usize, &RatingCount)| {
        let label = if place % every == 0 { count.rating.clone() } else { String::new() };
        (label, count.rating.clone())
    };
    let of_class =
        |class: usize| ratings.iter().map(|count| count.n_rows.get(class).copied().unwrap_or(0)).collect();
    Columns {
        what: "rating or label",
        bins: ratings.iter().enumerate().map(bin).collect(),
        classes: classes.to_vec(),
        n_rows: (0..classes.len()).map(of_class).collect(),
    }
}

fn rating_words(ratings: &[RatingCount]) -> String {
    let n_rows = |count: &RatingCount| count.n_rows.iter().sum::<u64>();
    let all: u64 = ratings.iter().map(n_rows).sum();
    let most = ratings.iter().reduce(|most, next| if n_rows(next) > n_rows(most) { next } else { most });
    let Some(most) = most else { return String::new() };
    let mixed = ratings.iter().filter(|count| count.n_rows.iter().filter(|n| **n > 0).count() > 1).count();
    let mixed = match mixed {
        0 => String::new(),
        n => format!(
            " {} reviews of more than one class, because labels were corrected.",
            format::counted(n as u64, "rating has", "ratings have")
        ),
    };
    let share = format::percent(n_rows(most) as f64 / all.max(1) as f64);
    format!("'{}' is the most frequent: {share} of the reviews.{mixed}", most.rating)
}

fn by_length(lengths: &Lengths, classes: &[String]) -> Columns {
    let n_bins = lengths.n_rows.first().map_or(0, Vec::len) as u32;
    let bin = |at: u32| {
        let (from, to) = (at * lengths.width, (at + 1) * lengths.width - 1);
        let is_open = at + 1 == n_bins && lengths.most > to;
        let name = match (is_open, from == to) {
            (true, _) => format!("{from} words or more"),
            (false, true) => format::counted(u64::from(from), "word", "words"),
            (false, false) => format!("{from} to {to} words"),
        };
        (if is_open { format!("{from}+") } else { from.to_string() }, name)
    };
    Columns {
        what: "words in a review",
        bins: (0..n_bins).map(bin).collect(),
        classes: classes.to_vec(),
        n_rows: lengths.n_rows.clone(),
    }
}

fn length_words(lengths: &Lengths) -> String {
    format!(
        "Half of the reviews have {} or fewer that count, the longest has {}.",
        format::counted(u64::from(lengths.median), "word", "words"),
        format::whole(u64::from(lengths.most))
    )
}

fn by_time(description: &Description, classes: &[String]) -> Columns {
    let bin = |bin: &TimeBin| {
        let TimeBin { year, month, day, .. } = bin;
        match description.period {
            Period::Day => (format!("{month:02}-{day:02}"), format!("{year:04}-{month:02}-{day:02}")),
            Period::Month => (format!("{year:04}-{month:02}"), format!("{year:04}-{month:02}")),
            Period::Quarter => {
                let name = format!("{year:04} Q{}", (month - 1) / 3 + 1);
                (name.clone(), name)
            }
            Period::Year => (year.to_string(), year.to_string()),
        }
    };
    let of_class = |class: usize| {
        description.times.iter().map(|bin| bin.n_rows.get(class).copied().unwrap_or(0)).collect()
    };
    Columns {
        what: match description.period {
            Period::Day => "day",
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
        },
        bins: description.times.iter().map(bin).collect(),
        classes: classes.to_vec(),
        n_rows: (0..classes.len()).map(of_class).collect(),
    }
}

fn time_words(description: &Description) -> String {
    let columns = by_time(description, &[]);
    let ends = columns.bins.first().zip(columns.bins.last());
    let (first, last) =
        ends.map(|((_, first), (_, last))| (first.as_str(), last.as_str())).unwrap_or_default();
    let undated = match description.n_undated {
        0 => String::new(),
        n_undated => format!(" {} no date.", format::counted(n_undated, "review has", "reviews have")),
    };
    match first == last {
        true => format!("All dated reviews are of {first}.{undated}"),
        false => format!("Reviews from {first} to {last}.{undated}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Vec<String> {
        vec!["negative".into(), "positive".into()]
    }

    #[test]
    fn lengths_are_named_in_words_and_the_last_bin_is_open() {
        let lengths = Lengths { width: 5, n_rows: vec![vec![1, 2], vec![3, 4]], median: 6, most: 90 };
        let columns = by_length(&lengths, &classes());
        assert_eq!(
            columns.bins,
            [("0".into(), "0 to 4 words".into()), ("5+".into(), "5 words or more".into())]
        );
        assert_eq!(
            length_words(&lengths),
            "Half of the reviews have 6 words or fewer that count, the longest has 90."
        );
    }

    #[test]
    fn stars_are_coloured_by_the_class_they_count_for() {
        let count =
            |rating: &str, n_rows: [u64; 2]| RatingCount { rating: rating.into(), n_rows: n_rows.into() };
        let ratings = [count("1", [30, 1]), count("5", [0, 69])];
        let columns = by_rating(&ratings, &classes());
        assert_eq!(columns.n_rows, [vec![30, 0], vec![1, 69]]);
        assert_eq!(columns.tip(0).text, "1: 31 reviews (30 negative, 1 positive)");
        assert_eq!(
            rating_words(&ratings),
            "'5' is the most frequent: 69 % of the reviews. 1 rating has reviews of more than one class, because labels were corrected."
        );
        assert_eq!(rating_words(&ratings[1..]), "'5' is the most frequent: 100 % of the reviews.");
    }

    fn bin(year: i64, month: i64, n_rows: [u64; 2]) -> TimeBin {
        TimeBin { year, month, day: 1, n_rows: n_rows.to_vec() }
    }

    fn described(period: Period, times: Vec<TimeBin>) -> Description {
        Description {
            n_rows: 9,
            lengths: Lengths::default(),
            times,
            period,
            n_undated: 1,
            telling: Vec::new(),
            overlaps: Vec::new(),
        }
    }

    #[test]
    fn times_are_named_by_their_period() {
        let months = described(Period::Month, vec![bin(2024, 1, [1, 2]), bin(2024, 2, [0, 5])]);
        let columns = by_time(&months, &classes());
        assert_eq!(columns.n_rows, [vec![1, 0], vec![2, 5]]);
        assert_eq!(time_words(&months), "Reviews from 2024-01 to 2024-02. 1 review has no date.");
        let quarter = described(Period::Quarter, vec![bin(2023, 10, [1, 1])]);
        assert_eq!(time_words(&quarter), "All dated reviews are of 2023 Q4. 1 review has no date.");
    }

    #[test]
    fn the_closest_classes_are_named() {
        let overlap = |first, second, of_use| Overlap { first, second, n_both: 1, n_either: 3, of_use };
        assert_eq!(
            overlap_words(&[overlap(0, 1, 0.62)], &classes()),
            "negative and positive reviews use 62 % of their words alike."
        );
        assert!(
            overlap_words(&[overlap(0, 1, 0.95)], &classes()).ends_with("hard to tell apart by words alone.")
        );
        assert_eq!(overlap_words(&[], &classes()), "There are no two classes.");
    }

    #[test]
    fn a_word_says_how_often_it_is_used() {
        let term = TellingTerm { term: "awful".into(), n_within: 12, n_without: 1, z: 4.25 };
        assert_eq!(
            word_tip(&term).text,
            "awful: 12 times here, 1 time in others; 4.2 standard deviations from chance"
        );
        assert_eq!(words_twin(&[term]).rows, [["awful", "12", "1", "4.2500"]]);
    }
}
