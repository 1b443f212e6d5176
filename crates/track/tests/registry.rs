//! The registry: what each change does, what is refused and how, addresses, days gone by, and the way back.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use engine::num::ContentHash;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};
use track::ab_test::{AbEnd, AbMode, AbTest};
use track::id::{AbTestId, Millis, RunId};
use track::prediction::AnsweringModel;
use track::registry::{
    CHALLENGER, CHAMPION, MAX_ALIAS, MAX_TAG_VALUE, MAX_WHY, ModelUri, Opponent, Reference, Registry,
    RegistryChange, RegistryError, RegistryEvent, Resolved, Rule, Stage, history_of, periods_in, roll_back,
};

fn run(number: u32) -> RunId {
    RunId::new(Millis(u64::from(number)), [1; 10])
}

fn pipeline(number: u32) -> ContentHash {
    ContentHash::of(&number.to_le_bytes())
}

/// A history with the registry it adds up to.
#[derive(Clone, Default)]
struct Book {
    events: Vec<RegistryEvent>,
    now: Registry,
}

impl Book {
    /// Writes at `at` (or just after the last entry) what the registry's answer says.
    #[track_caller]
    fn write(&mut self, at: u64, change: Result<RegistryChange, RegistryError>) -> &mut Self {
        let n = self.events.len() as u8;
        let event = self.now.event(change.unwrap(), ("me", ""), Millis(at), [n; 10]).unwrap();
        self.now.apply(&event);
        self.events.push(event);
        self
    }

    fn register(&mut self, at: u64, model: &str, n: u32) -> &mut Self {
        let change = self.now.register(model, run(n), pipeline(n));
        self.write(at, change)
    }

    fn alias(&mut self, at: u64, model: &str, alias: &str, version: u32) -> &mut Self {
        let change = self.now.set_alias(model, alias, version);
        self.write(at, change)
    }

    fn stage(&mut self, at: u64, model: &str, version: u32, stage: Stage) -> &mut Self {
        let change = self.now.set_stage(model, version, stage, true);
        self.write(at, change)
    }

    fn stages(&self, model: &str) -> Vec<Stage> {
        self.now.versions(model).iter().map(|version| version.stage).collect()
    }

    fn aliases(&self, model: &str) -> Vec<(String, u32)> {
        self.now.model(model).unwrap().aliases.iter().map(|(alias, n)| (alias.clone(), *n)).collect()
    }
}

fn three_versions() -> Book {
    let mut book = Book::default();
    book.register(10, "reviews", 1).register(20, "reviews", 2).register(30, "reviews", 3);
    book
}

#[test]
fn a_stage_has_room_for_one_where_what_was_there_is_archived() {
    let mut book = three_versions();
    book.stage(40, "reviews", 1, Stage::Production).stage(50, "reviews", 2, Stage::Production);
    assert_eq!(book.stages("reviews"), [Stage::Archived, Stage::Production, Stage::None]);
    let beside = book.now.set_stage("reviews", 3, Stage::Production, false);
    book.write(60, beside);
    assert_eq!(book.stages("reviews"), [Stage::Archived, Stage::Production, Stage::Production]);
    book.stage(70, "reviews", 2, Stage::Archived).stage(80, "reviews", 1, Stage::None);
    assert_eq!(book.stages("reviews"), [Stage::None, Stage::Archived, Stage::Production]);
    assert_eq!(book.now.set_stage("reviews", 1, Stage::None, true), Err(RegistryError::Unchanged));
    let archived = book.now.set_stage("reviews", 1, Stage::Archived, true).unwrap();
    assert!(matches!(archived, RegistryChange::SetStage { archive_existing: false, .. }), "only for in use");
}

#[test]
fn an_alias_means_one_version_and_a_version_may_have_many() {
    let mut book = three_versions();
    book.alias(40, "reviews", CHAMPION, 1).alias(50, "reviews", "eu", 1).alias(60, "reviews", CHAMPION, 3);
    assert_eq!(book.aliases("reviews"), [(CHAMPION.to_owned(), 3), ("eu".to_owned(), 1)]);
    assert_eq!(book.now.set_alias("reviews", CHAMPION, 3), Err(RegistryError::Unchanged));
    let gone = book.now.remove_alias("reviews", "eu");
    book.write(70, gone);
    assert_eq!(book.aliases("reviews"), [(CHAMPION.to_owned(), 3)]);
    assert!(matches!(book.now.remove_alias("reviews", "eu"), Err(RegistryError::UnknownAlias { .. })));
}

#[test]
fn aliases_follow_mlflows_rules() {
    let registry = three_versions().now;
    let check = |alias: &str, expected: Option<RegistryError>| {
        assert_eq!(registry.set_alias("reviews", alias, 1).err(), expected, "{alias}");
    };
    for fine in ["champion", "A-b_9", "größe", "v", "version2", "vv3", "v3a", &"x".repeat(MAX_ALIAS)] {
        check(fine, None);
    }
    let reserved = |alias: &str| Some(RegistryError::ReservedAlias { alias: alias.to_owned() });
    check("latest", reserved("latest"));
    check("LATEST", reserved("LATEST"));
    check("v3", reserved("v3"));
    check("V12", reserved("V12"));
    check("", Some(RegistryError::EmptyAlias));
    check("a b", Some(RegistryError::BadAlias { found: ' ' }));
    check("a@b", Some(RegistryError::BadAlias { found: '@' }));
    let long = RegistryError::LongText { what: "an alias", max: MAX_ALIAS, n_chars: MAX_ALIAS + 1 };
    check(&"x".repeat(MAX_ALIAS + 1), Some(long));
}

#[test]
fn tags_follow_mlflows_rules() {
    let registry = three_versions().now;
    for fine in ["owner", "use case", "team/a.b-c_d", "größe"] {
        assert!(registry.tag("reviews", None, fine, "x").is_ok(), "{fine}");
    }
    for bad in ["", ".", "..", "/a", "a/", "a//b", "a/../b", "a:b", "a=b"] {
        let refused = registry.tag("reviews", Some(1), bad, "x");
        assert_eq!(refused, Err(RegistryError::BadTag { key: bad.to_owned() }), "{bad}");
    }
    let long = registry.tag("reviews", None, "owner", &"x".repeat(MAX_TAG_VALUE + 1));
    assert!(matches!(long, Err(RegistryError::LongText { what: "a tag", .. })));
}

#[test]
fn models_and_versions_have_words_and_tags_of_their_own() {
    let mut book = three_versions();
    for (version, text) in [(None, "for the shop"), (Some(2), "with emoji")] {
        let described = book.now.describe("reviews", version, text);
        book.write(40, described);
        let tagged = book.now.tag("reviews", version, "owner", text);
        book.write(40, tagged);
    }
    let model = book.now.model("reviews").unwrap();
    assert_eq!((model.description.as_str(), model.tags["owner"].as_str()), ("for the shop", "for the shop"));
    let second = model.version(2).unwrap();
    assert_eq!((second.description.as_str(), second.tags["owner"].as_str()), ("with emoji", "with emoji"));
    assert!(model.version(1).unwrap().tags.is_empty());
    assert_eq!(book.now.tag("reviews", None, "owner", "for the shop"), Err(RegistryError::Unchanged));
    let untagged = book.now.untag("reviews", Some(2), "owner");
    book.write(50, untagged);
    assert!(book.now.version("reviews", 2).unwrap().tags.is_empty());
    let none = book.now.untag("reviews", Some(2), "owner");
    assert_eq!(none, Err(RegistryError::UnknownTag { key: "owner".into() }));
}

#[test]
fn a_renamed_model_takes_all_with_it_and_leaves_word() {
    let mut book = three_versions();
    book.alias(40, "reviews", CHAMPION, 2);
    let renamed = book.now.rename("reviews", "shop");
    book.write(50, renamed).register(60, "shop", 4);
    assert_eq!(book.now.models().collect::<Vec<_>>(), ["shop"]);
    assert_eq!(book.now.version("shop", 4).unwrap().address(), "models:/shop/4");
    assert_eq!(book.now.version("shop", 1).unwrap().model, "shop");
    assert_eq!(book.now.answering().map(|version| version.version), Some(2));
    let gone = book.now.resolve(&"models:/reviews/1".parse().unwrap()).unwrap_err();
    assert_eq!(gone.to_string(), "there is no registered model 'reviews': it is called 'shop' now");
    book.register(70, "other", 5);
    assert_eq!(
        book.now.rename("other", " shop "),
        Err(RegistryError::NameTaken { name: "shop".into() }),
        "a name is one model's"
    );
    assert_eq!(book.now.rename("shop", "a/b"), Err(RegistryError::BadCharacter { found: '/' }));
    for name in [".", "..", " .. "] {
        let reserved = RegistryError::ReservedName { name: name.trim().into() };
        assert_eq!(book.now.rename("shop", name), Err(reserved.clone()));
        assert_eq!(book.now.register(name, run(9), pipeline(9)), Err(reserved));
    }
    let first = book.now.register("reviews", run(9), pipeline(9)).unwrap();
    assert!(matches!(first, RegistryChange::Register { version: 4, .. }), "models:/reviews/1 was another");
}

#[test]
fn what_is_in_use_is_not_deleted_and_says_by_what() {
    let mut book = three_versions();
    book.alias(40, "reviews", CHAMPION, 2).alias(50, "reviews", "eu", 2).stage(
        60,
        "reviews",
        2,
        Stage::Production,
    );
    let refused = book.now.delete_version("reviews", 2, "reviews").unwrap_err();
    let by = "the alias champion and the alias eu and the stage Production";
    assert_eq!(
        refused.to_string(),
        format!("version 2 of 'reviews' is in use by {by}: take that away first")
    );
    assert_eq!(book.now.delete_model("reviews", "reviews").unwrap_err(), refused);
    let references = book.now.model("reviews").unwrap().references_to(2);
    assert_eq!(references.last(), Some(&Reference::Stage(Stage::Production)));
    let side = |version: u32| AnsweringModel {
        address: format!("models:/reviews/{version}"),
        pipeline: ContentHash::of(&version.to_be_bytes()),
        labels: vec!["no".into(), "yes".into()],
    };
    let id = AbTestId::new(Millis(7), [3; 10]);
    let test = AbTest::new((id, Millis(7)), "new words", AbMode::Shadow, (side(2), side(3)));
    let uses = book.now.model("reviews").unwrap().uses_of(3, [&test]);
    assert_eq!(uses, [Reference::AbTest("new words".into())]);
    assert_eq!(uses[0].to_string(), "the A/B test new words");
    let ended = AbTest { ended: Some((Millis(8), AbEnd::Stopped { reason: String::new() })), ..test };
    assert_eq!(book.now.model("reviews").unwrap().uses_of(3, [&ended]), []);
    assert_eq!(
        book.now.delete_version("reviews", 3, "review"),
        Err(RegistryError::NotConfirmed { expected: "reviews".into() })
    );
    let deleted = book.now.delete_version("reviews", 3, "reviews ");
    book.write(70, deleted);
    assert_eq!(book.now.versions("reviews").len(), 2);
    book.register(80, "reviews", 4);
    assert_eq!(book.now.model("reviews").unwrap().latest().unwrap().version, 4, "3 is not given again");
}

#[test]
fn a_deleted_model_leaves_its_numbers() {
    let mut book = three_versions();
    let deleted = book.now.delete_model("reviews", "reviews");
    book.write(40, deleted);
    assert_eq!(book.now.models().count(), 0);
    book.register(50, "reviews", 4);
    assert_eq!(book.now.latest().unwrap().version, 4);
    assert_eq!(history_of(&book.events, "reviews").len(), 1, "another model's history");
}

#[test]
fn the_newest_champion_answers_and_else_the_newest_version() {
    let mut book = three_versions();
    assert_eq!(book.now.answering().unwrap().version, 3);
    book.register(40, "other", 4);
    assert_eq!(book.now.answering().unwrap().model, "other");
    book.alias(50, "reviews", CHAMPION, 1);
    assert_eq!(book.now.answering().unwrap().address(), "models:/reviews/1");
    book.alias(60, "other", CHAMPION, 1);
    assert_eq!(book.now.answering().unwrap().address(), "models:/other/1");
    book.alias(70, "reviews", CHALLENGER, 2);
    assert_eq!(book.now.answering().unwrap().address(), "models:/other/1");
    let gone = book.now.remove_alias("other", CHAMPION);
    book.write(80, gone);
    assert_eq!(book.now.answering().unwrap().address(), "models:/reviews/1");
}

#[test]
fn any_day_can_be_asked_for() {
    let mut book = three_versions();
    book.stage(100, "reviews", 1, Stage::Production).stage(200, "reviews", 3, Stage::Production);
    for (day, expected) in [(5, None), (99, None), (100, Some(1)), (199, Some(1)), (200, Some(3))] {
        let then = Registry::as_of(&book.events, Millis(day));
        let found = then.model("reviews").and_then(|model| model.in_stage(Stage::Production));
        assert_eq!(found.map(|version| version.version), expected, "at {day}");
    }
    let renamed = book.now.rename("reviews", "shop");
    book.write(300, renamed).stage(400, "shop", 3, Stage::Archived);
    let periods = periods_in(&book.events, "shop", Stage::Production);
    let said: Vec<_> = periods.iter().map(|p| (p.version, p.from.0, p.until.map(|until| until.0))).collect();
    let expected =
        [(None, 10, Some(100)), (Some(1), 100, Some(200)), (Some(3), 200, Some(400)), (None, 400, None)];
    assert_eq!(said, expected);
    assert_eq!(history_of(&book.events, "shop").len(), book.events.len());
}

#[test]
fn going_back_takes_the_last_move_back_and_is_a_move_itself() {
    let mut book = three_versions();
    let nothing = Err(RegistryError::NothingToRollBack { model: "reviews".into() });
    assert_eq!(roll_back(&book.events, "reviews", None), nothing);
    book.alias(40, "reviews", CHAMPION, 2).stage(50, "reviews", 2, Stage::Production);
    book.alias(60, "reviews", CHAMPION, 3);
    let back = roll_back(&book.events, "reviews", None);
    book.write(70, back);
    assert_eq!(book.aliases("reviews"), [(CHAMPION.to_owned(), 2)]);
    assert_eq!(book.stages("reviews"), [Stage::None, Stage::Production, Stage::None]);
    let again = roll_back(&book.events, "reviews", None);
    book.write(80, again);
    assert_eq!(book.aliases("reviews"), [(CHAMPION.to_owned(), 3)], "going back is taken back");
    assert_eq!(book.events.len(), 8, "nothing is edited");
}

#[test]
fn going_back_to_a_version_that_is_deleted_is_refused_and_says_which() {
    let mut book = three_versions();
    book.alias(40, "reviews", CHAMPION, 1).alias(50, "reviews", CHAMPION, 2);
    let deleted = book.now.delete_version("reviews", 1, "reviews");
    book.write(60, deleted);
    let error = roll_back(&book.events, "reviews", Some(Millis(45))).expect_err("version 1 is gone");
    let expected =
        "version 1 of 'reviews', which was champion then, is deleted: give champion to another version";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn going_back_to_a_time_archives_what_came_later_and_follows_renames() {
    let mut book = three_versions();
    book.stage(40, "reviews", 2, Stage::Production).alias(45, "reviews", CHAMPION, 2);
    let renamed = book.now.rename("reviews", "shop");
    book.write(50, renamed).register(60, "shop", 4).stage(70, "shop", 4, Stage::Production);
    book.alias(80, "shop", CHALLENGER, 4);
    let back = roll_back(&book.events, "shop", Some(Millis(46)));
    book.write(90, back);
    assert_eq!(book.stages("shop"), [Stage::None, Stage::Production, Stage::None, Stage::Archived]);
    assert_eq!(book.aliases("shop"), [(CHAMPION.to_owned(), 2)]);
    assert!(roll_back(&book.events, "shop", Some(Millis(46))).is_err(), "it is so already");
    assert!(roll_back(&book.events, "shop", Some(Millis(1))).is_err(), "it was not there");
}

#[test]
fn a_rule_wants_the_best_to_be_better_than_the_champion() {
    let mut book = three_versions();
    let ruled = book.now.set_rule("reviews", Some(0.01));
    book.write(40, ruled);
    assert_eq!(book.now.model("reviews").unwrap().rule, Some(Rule { better_by: 0.01 }));
    for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(book.now.set_rule("reviews", Some(bad)), Err(RegistryError::BadMargin));
    }
    let rule = Rule { better_by: 0.01 };
    for (best, champion, expected) in [
        (0.8, Opponent::Nobody, true),
        (0.82, Opponent::Scores(0.8), true),
        (0.805, Opponent::Scores(0.8), false),
        (0.7, Opponent::Scores(0.8), false),
        (1.0, Opponent::Unknown, false),
    ] {
        assert_eq!(rule.is_met(best, champion), expected, "{best} {champion:?}");
    }
    assert!(!Rule { better_by: 0.0 }.is_met(0.8, Opponent::Scores(0.8)), "as good is not better");
    let ended = book.now.set_rule("reviews", None);
    book.write(50, ended);
    assert_eq!(book.now.model("reviews").unwrap().rule, None);
}

#[test]
fn an_entry_is_later_than_all_before_whatever_the_clock_says() {
    let mut book = Book::default();
    book.register(1_000, "reviews", 1).alias(10, "reviews", CHAMPION, 1);
    assert_eq!(book.events[1].at, Millis(1_001));
    assert!(book.events[0].id < book.events[1].id);
    let change = || book.now.remove_alias("reviews", CHAMPION).unwrap();
    let long = "x".repeat(MAX_WHY + 1);
    let refused = book.now.event(change(), ("me", &long), Millis(1), [0; 10]);
    assert!(matches!(refused, Err(RegistryError::LongText { what: "a reason", .. })));
    let kept = book.now.event(change(), ("me", " too slow "), Millis(1), [0; 10]).unwrap();
    assert_eq!((kept.who.as_str(), kept.why.as_str()), ("me", "too slow"));
}

#[test]
fn addresses_are_read_and_written_alike() {
    let model = || "my reviews".to_owned();
    let cases = [
        ("models:/my reviews/3", ModelUri::Version { model: model(), version: 3 }),
        ("models:/my reviews@champion", ModelUri::Alias { model: model(), alias: "champion".into() }),
        ("models:/my reviews/Production", ModelUri::Stage { model: model(), stage: Stage::Production }),
        ("models:/my reviews/None", ModelUri::Stage { model: model(), stage: Stage::None }),
        ("models:/my reviews/latest", ModelUri::Latest { model: model() }),
        ("runs:/01ABC.00.fit/model", ModelUri::Run { run: RunId("01ABC.00.fit".into()) }),
    ];
    for (text, uri) in cases {
        assert_eq!(text.parse(), Ok(uri.clone()), "{text}");
        assert_eq!(uri.to_string(), text);
    }
    let staging = ModelUri::Stage { model: "a".into(), stage: Stage::Staging };
    assert_eq!(" models:/a/staging ".parse(), Ok(staging), "stages in any case");
    assert_eq!("runs:/x/model.rlp".parse(), Ok(ModelUri::Run { run: RunId("x".into()) }));
    for bad in [
        "",
        "reviews",
        "models:/",
        "models:/a",
        "models:/a/",
        "models://3",
        "models:/a/x",
        "models:/a/+3",
        "models:/a/-1",
        "models:/a/99999999999",
        "models:/a/3/4",
        "models:/@b",
        "models:/a@",
        "models:/a@b@c",
        "models:/a@b/3",
        "runs:/",
        "runs:/x",
        "runs:/x/",
        "runs://model",
        "runs:/x/plots",
        "Models:/a/3",
    ] {
        let refused = bad.parse::<ModelUri>().unwrap_err();
        assert!(refused.to_string().contains("is no address of a model"), "{bad}");
    }
}

#[test]
fn addresses_lead_to_versions() {
    let mut book = three_versions();
    book.alias(40, "reviews", CHAMPION, 2).stage(50, "reviews", 1, Stage::Staging);
    let resolve = |text: &str| {
        let found = book.now.resolve(&text.parse().unwrap());
        found.map(|found| match found {
            Resolved::Version(version) => version.version.to_string(),
            Resolved::Run(run) => run.0,
        })
    };
    for (text, expected) in [
        ("models:/reviews/1", "1"),
        ("models:/reviews@champion", "2"),
        ("models:/reviews/Staging", "1"),
        ("models:/reviews/none", "3"),
        ("models:/reviews/latest", "3"),
        ("runs:/abc/model", "abc"),
    ] {
        assert_eq!(resolve(text).as_deref(), Ok(expected), "{text}");
    }
    for (text, expected) in [
        ("models:/other/1", "there is no registered model 'other'"),
        ("models:/reviews/9", "'reviews' has no version 9: its newest is 3"),
        ("models:/reviews@best", "no version of 'reviews' has the alias best"),
        ("models:/reviews/Production", "no version of 'reviews' is in Production"),
    ] {
        assert_eq!(resolve(text).unwrap_err().to_string(), expected);
    }
}

#[test]
fn the_history_tells_what_happened() {
    let mut book = three_versions();
    book.stage(40, "reviews", 2, Stage::Production).alias(50, "reviews", CHAMPION, 2);
    book.alias(60, "reviews", CHAMPION, 3);
    let back = roll_back(&book.events, "reviews", None);
    book.write(70, back);
    let told: Vec<String> = book.events[2..].iter().map(|event| event.change.to_string()).collect();
    let expected = [
        "registered version 3",
        "moved version 2 to Production, and archived what was there",
        "gave version 2 the alias champion",
        "gave version 3 the alias champion",
        "went back: champion is version 2, version 2 is in Production",
    ];
    assert_eq!(told, expected);
}

/// A wish of any kind, about few models and versions so that wishes meet.
#[derive(Clone, Debug)]
enum Wish {
    Register,
    Alias(&'static str, u32),
    Unalias(&'static str),
    Stage(u32, Stage, bool),
    Rename(&'static str),
    DeleteVersion(u32),
    DeleteModel,
    Describe(Option<u32>),
    Tag(Option<u32>),
    Rule(Option<f64>),
    RollBack(Option<u64>),
}

fn wishes() -> impl Strategy<Value = (&'static str, Wish)> {
    let names = || prop_oneof![Just("a"), Just("b"), Just("c")];
    let aliases = || prop_oneof![Just(CHAMPION), Just(CHALLENGER), Just("x")];
    let stages = (0_usize..4).prop_map(|place| Stage::ALL[place]);
    let wish = prop_oneof![
        4 => Just(Wish::Register),
        4 => (aliases(), 1_u32..5).prop_map(|(alias, version)| Wish::Alias(alias, version)),
        1 => aliases().prop_map(Wish::Unalias),
        4 => (1_u32..5, stages, any::<bool>()).prop_map(|(n, stage, archive)| Wish::Stage(n, stage, archive)),
        1 => names().prop_map(Wish::Rename),
        1 => (1_u32..5).prop_map(Wish::DeleteVersion),
        1 => Just(Wish::DeleteModel),
        1 => any::<bool>().prop_map(|of_version| Wish::Describe(of_version.then_some(1))),
        1 => any::<bool>().prop_map(|of_version| Wish::Tag(of_version.then_some(2))),
        1 => any::<bool>().prop_map(|is_on| Wish::Rule(is_on.then_some(0.5))),
        2 => proptest::option::of(0_u64..60).prop_map(Wish::RollBack),
    ];
    (names(), wish)
}

fn asked(book: &Book, model: &str, wish: &Wish) -> Result<RegistryChange, RegistryError> {
    let now = &book.now;
    match wish {
        Wish::Register => now.register(model, run(1), pipeline(1)),
        Wish::Alias(alias, version) => now.set_alias(model, alias, *version),
        Wish::Unalias(alias) => now.remove_alias(model, alias),
        Wish::Stage(version, stage, archive) => now.set_stage(model, *version, *stage, *archive),
        Wish::Rename(to) => now.rename(model, to),
        Wish::DeleteVersion(version) => now.delete_version(model, *version, model),
        Wish::DeleteModel => now.delete_model(model, model),
        Wish::Describe(version) => now.describe(model, *version, "words"),
        Wish::Tag(version) => now.tag(model, *version, "owner", "me"),
        Wish::Rule(better_by) => now.set_rule(model, *better_by),
        Wish::RollBack(to) => roll_back(&book.events, model, to.map(Millis)),
    }
}

proptest! {
    /// Whatever is asked for in any order: an accepted wish changes something, and what stands is whole.
    #[test]
    fn what_stands_is_always_whole(asked_for in vec(wishes(), 0..60)) {
        let mut book = Book::default();
        for (at, (model, wish)) in asked_for.iter().enumerate() {
            let Ok(change) = asked(&book, model, wish) else { continue };
            let before = book.now.clone();
            book.write(at as u64, Ok(change));
            let listed = |registry: &Registry| {
                registry.models().filter_map(|name| registry.model(name)).cloned().collect::<Vec<_>>()
            };
            prop_assert!(listed(&before) != listed(&book.now), "{wish:?} changes nothing");
        }
        for name in book.now.models() {
            let model = book.now.model(name).unwrap();
            prop_assert_eq!(&model.name, name);
            prop_assert!(model.versions.is_sorted_by(|a, b| a.version < b.version));
            for version in &model.versions {
                prop_assert_eq!(&version.model, name);
                let uri: ModelUri = version.address().parse().unwrap();
                prop_assert_eq!(book.now.resolve(&uri), Ok(Resolved::Version(version)));
            }
            for (alias, number) in &model.aliases {
                prop_assert!(model.version(*number).is_some(), "{alias} means nothing");
            }
        }
        let answering = book.now.answering().is_some();
        prop_assert_eq!(answering, book.now.all_versions().next().is_some());
    }

    /// One fold, the fold of the fold, and a model's own history say the same.
    #[test]
    fn histories_add_up_the_same_in_parts(asked_for in vec(wishes(), 0..60)) {
        let mut book = Book::default();
        for (at, (model, wish)) in asked_for.iter().enumerate() {
            if let Ok(change) = asked(&book, model, wish) {
                book.write(at as u64, Ok(change));
            }
        }
        prop_assert_eq!(&Registry::from_events(&book.events), &book.now);
        let last = book.events.last().map_or(Millis(0), |event| event.at);
        prop_assert_eq!(&Registry::as_of(&book.events, last), &book.now);
        for name in book.now.models() {
            let own = Registry::from_events(history_of(&book.events, name));
            prop_assert_eq!(own.model(name), book.now.model(name));
            let periods = periods_in(&book.events, name, Stage::Production);
            let now = book.now.model(name).unwrap().in_stage(Stage::Production).map(|version| version.version);
            prop_assert_eq!(periods.last().and_then(|period| period.version), now);
        }
    }

    /// Events in any order and twice never stop the fold.
    #[test]
    fn a_jumbled_history_is_folded(asked_for in vec(wishes(), 0..40), from in 0_usize..40) {
        let mut book = Book::default();
        for (at, (model, wish)) in asked_for.iter().enumerate() {
            if let Ok(change) = asked(&book, model, wish) {
                book.write(at as u64, Ok(change));
            }
        }
        let mut jumbled = book.events.clone();
        let place = from % jumbled.len().max(1);
        jumbled.rotate_left(place);
        jumbled.extend(book.events);
        let registry = Registry::from_events(&jumbled);
        for name in registry.models() {
            let model = registry.model(name).unwrap();
            let means_one = |(_, number): (&String, &u32)| model.version(*number).is_some();
            prop_assert!(model.aliases.iter().all(means_one));
            history_of(&jumbled, name);
            let _ = roll_back(&jumbled, name, None);
        }
    }

    /// Any text is read without a fault; what is read is written as an address that reads the same.
    #[test]
    fn any_text_is_an_address_or_none(text in "(models:/|runs:/)?[a-zA-Z0-9@/: .-]{0,20}") {
        if let Ok(uri) = text.parse::<ModelUri>() {
            prop_assert_eq!(uri.to_string().parse::<ModelUri>(), Ok(uri));
        }
    }
}
