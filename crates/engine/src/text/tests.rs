use proptest::prelude::*;

use super::*;

fn cleaner(steps: &[CleanStep]) -> Cleaner {
    Cleaner::new(steps).expect("steps of this build")
}

fn words_of(steps: &[CleanStep], text: &str) -> Vec<String> {
    let mut words = Vec::new();
    cleaner(steps).clean(text, &mut |word| words.push(word.to_owned()));
    words
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let steps = reference_cleaning();
    assert_eq!(words_of(&steps, text).join(" "), expected, "{text:?}");
    let traced = cleaner(&steps).trace(text);
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
    let traced = cleaner(&reference_cleaning()).trace(text);
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
    let mut cleaner = cleaner(&reference_cleaning());
    let mut ids = Vec::new();
    cleaner.clean_to_ids("good goods bad", &mut ids);
    cleaner.clean_to_ids("incomprehensibilities bad incomprehensibilities", &mut ids);
    assert_eq!(ids, [0, 0, 1, 2, 1, 2]);
    assert_eq!(cleaner.words(), ["good", "bad", "incomprehens"]);
}

/// A step of this build, of any kind.
fn any_step() -> impl Strategy<Value = CleanStep> {
    let keep = prop_oneof![Just(vec![]), Just(vec!["not".to_owned(), "the".to_owned()])];
    let with = || prop::sample::select(vec!["", " ", "#", "a b", "http", "é"]).prop_map(str::to_owned);
    let ends = || prop::sample::select(vec!["", "the", "READ MORE", "👍", "a"]).prop_map(str::to_owned);
    let reference = prop_oneof![
        Just(CleanStep::Lowercase),
        Just(CleanStep::RemoveEmoji),
        Just(CleanStep::RemoveUrls),
        Just(CleanStep::RemoveHtmlTags),
        Just(CleanStep::KeepLetters),
        keep.prop_map(|keep| CleanStep::RemoveStopWords { list: StopWordList::NltkEnglish, keep }),
        ends().prop_map(|word| CleanStep::RemoveWords { words: vec![word, "good".to_owned()] }),
        Just(CleanStep::Stem { stemmer: Stemmer::NltkPorter }),
        Just(CleanStep::Stem { stemmer: Stemmer::SnowballEnglish }),
    ];
    let further = prop_oneof![
        Just(CleanStep::RemoveEmails),
        Just(CleanStep::RemoveHandles),
        Just(CleanStep::UnescapeHtml),
        with().prop_map(|with| CleanStep::ReplaceDigits { with }),
        with().prop_map(|with| CleanStep::ReplacePunctuation { with }),
        ends().prop_map(|text| CleanStep::RemovePrefix { text }),
        ends().prop_map(|text| CleanStep::RemoveSuffix { text }),
        Just(CleanStep::ShortenElongations),
        prop::option::of(0..4_u8).prop_map(|n_words| CleanStep::MarkNegation { n_words }),
    ];
    let tables = (0..5_u8, with()).prop_map(|(kind, with)| match kind {
        0 => CleanStep::StripAccents,
        1 => CleanStep::EmojiToWords,
        2 => CleanStep::ReplacePattern { pattern: r"(?i)[aeiou]+|\s|👍".to_owned(), with },
        3 => CleanStep::RemoveStopWords { list: StopWordList::NltkGerman, keep: Vec::new() },
        _ => CleanStep::Stem { stemmer: Stemmer::SnowballRussian },
    });
    let is_known = |step: &CleanStep| Cleaner::new(std::slice::from_ref(step)).is_ok();
    let tables = tables.prop_map(move |step| if is_known(&step) { step } else { CleanStep::Lowercase });
    prop_oneof![reference, further, tables]
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
            "e\u{301}",
            "ﬁ",
            "\u{a8}",
            "한",
            "a@b.c",
            "@shop",
            "&amp;",
            "&#",
            "&eacute",
            "soooo",
            "11,50",
            "!!!",
            "never",
            "good.",
            "READ MORE",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(|c| c.to_string()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn check_all_ways(steps: &[CleanStep], text: &str) {
    let mut cleaner = cleaner(steps);
    let mut words = Vec::new();
    cleaner.clean(text, &mut |word| words.push(word.to_owned()));
    let mut plain = plain::PlainWay::new(steps).expect("steps of this build");
    let mut ids = Vec::new();
    plain.clean_to_ids(text, &mut ids);
    let plain_words: Vec<String> =
        ids.iter().map(|&id| plain.memory.ids.words()[id as usize].clone()).collect();
    assert_eq!(words, plain_words);
    let traced = cleaner.trace(text);
    let traced_words: Vec<String> = traced.words.iter().map(|word| word.text.clone()).collect();
    assert_eq!(words, traced_words);
    let mut again = Vec::new();
    cleaner.clean(text, &mut |word| again.push(word.to_owned()));
    assert_eq!(words, again, "the memory changes nothing");
    for pair in traced.words.windows(2) {
        assert!(pair[0].start <= pair[1].start && pair[0].end <= pair[1].end, "{:?}", traced.words);
    }
    for word in &traced.words {
        assert_eq!(word.chars.len(), word.text.chars().count());
        for &(start, end) in &word.chars {
            assert!(text.get(start as usize..end as usize).is_some_and(|part| !part.is_empty()));
        }
        let ends = (word.chars[0].0, word.chars[word.chars.len() - 1].1);
        assert_eq!(ends, (word.start, word.end));
    }
    for pair in traced.dropped.windows(2) {
        assert!(pair[0].1 < pair[1].0, "{:?}", traced.dropped);
    }
    for &(start, end) in &traced.dropped {
        assert!(text.get(start as usize..end as usize).is_some_and(|part| !part.is_empty()));
        assert!(traced.words.iter().all(|word| word.end <= start || end <= word.start));
    }
}

proptest! {
    #[test]
    fn all_ways_give_the_same_words(steps in proptest::collection::vec(any_step(), 0..12), text in any_text()) {
        check_all_ways(&steps, &text);
    }

    #[test]
    fn all_ways_give_the_same_words_by_the_usual_steps(steps in usual_steps(), text in any_text()) {
        check_all_ways(&steps, &text);
    }

    #[test]
    fn cleaned_words_are_letters(text in any_text()) {
        for word in words_of(&reference_cleaning(), &text) {
            prop_assert!(!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word:?}");
        }
    }
}
