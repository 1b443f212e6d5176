//! Each step on texts whose outcome Python tells, and what a recipe may not hold.

use super::steps::{PreparedStep, prepare};
use super::*;

/// The text after one step.
#[track_caller]
fn check(step: &CleanStep, text: &str, expected: &str) {
    let prepared = prepare(std::slice::from_ref(step)).expect("a step of this build");
    let [PreparedStep::Text(prepared)] = prepared.as_slice() else { panic!("a step on characters") };
    let (mut left, mut spare) = (text.to_owned(), String::new());
    prepared.apply(&mut left, &mut spare);
    assert_eq!(left, expected, "{step:?} of {text:?}");
}

#[track_caller]
fn words_after(steps: &[CleanStep], text: &str) -> String {
    let mut words = Vec::new();
    let mut cleaner = Cleaner::new(steps).expect("steps of this build");
    cleaner.clean(text, &mut |word| words.push(word.to_owned()));
    words.join(" ")
}

#[cfg(feature = "accents")]
#[test]
fn accents_go_as_scikit_learns_do() {
    // Python 3.11.7, scikit-learn 1.9.1: sklearn.feature_extraction.text.strip_accents_unicode(text)
    for (text, expected) in [
        ("café naïve", "cafe naive"),
        ("Ångström ﬁne ½ ①", "Angstrom fine 1\u{2044}2 1"),
        ("İstanbul", "Istanbul"),
        ("नमस्ते ज़", "\u{928}\u{92e}\u{938}\u{924}\u{947} \u{91c}"),
        ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
        ("ℌello ²", "Hello 2"),
        ("e\u{301}a\u{328}", "ea"),
    ] {
        check(&CleanStep::StripAccents, text, expected);
    }
}

#[cfg(feature = "emoji-names")]
#[test]
fn emoji_become_their_names() {
    // emoji 2.16.0: replace_emoji(text, replace=f) where f gives " " + EMOJI_DATA[chars]["en"][1:-1] + " " without
    // "_…_skin_tone", and nothing for a skin tone alone.
    for (text, expected) in [
        ("good👍🏽ok", "good thumbs_up ok"),
        ("👨\u{200d}👩\u{200d}👧 x", " family_man_woman_girl  x"),
        ("❤\u{fe0f}!", " red_heart !"),
        ("🇮🇳", " India "),
        ("1\u{fe0f}\u{20e3}", " keycap_1 "),
        ("🏳\u{fe0f}\u{200d}🌈", " rainbow_flag "),
        ("a\u{fe0f}b", "ab"),
        ("👍\u{200d}👍", " thumbs_up  thumbs_up "),
        ("🏽 x", " x"),
        ("👩🏽\u{200d}❤️\u{200d}👨🏿", " couple_with_heart_woman_man "),
        ("no emoji", "no emoji"),
    ] {
        check(&CleanStep::EmojiToWords, text, expected);
    }
}

#[test]
fn addresses_go() {
    // Python 3.11.7: re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "", text)
    for (text, expected) in [
        ("mail a.b+c@x-y.co.in now", "mail  now"),
        ("a@b@c.d e", "a@ e"),
        ("@b.c a@b", "@b.c a@b"),
        ("a@b.c@d.e", "@d.e"),
        ("x@y.z.", "."),
        ("é@ü.de!", "!"),
        ("a@.b c@d.", "a@.b c@d."),
    ] {
        check(&CleanStep::RemoveEmails, text, expected);
    }
    // Python 3.11.7: re.sub(r"(?<!\w)@\w+", "", text)
    for (text, expected) in
        [("thanks @shop_1, ok", "thanks , ok"), ("a@b @ c", "a@b @ c"), ("@@x", "@"), (".@é.", "..")]
    {
        check(&CleanStep::RemoveHandles, text, expected);
    }
}

#[test]
fn references_are_unescaped_as_python_does() {
    // Python 3.11.7: html.unescape(text)
    for (text, expected) in [
        ("a &amp; b &lt;3 &copy", "a & b <3 ©"),
        ("&amp;amp;", "&amp;"),
        ("&#39;&#x2764;&#128;&#0;&#xD800;&#1;", "'❤€\u{fffd}\u{fffd}"),
        ("&notit; &nbsp;x &amp", "¬it; \u{a0}x &"),
        ("&bogus; & &;", "&bogus; & &;"),
        ("&#; &#x; &#99999999999;", "&#; &#x; \u{fffd}"),
        ("&eacutex", "éx"),
        ("&apos;", "'"),
    ] {
        check(&CleanStep::UnescapeHtml, text, expected);
    }
}

#[test]
fn digits_and_punctuation_are_replaced() {
    let digits = |with: &str| CleanStep::ReplaceDigits { with: with.to_owned() };
    // Python 3.11.7: re.sub(r"\d+", with, text)
    check(&digits("#"), "4.5/5 १२३ rs", "#.#/# # rs");
    check(&digits(""), "no ² digits 10", "no ² digits ");
    // Python 3.11.7: stretches of string.punctuation and unicodedata.category(c)[0] == "P"
    let punctuation = |with: &str| CleanStep::ReplacePunctuation { with: with.to_owned() };
    let text = "nice,cheap... “wow” – ok! $5 €5 a_b";
    check(&punctuation(" "), text, "nice cheap   wow    ok   5 €5 a b");
    check(&punctuation(""), text, "nicecheap wow  ok 5 €5 ab");
}

#[cfg(feature = "custom-regex")]
#[test]
fn patterns_are_replaced_as_they_stand() {
    let step = |pattern: &str, with: &str| CleanStep::ReplacePattern {
        pattern: pattern.to_owned(),
        with: with.to_owned(),
    };
    check(&step(r"(\w+)!", "$1"), "wow! ok", "$1 ok");
    check(&step(r"x*", "-"), "axxb", "a-b");
    check(&step(r"\border #\d+", ""), "my order #12 came", "my  came");
    let twice = "a".repeat(100_000);
    check(&step("a", &"b".repeat(1_000)), &twice, &twice);
}

#[test]
fn boilerplate_goes_once_from_either_end() {
    let suffix = CleanStep::RemoveSuffix { text: "READ MORE".to_owned() };
    check(&suffix, "Good productREAD MORE", "Good product");
    check(&suffix, "READ MORE READ MORE \n", "READ MORE  \n");
    check(&suffix, "read more", "read more");
    let prefix = CleanStep::RemovePrefix { text: "Review: ".to_owned() };
    check(&prefix, " \tReview: Review: ok", " \tReview: ok");
    check(&prefix, "My Review: ok", "My Review: ok");
}

#[test]
fn elongations_are_cut_to_two() {
    // Python 3.11.7: re.sub(r"([^\W\d_])\1{2,}", r"\1\1", text)
    let text = "soooo goood 1000 ___ éééé aaAAA good hmmmm!!!";
    check(&CleanStep::ShortenElongations, text, "soo good 1000 ___ éé aaAA good hmm!!!");
}

#[test]
fn words_after_a_negation_are_marked() {
    // Worked by hand after NLTK 3.10.4's mark_negation, which ends at a token of `.:;!?`.
    let clause = CleanStep::MarkNegation { n_words: None };
    check(&clause, "not good at all. but ok", "not not_good not_at not_all. but ok");
    check(&clause, "I DON'T like it, no way!", "I DON'T not_like not_it, no not_way!");
    check(&clause, "never - ever", "never - not_ever");
    check(&clause, "good nothing", "good nothing");
    check(&clause, "(not) bad", "(not) not_bad");
    check(&clause, "knot tied", "knot tied");
    check(&clause, "not. good", "not. good");
    let two = CleanStep::MarkNegation { n_words: Some(2) };
    check(&two, "isn’t a good thing", "isn’t not_a not_good thing");
    check(&CleanStep::MarkNegation { n_words: Some(0) }, "not good", "not good");
}

#[test]
fn negation_reaches_the_terms() {
    let steps = [
        CleanStep::Lowercase,
        CleanStep::MarkNegation { n_words: None },
        CleanStep::ReplacePunctuation { with: " ".to_owned() },
    ];
    // The mark's underscore is punctuation: mark after it.
    assert_eq!(words_after(&steps, "Not good."), "not not good");
    let steps = [CleanStep::Lowercase, CleanStep::MarkNegation { n_words: None }];
    assert_eq!(words_after(&steps, "Not good"), "not not_good");
}

#[cfg(feature = "languages")]
#[test]
fn other_languages_stem_and_stop() {
    let stem = |stemmer: Stemmer| [CleanStep::Stem { stemmer }];
    // nltk 3.10.4: SnowballStemmer(language).stem(word)
    assert_eq!(words_after(&stem(Stemmer::SnowballGerman), "häuser laufen"), "haus lauf");
    assert_eq!(words_after(&stem(Stemmer::SnowballFrench), "continuellement"), "continuel");
    assert_eq!(words_after(&stem(Stemmer::SnowballSpanish), "corriendo"), "corr");
    assert_eq!(words_after(&stem(Stemmer::SnowballRussian), "хорошие товары"), "хорош товар");
    // nltk 3.10.4: "nicht" and "der" stand in nltk_data's stopwords/german, "gut" does not.
    let stop = |keep: &[&str]| {
        let keep = keep.iter().map(|&word| word.to_owned()).collect();
        [CleanStep::RemoveStopWords { list: StopWordList::NltkGerman, keep }]
    };
    assert_eq!(words_after(&stop(&[]), "der artikel ist nicht gut"), "artikel gut");
    assert_eq!(words_after(&stop(&["nicht"]), "der artikel ist nicht gut"), "artikel nicht gut");
}

#[cfg(feature = "languages")]
#[test]
fn every_list_of_every_language_is_there() {
    let lists: Vec<StopWordList> = [
        "english",
        "german",
        "hinglish",
        "chinese",
        "arabic",
        "tajik",
        "nepali",
        "greek",
        "slovenian",
        "uzbek",
    ]
    .iter()
    .map(|name| json::from_str(&format!("\"nltk_{name}\"")).expect("a list"))
    .collect();
    for list in lists {
        assert!(stop_words(list).expect("a list of this build").len() > 10, "{list:?}");
    }
}

#[test]
fn what_a_build_lacks_is_said() {
    let lacking = [
        (cfg!(feature = "accents"), CleanStep::StripAccents, "strip_accents"),
        (cfg!(feature = "emoji-names"), CleanStep::EmojiToWords, "emoji_to_words"),
        (
            cfg!(feature = "languages"),
            CleanStep::Stem { stemmer: Stemmer::SnowballTamil },
            "stem (a language other than English)",
        ),
        (
            cfg!(feature = "languages"),
            CleanStep::RemoveStopWords { list: StopWordList::NltkFrench, keep: Vec::new() },
            "remove_stop_words (a language other than English)",
        ),
    ];
    for (is_there, step, name) in lacking {
        let expected = format!(
            "the cleaning step `{name}` is not part of this build: leave it out, or use the terminal program `reviewlab`"
        );
        match Cleaner::new(&[step]) {
            Ok(_) => assert!(is_there, "{name}"),
            Err(error) => assert_eq!((is_there, error.to_string()), (false, expected)),
        }
    }
}

#[test]
fn recipes_out_of_bounds_are_refused() {
    let error = |steps: &[CleanStep]| Cleaner::new(steps).expect_err("out of bounds").to_string();
    assert_eq!(
        error(&[CleanStep::RemoveSuffix { text: "x".repeat(1_001) }]),
        "a cleaning step holds a text of 1001 bytes, at most 1000 are taken: shorten it"
    );
    assert_eq!(
        error(&vec![CleanStep::Lowercase; 65]),
        "the cleaning has 65 steps, at most 64 are run: leave some out"
    );
    let steps = vec![CleanStep::Lowercase, CleanStep::MarkNegation { n_words: Some(3) }];
    let text = json::to_string(&steps);
    assert_eq!(text, r#"[{"type":"lowercase"},{"type":"mark_negation","n_words":3}]"#);
    assert_eq!(json::from_str::<Vec<CleanStep>>(&text).expect("own text"), steps);
}

#[test]
fn traced_replacements_point_at_what_they_replace() {
    let steps = [
        CleanStep::UnescapeHtml,
        CleanStep::Lowercase,
        CleanStep::ShortenElongations,
        CleanStep::MarkNegation { n_words: None },
    ];
    let text = "Not soooo good &amp; na&iuml;ve";
    let traced = Cleaner::new(&steps).expect("steps of every build").trace(text);
    let words: Vec<(&str, &str)> = traced
        .words
        .iter()
        .map(|word| (word.text.as_str(), &text[word.start as usize..word.end as usize]))
        .collect();
    let expected = [
        ("not", "Not"),
        ("not_soo", "soooo"),
        ("not_good", "good"),
        ("&", "&amp;"),
        ("not_naïve", "na&iuml;ve"),
    ];
    assert_eq!(words[..4], expected[..4]);
    assert_eq!(words[4], expected[4]);
}
