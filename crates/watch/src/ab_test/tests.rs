use engine::num::{ContentHash, RandomStream};
use track::ab_test::{AbEnd, AbMode, AbTest, Guardrails};
use track::id::{AbTestId, Millis};
use track::prediction::AnsweringModel;

use super::*;

fn model(address: &str) -> AnsweringModel {
    let labels = vec!["negative".to_owned(), "positive".to_owned()];
    AnsweringModel { address: address.to_owned(), pipeline: ContentHash::of(address.as_bytes()), labels }
}

fn begun(mode: AbMode) -> AbTest {
    let id = AbTestId::new(Millis(7), [3; 10]);
    AbTest::new((id, Millis(7)), "new stems", mode, (model("models:/a/1"), model("models:/a/2")))
}

fn answer(class: u8) -> SideAnswer {
    SideAnswer { class, is_unsure: false, took_ms: 0.4 }
}

const HALF: AbMode = AbMode::Split { challenger_of_10000: 5_000 };

#[test]
fn a_review_always_goes_to_the_same_side_and_weights_hold() {
    let test = begun(AbMode::Split { challenger_of_10000: 2_000 });
    let sides: Vec<Side> = (0..5_000).map(|n| side_of(&test, &format!("review {n}"))).collect();
    let n_challenger = sides.iter().filter(|side| **side == Side::Challenger).count();
    assert!((900..1_100).contains(&n_challenger), "{n_challenger}");
    assert_eq!(side_of(&test, "Review 17 "), side_of(&test, "review  17"));
    let salted = AbTest { salt: "other".into(), ..test.clone() };
    let n_moved =
        (0..5_000).filter(|n| side_of(&salted, &format!("review {n}")) != sides[*n as usize]).count();
    assert!(n_moved > 1_000, "another test deals anew: {n_moved}");
}

#[test]
fn in_shadow_the_champion_answers_all() {
    let mut test = begun(AbMode::Shadow);
    for n in 0..200 {
        assert_eq!(
            see(&mut test, (&format!("review {n}"), true), (answer(0), answer(1))),
            Ok(Side::Champion)
        );
    }
    let now = standing(&test);
    assert_eq!((now.ratio_p, now.n_apart, test.champion.n_assigned), (None, 200, 200));
}

#[test]
fn a_review_counts_once_and_the_queue_is_blind() {
    let mut test = begun(HALF);
    for _ in 0..3 {
        see(&mut test, ("Fine. Late.", true), (answer(1), answer(0))).unwrap();
    }
    see(&mut test, ("secret", false), (answer(1), answer(0))).unwrap();
    see(&mut test, ("good", true), (answer(1), answer(1))).unwrap();
    assert_eq!((test.champion.n_answers, test.n_agreed[1], test.disagreements.len()), (5, 1, 2));
    let items: Vec<BlindItem<'_>> = queue(&test).collect();
    assert_eq!(items, [BlindItem { place: 0, text: "Fine. Late.", classes: (0, 1) }]);
    label(&mut test, 0, 0, Millis(9)).unwrap();
    assert_eq!(queue(&test).count(), 0, "of a hash nobody can say who is right");
    assert_eq!(label(&mut test, 9, 0, Millis(9)), Err(AbError::NothingToLabel { place: 9 }));
    assert_eq!(label(&mut test, 0, 7, Millis(9)), Err(AbError::NothingToLabel { place: 0 }));
}

/// Disagreements of which a person finds so many as each side says, the rest of reviews agreed on.
fn labelled(champion: u32, challenger: u32, n_agreed: u32) -> AbTest {
    let mut test = begun(HALF);
    for n in 0..n_agreed {
        let class = (n % 2) as u8;
        see(&mut test, (&format!("agreed {n}"), true), (answer(class), answer(class))).unwrap();
    }
    for n in 0..champion + challenger {
        let said = (n % 2) as u8;
        see(&mut test, (&format!("apart {n}"), true), (answer(said), answer(1 - said))).unwrap();
        let is_champion =
            n * champion / (champion + challenger) < (n + 1) * champion / (champion + challenger);
        label(&mut test, n as usize, if is_champion { said } else { 1 - said }, Millis(20)).unwrap();
    }
    test
}

#[test]
fn evidence_fills_the_bar_and_promotes_the_better_side() {
    let mut early = labelled(3, 7, 200);
    let now = standing(&early);
    assert!(
        now.winner.is_none() && now.progress < 0.5 && now.labels_left.is_some_and(|left| left > 5),
        "{now:?}"
    );
    assert!(matches!(promote(&mut early, "", Millis(30)), Err(AbError::NotYet { .. })));
    let mut late = labelled(10, 35, 2_000);
    let now = standing(&late);
    assert_eq!((now.winner, now.progress, now.labels_left), (Some(Side::Challenger), 1.0, Some(0)));
    assert_eq!(promote(&mut late, "Asha agreed.", Millis(30)), Ok(Side::Challenger));
    let Some((Millis(30), AbEnd::Promoted { challenger: true, reason })) = &late.ended else {
        panic!("{late:?}")
    };
    assert!(reason.contains("35 to 10") && reason.ends_with("Asha agreed."), "{reason}");
    assert!(matches!(see(&mut late, ("x", true), (answer(0), answer(0))), Err(AbError::Ended { .. })));
    assert!(matches!(
        end(&mut late, AbEnd::Stopped { reason: String::new() }, Millis(31)),
        Err(AbError::Ended { .. })
    ));
}

#[test]
fn sides_as_good_as_equal_are_said_to_be() {
    let now = standing(&labelled(25, 25, 6_000));
    assert!(now.is_equal && now.winner.is_none(), "{now:?}");
    let now = standing(&labelled(25, 25, 100));
    assert!(!now.is_equal, "a third of reviews is apart: {now:?}");
}

#[test]
fn guardrails_hold_a_winner_back() {
    let mut test = labelled(10, 35, 2_000);
    test.challenger.latency = vec![0; 120];
    test.challenger.latency[119] = 2_000;
    assert!(
        matches!(promote(&mut test, "", Millis(30)), Err(AbError::Guarded { reason }) if reason.contains("ms or more"))
    );
    let mut unsure = labelled(10, 35, 2_000);
    unsure.challenger.n_unsure = 500;
    assert!(standing(&unsure).broken[0].contains("more answers open"));
    // The challenger wins on the positive class and loses on the negative one.
    let mut lossy = begun(HALF);
    for n in 0..200_u32 {
        let class = u8::from(n % 10 != 0);
        see(&mut lossy, (&format!("agreed {n}"), true), (answer(class), answer(class))).unwrap();
    }
    for n in 0..60 {
        let truth = u8::from(n % 5 != 0);
        see(&mut lossy, (&format!("apart {n}"), true), (answer(0), answer(1))).unwrap();
        label(&mut lossy, n, truth, Millis(20)).unwrap();
    }
    assert_eq!(standing(&lossy).winner, Some(Side::Challenger));
    assert!(
        matches!(promote(&mut lossy, "", Millis(30)), Err(AbError::Guarded { reason }) if reason.contains("negative"))
    );
}

#[test]
fn a_split_that_went_wrong_is_an_alarm() {
    let mut test = labelled(10, 35, 2_000);
    assert!(!standing(&test).is_ratio_wrong);
    test.champion.n_assigned += 300;
    assert!(standing(&test).is_ratio_wrong);
    assert!(matches!(promote(&mut test, "", Millis(30)), Err(AbError::Guarded { .. })));
}

#[test]
fn tests_that_cannot_be_are_refused() {
    assert_eq!(check(&begun(HALF)), Ok(()));
    let weight = |challenger_of_10000| check(&begun(AbMode::Split { challenger_of_10000 }));
    assert_eq!(weight(0), Err(AbError::BadWeight { found: 0 }));
    assert_eq!(weight(10_000), Err(AbError::BadWeight { found: 10_000 }));
    let mut same = begun(HALF);
    same.challenger.model = same.champion.model.clone();
    assert_eq!(check(&same), Err(AbError::SameModel));
    let mut other = begun(HALF);
    other.challenger.model.labels.pop();
    assert!(matches!(check(&other), Err(AbError::OtherClasses { .. })));
    assert!(matches!(check(&AbTest { bar: f64::NAN, ..begun(HALF) }), Err(AbError::BadNumber { .. })));
    let loose = Guardrails { max_p95_ms: 0.0, ..Guardrails::default() };
    assert!(matches!(check(&AbTest { guardrails: loose, ..begun(HALF) }), Err(AbError::BadNumber { .. })));
    let mut running = begun(HALF);
    let nan = SideAnswer { took_ms: f64::NAN, ..answer(0) };
    assert!(matches!(see(&mut running, ("x", true), (nan, answer(0))), Err(AbError::BadAnswer { .. })));
    assert!(matches!(see(&mut running, ("x", true), (answer(9), answer(0))), Err(AbError::BadAnswer { .. })));
}

// The whole machine, looked at after every label; `cargo xtask bench statistics` does it 10,000 times.
#[test]
fn two_equal_models_seldom_have_a_winner() {
    let mut stream = RandomStream::new("test", &[11]);
    let mut n_winners = 0;
    for _ in 0..60 {
        let mut test = begun(AbMode::Shadow);
        for n in 0..150 {
            let said = stream.below(2) as u8;
            see(&mut test, (&format!("review {n}"), true), (answer(said), answer(1 - said))).unwrap();
            label(&mut test, n, stream.below(2) as u8, Millis(1)).unwrap();
            if standing(&test).winner.is_some() {
                n_winners += 1;
                break;
            }
        }
    }
    assert!(n_winners <= 8, "{n_winners} of 60");
}

#[test]
fn thompson_shows_the_better_side_more_often_as_labels_come() {
    let shown = |champion: u32, challenger: u32| {
        let test = AbTest { mode: AbMode::Thompson, ..labelled(champion, challenger, 0) };
        let sides = (0..1_000).map(|n| side_of(&test, &format!("review {n}")));
        sides.filter(|side| *side == Side::Challenger).count()
    };
    let (even, better, worse) = (shown(0, 0), shown(5, 15), shown(15, 5));
    assert!((420..580).contains(&even), "{even}");
    assert!(better > 900 && worse < 100, "{better} and {worse}");
    let test = AbTest { mode: AbMode::Thompson, ..labelled(3, 4, 0) };
    assert_eq!(side_of(&test, "Review 17 "), side_of(&test, "review  17"));
    assert_eq!(standing(&test).ratio_p, None, "no share was asked for");
}
