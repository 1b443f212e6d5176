//! One test: how far the evidence is, what each side did, what is broken, and the ways to end it.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::ab_test::{AbEnd, AbSide, AbTest};
use watch::ab_test::{Side, Standing, p95_ms, standing};

use super::labelling::Labelling;
use super::{mode, outcome};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::TextField;
use crate::components::progress::Progress;
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::state::ab_tests::AbTests;
use crate::state::format;
use crate::state::tab::use_tab;

/// The cards.
#[component]
pub fn One(
    /// All tests.
    tests: AbTests,
    /// This one.
    test: Rc<AbTest>,
) -> View {
    let now = standing(&test);
    let share = Derived::from(now.progress);
    let title = format!("{}: {}", test.name, outcome(&test));
    let facts: View = facts(&test, &now).into_iter().map(|fact| view! { <li>{fact}</li> }).collect();
    let labelling = test.ended.is_none().then(|| view! { <Labelling tests test=test.clone() /> });
    let ending = match &test.ended {
        None => ending(tests, &test, &now),
        Some((
            _,
            AbEnd::Promoted { reason, .. } | AbEnd::NoDifference { reason } | AbEnd::Stopped { reason },
        )) => {
            let reason = reason.clone();
            view! { <p>{reason}</p> }
        }
    };
    let evidence = format!(
        "Evidence {:.2} of {}; {}",
        now.evidence,
        format::short(test.bar),
        match now.labels_left {
            Some(0) => "that is enough.".to_owned(),
            Some(left) => format!("about {} more labels at this rate.", format::whole(left)),
            None => "no end in sight at this rate.".to_owned(),
        }
    );
    let sides = sides(&test);
    let exported = test.clone();
    view! {
        <Card title=title sub=Derived::from(mode(test.mode))>
            <div class="stack stack--tight">
                <p role="status" aria-label="Evidence">
                    {evidence}
                </p>
                <Progress name="Evidence for a winner" share />
                <ul>{facts}</ul>
                {sides}
                {ending}
                <div>
                    <Button label="Download the test" on_press=move |()| tests.download(&exported) />
                </div>
            </div>
        </Card>
        {labelling}
    }
}

fn facts(test: &AbTest, now: &Standing) -> Vec<String> {
    let n = now.n_agreed + now.n_apart;
    let mut facts = vec![
        format!(
            "{}: the two agree on {} and differ on {}.",
            format::counted(n, "different review", "different reviews"),
            format::whole(now.n_agreed),
            format::whole(now.n_apart)
        ),
        format!(
            "Of the labelled ones the challenger alone is right on {}, the champion alone on {}, neither on {}.",
            format::whole(now.n_challenger_right),
            format::whole(now.n_champion_right),
            format::whole(now.n_neither_right)
        ),
    ];
    if let Some((low, high)) = now.difference {
        facts.push(format!(
            "The challenger's share right is larger by {:.1} % to {:.1} % (95 %).",
            100.0 * low,
            100.0 * high
        ));
    }
    if let Some(p) = now.ratio_p {
        facts.push(match now.is_ratio_wrong {
            true => format!("The split is not the one that was asked for (p {p:.4}): reviews went astray, so nobody can win."),
            false => format!("The split is as it was asked for (p {p:.4})."),
        });
    }
    if now.is_equal {
        facts.push("The two are as good as equal.".to_owned());
    }
    facts.extend(now.broken.iter().map(|broken| format!("A guardrail is broken: the challenger: {broken}.")));
    let guard = test.guardrails;
    facts.push(format!(
        "Guardrails: at most {:.0} % less recall of a class, 95 of 100 answers within {:.0} ms, at most {:.0} % more left open.",
        100.0 * guard.max_recall_drop,
        guard.max_p95_ms,
        100.0 * guard.max_more_unsure
    ));
    facts
}

fn sides(test: &AbTest) -> View {
    let row = |name: &'static str, side: &AbSide| {
        let p95 = p95_ms(side).map_or_else(|| "–".to_owned(), |p95| format!("{p95:.1} ms"));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{side.model.address.clone()}</td>
                <td class="number">{format::whole(side.n_assigned)}</td>
                <td class="number">{format::whole(side.n_answers)}</td>
                <td class="number">{format::whole(side.n_unsure)}</td>
                <td class="number">{p95}</td>
            </tr>
        }
    };
    let (champion, challenger) = (row("Champion", &test.champion), row("Challenger", &test.challenger));
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Sides, all columns">
            <table class="table" aria-label="Sides">
                <thead>
                    <tr>
                        <th scope="col">"Side"</th>
                        <th scope="col">"Version"</th>
                        <th scope="col" class="number">
                            "Reviews shown"
                        </th>
                        <th scope="col" class="number">
                            "Answers"
                        </th>
                        <th scope="col" class="number">
                            "Left open"
                        </th>
                        <th scope="col" class="number">
                            "95 of 100 within"
                        </th>
                    </tr>
                </thead>
                <tbody>{champion} {challenger}</tbody>
            </table>
        </div>
    }
}

fn ending(tests: AbTests, test: &AbTest, now: &Standing) -> View {
    let tab = use_tab();
    let reason = State::new(String::new());
    let id = test.id.clone();
    let promoted = match now.winner {
        Some(Side::Challenger) => "Promote the challenger",
        Some(Side::Champion) => "Keep the champion",
        None => "Promote the winner",
    };
    let is_guarded = now.is_ratio_wrong || (now.winner == Some(Side::Challenger) && !now.broken.is_empty());
    let has_winner = now.winner.is_some() && !is_guarded;
    let cannot = Derived::new(move || tab.is_reader() || !has_winner);
    let reads = Derived::new(move || tab.is_reader());
    let (first, second, third) = (id.clone(), id.clone(), id);
    view! {
        <div class="register">
            <TextField
                id="ab-reason"
                label="Why it ends"
                value=reason
                on_type=move |typed| reason.set(typed)
                word=None
                disabled=reads
            />
            <Button
                label=promoted
                emphasis=Emphasis::Primary
                on_press=move |()| tests.promote(first.clone(), reason.get_untracked())
                disabled=cannot
            />
            <Button
                label="No difference"
                on_press=move |()| tests.end(second.clone(), true, reason.get_untracked())
                disabled=reads
            />
            <Button
                label="Stop the test"
                on_press=move |()| tests.end(third.clone(), false, reason.get_untracked())
                disabled=reads
            />
        </div>
    }
}
