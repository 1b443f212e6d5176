use proptest::prelude::*;

use super::*;

fn words_of(steps: &[CleanStep], text: &str) -> Vec<String> {
    let mut words = Vec::new();
    Cleaner::new(steps).clean(text, &mut |word| words.push(word.to_owned()));
    words
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let steps = reference_cleaning();
    assert_eq!(words_of(&steps, text).join(" "), expected, "{text:?}");
    let traced = Cleaner::new(&steps).trace(text);
    let words: Vec<String> = traced.words.into_iter().map(|word| word.text).collect();
    assert_eq!(words.join(" "), expected, "traced {text:?}");
}

#[test]
fn reference_cleaning_is_the_references() {
    // nltk 3.10.4, emoji 2.16.0, Python 3.11: clean(text) of the reference cleaning.
    check("Good product, but NOT worth it.READ MORE", "good product not worth itread");
    check("visit http://a.b/c?d=e now", "visit");
    check("www", "www");
    check("www x", "www x");
    check("http x https", "http x");
    check("xhttp://y z", "x z");
    check("wwww.a", "");
    check("a<b>c</b>d < e > f", "acd f");
    check("<a\u{a}b> c", "b c");
    check("<a <b> c", "c");
    check("2 < 3 > 1", "");
    check("İstanbul ΣΑΣ", "istanbul");
    check("\u{212a}elvin", "kelvin");
    check("don't can't won't", "dont cant wont");
    check("tab\u{9}and\u{1c}unit\u{1f}sep\u{a0}nbsp\u{3000}wide\u{85}next", "tab unit sep nbsp wide next");
    check("zero\u{200b}width", "zerowidth");
    check("http👍 x", "http x");
    check("http👍🏽\u{200d}x y", "");
    check("http\u{200d} y", "");
    check("www\u{fe0f}. z", "z");
    check("<👍> x", "x");
    check("<\u{fe0f}> x", "x");
    check("1\u{fe0f}\u{20e3} 2", "");
    check("no nor not the", "no nor not");
    check("nice👍product", "niceproduct");
    check("www🏳\u{fe0f}\u{200d} a", "");
    check("http❤ b", "http b");
    check("🏳\u{fe0f}\u{200d}http c", "http c");
    check("café naïve", "caf nave");
    check("", "");
    check("  ", "");
    check("dying skies innings", "die sky inning");
    check("generously READ MORE", "gener read");
    check("http\u{1c}x", "http x");
    check("http\u{20e3} q", "q");
    check("www1\u{fe0f}\u{20e3} q", "www q");
}

#[test]
fn steps_apply_in_their_order() {
    let stop = CleanStep::RemoveStopWords { list: StopWordList::NltkEnglish, keep: vec![] };
    let text = "The don't-know http://x";
    assert_eq!(words_of(&[CleanStep::KeepLetters, CleanStep::RemoveUrls], text), ["he", "dontknow"]);
    assert_eq!(words_of(&[stop.clone(), CleanStep::Lowercase], text), ["the", "don't-know", "http://x"]);
    assert_eq!(words_of(&[CleanStep::Lowercase, stop], text), ["don't-know", "http://x"]);
    assert_eq!(words_of(&[], " a\u{1c}B  c "), ["a", "B", "c"]);
}

#[test]
fn snowball_is_porter_2() {
    let steps = [CleanStep::Stem { stemmer: Stemmer::SnowballEnglish }];
    // nltk 3.10.4: SnowballStemmer("english")
    assert_eq!(words_of(&steps, "generously running skies dying"), ["generous", "run", "sky", "die"]);
}

#[test]
fn traced_words_stand_where_they_came_from() {
    let text = "Don't buy: the <b>shuttles</b> broke! 👍 see www.x.in";
    let traced = Cleaner::new(&reference_cleaning()).trace(text);
    let words: Vec<(&str, &str)> = traced
        .words
        .iter()
        .map(|word| (word.text.as_str(), &text[word.start as usize..word.end as usize]))
        .collect();
    let expected =
        [("dont", "Don't"), ("buy", "buy"), ("shuttl", "shuttles"), ("broke", "broke"), ("see", "see")];
    assert_eq!(words, expected);
    let dropped: Vec<&str> =
        traced.dropped.iter().map(|&(start, end)| &text[start as usize..end as usize]).collect();
    assert_eq!(dropped, [":", "the", "<b>", "</b>", "!", "👍", "www.x.in"]);
}

#[test]
fn words_are_numbered_in_order_of_first_appearance() {
    let mut cleaner = Cleaner::new(&reference_cleaning());
    let mut ids = Vec::new();
    cleaner.clean_to_ids("good goods bad", &mut ids);
    cleaner.clean_to_ids("incomprehensibilities bad incomprehensibilities", &mut ids);
    assert_eq!(ids, [0, 0, 1, 2, 1, 2]);
    assert_eq!(cleaner.words(), ["good", "bad", "incomprehens"]);
}

fn any_step() -> impl Strategy<Value = CleanStep> {
    let keep = prop_oneof![Just(vec![]), Just(vec!["not".to_owned(), "the".to_owned()])];
    prop_oneof![
        Just(CleanStep::Lowercase),
        Just(CleanStep::RemoveEmoji),
        Just(CleanStep::RemoveUrls),
        Just(CleanStep::RemoveHtmlTags),
        Just(CleanStep::KeepLetters),
        keep.prop_map(|keep| CleanStep::RemoveStopWords { list: StopWordList::NltkEnglish, keep }),
        Just(CleanStep::Stem { stemmer: Stemmer::NltkPorter }),
        Just(CleanStep::Stem { stemmer: Stemmer::SnowballEnglish }),
    ]
}

/// Steps in the order of the fast way, each there or not.
fn usual_steps() -> impl Strategy<Value = Vec<CleanStep>> {
    proptest::collection::vec(any::<bool>(), 7).prop_map(|mask| {
        reference_cleaning().into_iter().zip(mask).filter_map(|(step, stays)| stays.then_some(step)).collect()
    })
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::string::string_regex("[a-zA-Z]{1,16}").expect("a pattern"),
        proptest::string::string_regex("\\PC{0,4}").expect("a pattern"),
        proptest::sample::select(vec![
            " ",
            "\n",
            "\t",
            "\u{1c}",
            "\u{a0}",
            "\u{2003}",
            "\u{3000}",
            "http",
            "www",
            "httpx",
            "wwwww",
            "<",
            ">",
            "<b>",
            "İ",
            "Σ",
            "ΑΣ",
            "K",
            "👍",
            "👍🏽",
            "🏳\u{fe0f}\u{200d}🌈",
            "\u{200d}",
            "\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "the",
            "not",
            "don't",
            "é",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(|c| c.to_string()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn check_both_ways(steps: &[CleanStep], text: &str) {
    let mut cleaner = Cleaner::new(steps);
    let mut words = Vec::new();
    cleaner.clean(text, &mut |word| words.push(word.to_owned()));
    let traced = cleaner.trace(text);
    let traced_words: Vec<String> = traced.words.iter().map(|word| word.text.clone()).collect();
    assert_eq!(words, traced_words);
    let mut again = Vec::new();
    cleaner.clean(text, &mut |word| again.push(word.to_owned()));
    assert_eq!(words, again, "the memory changes nothing");
    let mut covered: Vec<(u32, u32)> = traced.words.iter().map(|word| (word.start, word.end)).collect();
    covered.extend(&traced.dropped);
    covered.sort_unstable();
    for pair in covered.windows(2) {
        assert!(pair[0].1 <= pair[1].0 || pair[0] == pair[1], "{covered:?}");
    }
    for (start, end) in covered {
        assert!(text.get(start as usize..end as usize).is_some_and(|part| !part.is_empty()));
    }
}

proptest! {
    #[test]
    fn both_ways_give_the_same_words(steps in proptest::collection::vec(any_step(), 0..8), text in any_text()) {
        check_both_ways(&steps, &text);
    }

    #[test]
    fn both_ways_give_the_same_words_by_the_usual_steps(steps in usual_steps(), text in any_text()) {
        check_both_ways(&steps, &text);
    }

    #[test]
    fn cleaned_words_are_letters(text in any_text()) {
        for word in words_of(&reference_cleaning(), &text) {
            prop_assert!(!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word:?}");
        }
    }
}
