//! Moving a version: an alias, a stage, and the way back.

use leptos::prelude::*;
use markup::view;
use track::registry::{CHALLENGER, CHAMPION, RegisteredModel, RegistryChange, Stage};

use super::of_book;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{Chip, SelectField, Switch, TextField};
use crate::components::states::Problem;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Derived, State, follow};
use crate::state::registry::{Changing, Registry};
use crate::state::tab::use_tab;

/// Promote, demote, name, go back; each with a reason if one is given.
#[component]
pub fn Moves(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
) -> View {
    let tab = use_tab();
    let busy = Derived::new(move || {
        tab.is_reader() || registry.changing.with(|changing| *changing == Changing::Busy)
    });
    let of = name.clone();
    let numbers = of_book(registry, move |book| {
        Some(book.now.versions(&of).iter().rev().map(|version| version.version).collect::<Vec<_>>())
    });
    let chosen = State::new(None::<u32>);
    // What stands there is what is moved: a version that is registered meanwhile does not take its place.
    follow(move || {
        let newest = numbers.get().unwrap_or_default().first().copied();
        if newest.is_some() && chosen.with_untracked(Option::is_none) {
            chosen.set(newest);
        }
    });
    let version = Derived::new(move || {
        let numbers = numbers.get().unwrap_or_default();
        chosen.get().filter(|chosen| numbers.contains(chosen)).or(numbers.first().copied()).unwrap_or(0)
    });
    let options = move || {
        let numbers = numbers.get().unwrap_or_default();
        numbers.iter().map(|number| (number.to_string(), format!("Version {number}"))).collect::<Vec<_>>()
    };
    let choose = move |number: String| chosen.set(number.parse().ok());
    view! {
        <Card title="Promote and roll back" sub="every move is kept in the history">
            <div class="stack">
                <div class="register">
                    <div class="register__name">
                        <SelectField
                            id="moved-version"
                            label="Version"
                            options=Derived::new(options)
                            value=Derived::new(move || version.get().to_string())
                            on_choose=choose
                            word=Some(Word::ModelVersion)
                        />
                    </div>
                    <div class="register__name">
                        <TextField
                            id="why"
                            label="Why (if you like)"
                            value=registry.why
                            on_type=move |why: String| registry.why.set(why)
                            word=None
                            disabled=Derived::new(move || tab.is_reader())
                        />
                    </div>
                </div>
                <Aliases registry name=name.clone() version disabled=busy />
                <Stages registry name=name.clone() version disabled=busy />
                <WayBack registry name disabled=busy />
            </div>
        </Card>
    }
}

/// How the last change went.
#[component]
pub fn Said(
    /// Of which changes.
    registry: Registry,
) -> View {
    let said = move || match registry.changing.get() {
        Changing::Nothing | Changing::Busy => View::nothing(),
        Changing::Done(sentence) => view! { <p class="success">{sentence}</p> },
        Changing::Failed(text) => view! { <Problem text /> },
    };
    view! { <div class="said" role="status" aria-label="Last change">{said}</div> }
}

#[component]
fn Aliases(registry: Registry, name: String, version: Derived<u32>, disabled: Derived<bool>) -> View {
    let typed = State::new(CHAMPION.to_owned());
    let of = name.clone();
    let set = move |()| {
        let (model, alias, version) = (of.clone(), typed.get_untracked(), version.get_untracked());
        registry.change(Box::new(move |_, now| now.set_alias(&model, &alias, version)), || ());
    };
    let of = name.clone();
    let aliases = of_book(registry, move |book| {
        let aliases = &book.now.model(&of)?.aliases;
        Some(aliases.iter().map(|(alias, version)| (alias.clone(), *version)).collect::<Vec<_>>())
    });
    let row = move |(alias, version): (String, u32)| {
        let (model, removed) = (name.clone(), alias.clone());
        let remove = move |()| {
            let (model, alias) = (model.clone(), removed.clone());
            registry.change(Box::new(move |_, now| now.remove_alias(&model, &alias)), || ());
        };
        let words = format!("{alias} is version {version}");
        view! {
            <li class="row">
                <span>{words}</span>
                <Button label=format!("Remove alias {alias}") on_press=remove emphasis=Emphasis::Quiet disabled />
            </li>
        }
    };
    let listed = View::live(move || {
        let aliases = aliases.get().unwrap_or_default();
        (!aliases.is_empty()).then(|| {
            view! {
                <ul class="reasons" aria-label="Aliases">
                    {aliases.into_iter().map(row.clone()).collect::<View>()}
                </ul>
            }
        })
    });
    let offer = move |alias: &'static str| {
        let is_chosen = Derived::new(move || typed.with(|typed| typed == alias));
        view! {
            <Chip label=alias one_of=Some("offered-alias") on=is_chosen on_change=move |_: bool| typed.set(alias.to_owned()) disabled />
        }
    };
    view! {
        <div class="stack stack--tight">
            <div class="register">
                <div class="register__name">
                    <TextField
                        id="alias"
                        label="Alias"
                        value=typed
                        on_type=move |alias: String| typed.set(alias)
                        word=Some(Word::Alias)
                        disabled
                    />
                </div>
                <Button label="Set alias" on_press=set disabled />
            </div>
            <div class="row" role="radiogroup" aria-label="Usual aliases">
                {[CHAMPION, CHALLENGER].into_iter().map(offer).collect::<View>()}
            </div>
            {listed}
        </div>
    }
}

#[component]
fn Stages(registry: Registry, name: String, version: Derived<u32>, disabled: Derived<bool>) -> View {
    let stage = State::new(Stage::Production);
    let archives = State::new(true);
    let options: Vec<(String, String)> =
        Stage::ALL.map(|stage| (stage.as_str().to_owned(), stage.as_str().to_owned())).to_vec();
    let choose = move |name: String| {
        if let Some(named) = Stage::named(&name) {
            stage.set(named);
        }
    };
    let cannot_archive = Derived::new(move || disabled.get() || !stage.get().is_active());
    let set = move |()| {
        let (model, version) = (name.clone(), version.get_untracked());
        let (stage, archives) = (stage.get_untracked(), archives.get_untracked());
        registry.change(Box::new(move |_, now| now.set_stage(&model, version, stage, archives)), || ());
    };
    view! {
        <div class="stack stack--tight">
            <div class="register">
                <div class="register__name">
                    <SelectField
                        id="stage"
                        label="Stage"
                        options=Derived::from(options)
                        value=Derived::new(move || stage.get().as_str().to_owned())
                        on_choose=choose
                        word=Some(Word::Stage)
                        disabled
                    />
                </div>
                <Button label="Move to stage" on_press=set disabled />
            </div>
            <Switch
                label=Derived::from("Archive what is in that stage".to_owned())
                on=archives
                on_change=move |is_on: bool| archives.set(is_on)
                disabled=cannot_archive
            />
        </div>
    }
}

/// What is another after going back, as a sentence: where aliases and stages go.
fn way_back_words(now: &RegisteredModel, change: &RegistryChange) -> Option<String> {
    let RegistryChange::RollBack { aliases, stages, .. } = change else { return None };
    let mut parts = Vec::new();
    for (alias, version) in aliases {
        if now.aliases.get(alias) != Some(version) {
            parts.push(format!("{alias} is version {version} again"));
        }
    }
    for alias in now.aliases.keys().filter(|alias| !aliases.contains_key(*alias)) {
        parts.push(format!("{alias} is no version again"));
    }
    for version in &now.versions {
        let then = stages.iter().find(|(number, _)| *number == version.version);
        let then = then.map_or(Stage::None, |(_, stage)| *stage);
        if then != version.stage {
            parts.push(match then {
                Stage::None => format!("version {} leaves {}", version.version, version.stage.as_str()),
                stage => format!("version {} is in {}", version.version, stage.as_str()),
            });
        }
    }
    Some(parts.join("; "))
}

/// One click back to how aliases and stages stood before the last move.
#[component]
fn WayBack(registry: Registry, name: String, disabled: Derived<bool>) -> View {
    let of = name.clone();
    let words = of_book(registry, move |book| way_back_words(book.now.model(&of)?, &book.way_back(&of)?));
    View::live(move || {
        let of = name.clone();
        let words = words.get()?;
        let back = move |()| registry.go_back(of.clone(), None);
        Some(view! {
            <div class="row">
                <Button label="Roll back the last move" on_press=back disabled />
                <span class="note">{format!("Then {words}.")}</span>
            </div>
        })
    })
}

#[cfg(test)]
mod tests {
    use engine::num::ContentHash;
    use track::id::{Millis, RunId};
    use track::registry::{Registry as Versions, RegistryEvent, roll_back};

    use super::*;

    #[test]
    fn the_way_back_says_what_will_be_another() {
        let mut events: Vec<RegistryEvent> = Vec::new();
        let mut now = Versions::default();
        let mut write = |now: &mut Versions, change: RegistryChange| {
            let event = now.event(change, ("me", ""), Millis(1), [0; 10]).unwrap();
            now.apply(&event);
            events.push(event);
            events.clone()
        };
        for run in 1..=2_u64 {
            let run = RunId::new(Millis(run), [0; 10]);
            let change = now.register("shop", run, ContentHash::of(b"x")).unwrap();
            write(&mut now, change);
        }
        let change = now.set_alias("shop", "champion", 1).unwrap();
        write(&mut now, change);
        let change = now.set_stage("shop", 1, Stage::Production, true).unwrap();
        write(&mut now, change);
        let change = now.set_stage("shop", 2, Stage::Production, true).unwrap();
        let all = write(&mut now, change);
        let back = roll_back(&all, "shop", None).unwrap();
        let words = way_back_words(now.model("shop").unwrap(), &back).unwrap();
        assert_eq!(words, "version 1 is in Production; version 2 leaves Production");
    }
}
