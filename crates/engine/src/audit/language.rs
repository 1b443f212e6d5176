//! The language of a text, roughly: by its script, and by the commonest words of a few languages.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

/// A language, or a script that is not looked into further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    English,
    /// Hindi in Latin letters.
    HindiInLatin,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// German.
    German,
    /// Portuguese.
    Portuguese,
    /// Devanagari: Hindi, Marathi, Nepali.
    Devanagari,
    /// Another script of India.
    OtherIndic,
    /// Arabic, Persian, Urdu.
    Arabic,
    /// Cyrillic.
    Cyrillic,
    /// Chinese, Japanese, Korean.
    EastAsian,
}

const LANGUAGES: usize = 11;
const ALL: [Language; LANGUAGES] = [
    Language::English,
    Language::HindiInLatin,
    Language::Spanish,
    Language::French,
    Language::German,
    Language::Portuguese,
    Language::Devanagari,
    Language::OtherIndic,
    Language::Arabic,
    Language::Cyrillic,
    Language::EastAsian,
];

/// Words that are common in one of the languages and no words of the others.
const WORDS: [(Language, &[&str]); 6] = [
    (
        Language::English,
        &[
            "and", "are", "but", "for", "good", "have", "is", "it", "not", "of", "product", "quality",
            "that", "the", "this", "to", "very", "was", "with", "you",
        ],
    ),
    (
        Language::HindiInLatin,
        &[
            "aap", "accha", "acha", "achha", "bahot", "bahut", "bakwas", "bhai", "bhi", "bohot", "ekdam",
            "hai", "hain", "hua", "ka", "kar", "kharab", "ki", "kya", "kyu", "liya", "mein", "mujhe", "nahi",
            "nahin", "raha", "sahi", "thik", "tha", "yaar", "ye", "yeh",
        ],
    ),
    (
        Language::Spanish,
        &[
            "bueno", "calidad", "con", "el", "es", "esta", "la", "las", "los", "muy", "para", "pero", "por",
            "producto", "que", "una", "y",
        ],
    ),
    (
        Language::French,
        &[
            "avec", "bien", "ce", "cette", "dans", "est", "et", "je", "le", "les", "mais", "pas", "pour",
            "produit", "qui", "une",
        ],
    ),
    (
        Language::German,
        &[
            "aber", "auch", "das", "der", "ein", "eine", "gut", "ich", "ist", "mit", "nicht", "sehr", "sind",
            "und", "von",
        ],
    ),
    (Language::Portuguese, &["bom", "com", "muito", "não", "nao", "os", "produto", "qualidade", "um", "uma"]),
];

/// Fewest known words that decide for a language.
const FEW_WORDS: u32 = 2;

/// Guesses languages.
pub(super) struct LanguageGuesser {
    /// All words, ascending.
    words: Vec<(&'static str, Language)>,
    lower: String,
}

impl LanguageGuesser {
    pub fn new() -> Self {
        let of_language = |&(language, words): &(Language, &'static [&'static str])| {
            words.iter().map(move |&word| (word, language))
        };
        let mut words: Vec<(&str, Language)> = WORDS.iter().flat_map(of_language).collect();
        words.sort_unstable();
        Self { words, lower: String::new() }
    }

    /// The language of a text; `None` where it is too short to tell.
    pub fn guess(&mut self, text: &str) -> Option<Language> {
        let (mut n_latin, mut scripts) = (0_u32, [0_u32; LANGUAGES]);
        for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
            match script_of(letter) {
                Some(script) => scripts[script as usize] += 1,
                None => n_latin += 1,
            }
        }
        let foreign = largest(&scripts).filter(|&(_, n_letters)| n_letters > n_latin);
        if let Some((script, _)) = foreign {
            return Some(script);
        }
        let mut votes = [0_u32; LANGUAGES];
        for word in text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()) {
            self.lower.clear();
            self.lower.extend(word.chars().flat_map(char::to_lowercase));
            if let Ok(place) = self.words.binary_search_by(|(known, _)| known.cmp(&self.lower.as_str())) {
                votes[self.words[place].1 as usize] += 1;
            }
        }
        largest(&votes).filter(|&(_, n_words)| n_words >= FEW_WORDS).map(|(language, _)| language)
    }
}

/// The language with most votes, of equals the first, if any has one.
fn largest(votes: &[u32; LANGUAGES]) -> Option<(Language, u32)> {
    let mut best = 0;
    for place in 1..LANGUAGES {
        if votes[place] > votes[best] {
            best = place;
        }
    }
    (votes[best] > 0).then_some((ALL[best], votes[best]))
}

fn script_of(letter: char) -> Option<Language> {
    match letter {
        '\u{0900}'..='\u{097f}' => Some(Language::Devanagari),
        '\u{0980}'..='\u{0dff}' => Some(Language::OtherIndic),
        '\u{0600}'..='\u{06ff}' | '\u{0750}'..='\u{077f}' => Some(Language::Arabic),
        '\u{0400}'..='\u{04ff}' => Some(Language::Cyrillic),
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => {
            Some(Language::EastAsian)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Language>) {
        assert_eq!(LanguageGuesser::new().guess(text), expected, "{text}");
    }

    #[test]
    fn languages_are_told_apart() {
        check("The quality of this product is very good", Some(Language::English));
        check("Bahut accha product hai bhai", Some(Language::HindiInLatin));
        check("El producto es muy bueno", Some(Language::Spanish));
        check("Ce produit est bien mais pas pour moi", Some(Language::French));
        check("Das ist sehr gut und nicht teuer", Some(Language::German));
        check("बहुत अच्छा है", Some(Language::Devanagari));
        check("очень хорошо", Some(Language::Cyrillic));
        check("とても良い", Some(Language::EastAsian));
        check("superb", None);
        check("", None);
    }

    #[test]
    fn a_word_belongs_to_one_language() {
        let all: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let mut distinct = all.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), all.len());
    }
}
