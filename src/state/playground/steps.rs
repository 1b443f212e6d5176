//! Cleaning steps as a person switches, orders and fills them in: a recipe's steps in, and out again, each problem
//! beside the field it is about. Pure.

use engine::text::{CleanError, CleanStep, Cleaner, MAX_STEPS, Stemmer, StopWordList};
use json::{FromJson, ToJson};

/// What a step does; how it does it stands in its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Lower case.
    Lowercase,
    /// Accents stripped.
    StripAccents,
    /// HTML's character references read.
    UnescapeHtml,
    /// Tags removed.
    RemoveHtmlTags,
    /// Web addresses removed.
    RemoveUrls,
    /// E-mail addresses removed.
    RemoveEmails,
    /// Handles removed.
    RemoveHandles,
    /// Emoji removed.
    RemoveEmoji,
    /// Emoji named.
    EmojiToWords,
    /// A text removed from the beginning.
    RemovePrefix,
    /// A text removed from the end.
    RemoveSuffix,
    /// Matches of a pattern replaced.
    ReplacePattern,
    /// Numbers replaced.
    ReplaceDigits,
    /// Punctuation replaced.
    ReplacePunctuation,
    /// Letters that are repeated cut to two.
    ShortenElongations,
    /// Words after a negation marked.
    MarkNegation,
    /// All but a to z removed.
    KeepLetters,
    /// Stop words removed.
    RemoveStopWords,
    /// Given words removed.
    RemoveWords,
    /// Words cut to stems.
    Stem,
}

/// A field of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepField {
    /// What it is called.
    pub label: &'static str,
    /// What it takes.
    pub takes: Takes,
}

/// What a field of a step takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any text.
    Text,
    /// A list of stop words.
    List,
    /// A stemmer.
    Stemmer,
}

/// One of a cleaning's steps, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepForm {
    /// Tells it from the others, whatever its place.
    pub id: u32,
    /// What it does.
    pub kind: StepKind,
    /// It is part of the cleaning.
    pub is_on: bool,
    /// What stands in its fields, in the order of `StepKind::fields`.
    pub values: Vec<String>,
}

/// What is wrong with a step: number of its field, and one sentence.
pub type StepProblem = (usize, String);

/// Longest list of steps that can be made here.
pub const MAX_FORM_STEPS: usize = MAX_STEPS;

const fn text(label: &'static str) -> StepField {
    StepField { label, takes: Takes::Text }
}

const INSTEAD: StepField = text("Put in its place");

impl StepKind {
    /// All of them, in the order in which they are mostly run.
    pub const ALL: [StepKind; 20] = [
        Self::Lowercase,
        Self::StripAccents,
        Self::UnescapeHtml,
        Self::RemoveHtmlTags,
        Self::RemoveUrls,
        Self::RemoveEmails,
        Self::RemoveHandles,
        Self::RemoveEmoji,
        Self::EmojiToWords,
        Self::RemovePrefix,
        Self::RemoveSuffix,
        Self::ReplacePattern,
        Self::ReplaceDigits,
        Self::ReplacePunctuation,
        Self::ShortenElongations,
        Self::MarkNegation,
        Self::KeepLetters,
        Self::RemoveStopWords,
        Self::RemoveWords,
        Self::Stem,
    ];

    /// What it does, in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lowercase => "Lower case",
            Self::StripAccents => "Strip accents",
            Self::UnescapeHtml => "Read HTML entities",
            Self::RemoveHtmlTags => "Remove HTML tags",
            Self::RemoveUrls => "Remove web addresses",
            Self::RemoveEmails => "Remove e-mail addresses",
            Self::RemoveHandles => "Remove @handles",
            Self::RemoveEmoji => "Remove emoji",
            Self::EmojiToWords => "Turn emoji into words",
            Self::RemovePrefix => "Remove a text from the beginning",
            Self::RemoveSuffix => "Remove a text from the end",
            Self::ReplacePattern => "Replace a pattern",
            Self::ReplaceDigits => "Replace numbers",
            Self::ReplacePunctuation => "Replace punctuation",
            Self::ShortenElongations => "Shorten soooo to soo",
            Self::MarkNegation => "Mark words after a negation",
            Self::KeepLetters => "Keep letters a to z only",
            Self::RemoveStopWords => "Remove stop words",
            Self::RemoveWords => "Remove words of your own",
            Self::Stem => "Cut words to stems",
        }
    }

    /// Its fields.
    pub fn fields(self) -> &'static [StepField] {
        match self {
            Self::RemovePrefix | Self::RemoveSuffix => const { &[text("Text")] },
            Self::ReplacePattern => const { &[text("Pattern (regular expression)"), INSTEAD] },
            Self::ReplaceDigits | Self::ReplacePunctuation => &[INSTEAD],
            Self::MarkNegation => const { &[text("Words to mark (empty: to the end of the clause)")] },
            Self::RemoveStopWords => {
                const { &[StepField { label: "Language", takes: Takes::List }, text("Words to keep")] }
            }
            Self::RemoveWords => const { &[text("Words, as the steps before leave them")] },
            Self::Stem => &[StepField { label: "Rules", takes: Takes::Stemmer }],
            _ => &[],
        }
    }

    /// Whether this build has it.
    pub fn is_in_this_build(self) -> bool {
        let form = StepForm { values: self.usual(), ..StepForm::new(0, self) };
        !matches!(form.built(), Err(CleanError::NotInThisBuild { .. }))
    }

    /// What stands in its fields at first.
    fn usual(self) -> Vec<String> {
        match self {
            Self::RemoveStopWords => vec![word(&StopWordList::NltkEnglish), "not no nor".to_owned()],
            Self::Stem => vec![word(&Stemmer::NltkPorter)],
            _ => self.fields().iter().map(|_| String::new()).collect(),
        }
    }
}

impl StepForm {
    /// A step of this kind, switched on.
    pub fn new(id: u32, kind: StepKind) -> Self {
        Self { id, kind, is_on: true, values: kind.usual() }
    }

    /// A step of a recipe.
    pub fn of(id: u32, step: &CleanStep) -> Self {
        let (kind, values) = match step {
            CleanStep::Lowercase => (StepKind::Lowercase, vec![]),
            CleanStep::StripAccents => (StepKind::StripAccents, vec![]),
            CleanStep::UnescapeHtml => (StepKind::UnescapeHtml, vec![]),
            CleanStep::RemoveHtmlTags => (StepKind::RemoveHtmlTags, vec![]),
            CleanStep::RemoveUrls => (StepKind::RemoveUrls, vec![]),
            CleanStep::RemoveEmails => (StepKind::RemoveEmails, vec![]),
            CleanStep::RemoveHandles => (StepKind::RemoveHandles, vec![]),
            CleanStep::RemoveEmoji => (StepKind::RemoveEmoji, vec![]),
            CleanStep::EmojiToWords => (StepKind::EmojiToWords, vec![]),
            CleanStep::RemovePrefix { text } => (StepKind::RemovePrefix, vec![text.clone()]),
            CleanStep::RemoveSuffix { text } => (StepKind::RemoveSuffix, vec![text.clone()]),
            CleanStep::ReplacePattern { pattern, with } => {
                (StepKind::ReplacePattern, vec![pattern.clone(), with.clone()])
            }
            CleanStep::ReplaceDigits { with } => (StepKind::ReplaceDigits, vec![with.clone()]),
            CleanStep::ReplacePunctuation { with } => (StepKind::ReplacePunctuation, vec![with.clone()]),
            CleanStep::ShortenElongations => (StepKind::ShortenElongations, vec![]),
            CleanStep::MarkNegation { n_words } => {
                (StepKind::MarkNegation, vec![n_words.map_or_else(String::new, |n| n.to_string())])
            }
            CleanStep::KeepLetters => (StepKind::KeepLetters, vec![]),
            CleanStep::RemoveStopWords { list, keep } => {
                (StepKind::RemoveStopWords, vec![word(list), keep.join(" ")])
            }
            CleanStep::RemoveWords { words } => (StepKind::RemoveWords, vec![words.join(" ")]),
            CleanStep::Stem { stemmer } => (StepKind::Stem, vec![word(stemmer)]),
        };
        Self { id, kind, is_on: true, values }
    }

    /// The step that it asks for.
    ///
    /// # Errors
    /// What is wrong, beside the field.
    pub fn check(&self) -> Result<CleanStep, StepProblem> {
        let needs_text = matches!(
            self.kind,
            StepKind::RemovePrefix
                | StepKind::RemoveSuffix
                | StepKind::ReplacePattern
                | StepKind::RemoveWords
        );
        if needs_text && self.value(0).is_empty() {
            return Err((0, "Type what is to be removed, or switch this step off.".to_owned()));
        }
        let most = u8::MAX;
        if self.kind == StepKind::MarkNegation && self.n_words().is_none() {
            return Err((0, format!("Type a whole number from 1 to {most}, or leave it empty.")));
        }
        self.built().map_err(|error| (0, sentence(&error)))
    }

    /// The step, where this build can run it.
    fn built(&self) -> Result<CleanStep, CleanError> {
        let first = || self.value(0).to_owned();
        let step = match self.kind {
            StepKind::Lowercase => CleanStep::Lowercase,
            StepKind::StripAccents => CleanStep::StripAccents,
            StepKind::UnescapeHtml => CleanStep::UnescapeHtml,
            StepKind::RemoveHtmlTags => CleanStep::RemoveHtmlTags,
            StepKind::RemoveUrls => CleanStep::RemoveUrls,
            StepKind::RemoveEmails => CleanStep::RemoveEmails,
            StepKind::RemoveHandles => CleanStep::RemoveHandles,
            StepKind::RemoveEmoji => CleanStep::RemoveEmoji,
            StepKind::EmojiToWords => CleanStep::EmojiToWords,
            StepKind::RemovePrefix => CleanStep::RemovePrefix { text: first() },
            StepKind::RemoveSuffix => CleanStep::RemoveSuffix { text: first() },
            StepKind::ReplacePattern => {
                CleanStep::ReplacePattern { pattern: first(), with: self.value(1).to_owned() }
            }
            StepKind::ReplaceDigits => CleanStep::ReplaceDigits { with: first() },
            StepKind::ReplacePunctuation => CleanStep::ReplacePunctuation { with: first() },
            StepKind::ShortenElongations => CleanStep::ShortenElongations,
            StepKind::MarkNegation => CleanStep::MarkNegation { n_words: self.n_words().flatten() },
            StepKind::KeepLetters => CleanStep::KeepLetters,
            StepKind::RemoveStopWords => CleanStep::RemoveStopWords {
                list: chosen(self.value(0)).unwrap_or(StopWordList::NltkEnglish),
                keep: words_of(self.value(1)),
            },
            StepKind::RemoveWords => CleanStep::RemoveWords { words: words_of(self.value(0)) },
            StepKind::Stem => {
                CleanStep::Stem { stemmer: chosen(self.value(0)).unwrap_or(Stemmer::NltkPorter) }
            }
        };
        Cleaner::new(std::slice::from_ref(&step)).map(|_| step)
    }

    /// What stands in field number `field`.
    pub fn value(&self, field: usize) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// How many words are marked; the outer one is none where that cannot be read.
    fn n_words(&self) -> Option<Option<u8>> {
        match self.value(0).trim() {
            "" => Some(None),
            typed => typed.parse().ok().filter(|n| *n > 0).map(Some),
        }
    }
}

impl Takes {
    /// What can be chosen, by its word in records, with its name; nothing where any text is taken.
    pub fn choices(self) -> Vec<(String, String)> {
        let is_there = |step| Cleaner::new(&[step]).is_ok();
        match self {
            Self::Text => Vec::new(),
            Self::List => {
                let all = StopWordList::ALL.into_iter();
                let known =
                    all.filter(|list| is_there(CleanStep::RemoveStopWords { list: *list, keep: Vec::new() }));
                known.map(|list| (word(&list), language(&word(&list), "nltk_"))).collect()
            }
            Self::Stemmer => {
                let known = Stemmer::ALL
                    .into_iter()
                    .filter(|stemmer| is_there(CleanStep::Stem { stemmer: *stemmer }));
                let name = |key: &str| match key {
                    "nltk_porter" => "English (Porter, NLTK's)".to_owned(),
                    "snowball_english" => "English (Snowball)".to_owned(),
                    key => language(key, "snowball_"),
                };
                known.map(|stemmer| (word(&stemmer), name(&word(&stemmer)))).collect()
            }
        }
    }
}

/// A value's word in records.
fn word(value: &impl ToJson) -> String {
    json::to_string(value).trim_matches('"').to_owned()
}

/// The value of a word in records.
fn chosen<T: FromJson>(word: &str) -> Option<T> {
    json::from_str(&format!("\"{word}\"")).ok()
}

/// `nltk_german` as `German`.
fn language(key: &str, prefix: &str) -> String {
    let name = key.strip_prefix(prefix).unwrap_or(key);
    let (first, rest) = name.split_at(name.len().min(1));
    format!("{}{rest}", first.to_ascii_uppercase())
}

fn words_of(typed: &str) -> Vec<String> {
    let words = typed.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// An engine's error as a sentence of its own.
fn sentence(error: &CleanError) -> String {
    let words = error.to_string();
    let (first, rest) = words.split_at(words.len().min(1));
    format!("{}{rest}.", first.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use engine::text::reference_cleaning;

    use super::*;

    #[test]
    fn steps_of_a_recipe_come_out_as_they_went_in() {
        let further = [
            CleanStep::ReplaceDigits { with: "0".into() },
            CleanStep::RemoveSuffix { text: "READ MORE".into() },
            CleanStep::MarkNegation { n_words: Some(3) },
            CleanStep::MarkNegation { n_words: None },
            CleanStep::ReplacePunctuation { with: " ".into() },
            CleanStep::RemoveStopWords { list: StopWordList::NltkEnglish, keep: vec!["not".into()] },
            CleanStep::RemoveWords { words: vec!["five".into(), "star".into()] },
            CleanStep::Stem { stemmer: Stemmer::SnowballEnglish },
        ];
        for step in reference_cleaning().into_iter().chain(further) {
            assert_eq!(StepForm::of(1, &step).check(), Ok(step));
        }
    }

    #[test]
    fn every_kind_has_a_value_for_each_field_and_a_name_of_its_own() {
        for (place, kind) in StepKind::ALL.into_iter().enumerate() {
            assert_eq!(StepForm::new(1, kind).values.len(), kind.fields().len(), "{}", kind.name());
            assert!(StepKind::ALL[..place].iter().all(|other| other.name() != kind.name()));
        }
    }

    #[track_caller]
    fn check_problem(kind: StepKind, values: &[&str], expected: Option<&str>) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let found = StepForm { values, ..StepForm::new(1, kind) }.check().err();
        assert_eq!(found.map(|(_, sentence)| sentence).as_deref(), expected);
    }

    #[test]
    fn what_is_wrong_is_one_sentence_at_its_field() {
        check_problem(StepKind::RemoveSuffix, &["READ MORE"], None);
        check_problem(
            StepKind::RemoveSuffix,
            &[""],
            Some("Type what is to be removed, or switch this step off."),
        );
        for typed in ["0", "three", "-1", "256"] {
            let expected = "Type a whole number from 1 to 255, or leave it empty.";
            check_problem(StepKind::MarkNegation, &[typed], Some(expected));
        }
        check_problem(StepKind::MarkNegation, &[" 3 "], None);
        check_problem(
            StepKind::ReplaceDigits,
            &["0".repeat(1_001).as_str()],
            Some("A cleaning step holds a text of 1001 bytes, at most 1000 are taken: shorten it."),
        );
        if StepKind::ReplacePattern.is_in_this_build() {
            check_problem(StepKind::ReplacePattern, &[r"\d{3}", ""], None);
            check_problem(
                StepKind::ReplacePattern,
                &["(a", ""],
                Some("The pattern `(a` cannot be read (unclosed group): correct it."),
            );
        }
    }

    #[test]
    fn steps_that_this_build_has_are_offered() {
        // Tables that weigh too much for the page are in the terminal's build, with which tests are often built.
        let is_heavy =
            |kind| matches!(kind, StepKind::StripAccents | StepKind::EmojiToWords | StepKind::ReplacePattern);
        assert!(StepKind::ALL.into_iter().all(|kind| is_heavy(kind) || kind.is_in_this_build()));
        let (lists, stemmers) = (Takes::List.choices(), Takes::Stemmer.choices());
        assert!(lists.len() == 1 || lists.len() == StopWordList::ALL.len(), "{lists:?}");
        let has_all = stemmers.len() == Stemmer::ALL.len();
        assert!(has_all || stemmers.iter().all(|(_, name)| name.starts_with("English")), "{stemmers:?}");
        assert!(!has_all || stemmers.contains(&("snowball_german".into(), "German".into())));
    }

    #[test]
    fn words_to_keep_may_be_parted_by_spaces_or_commas() {
        assert_eq!(words_of(" not, no  nor,"), ["not", "no", "nor"]);
        assert_eq!(words_of(""), Vec::<String>::new());
    }
}
