//! A cleaning step in, what it does in words out.

use engine::quote::Quoted;
use engine::text::CleanStep;

/// Most of a step's own words that are written out.
const MAX_WORDS: usize = 12;

/// Words for a step.
pub(super) fn words(step: &CleanStep) -> String {
    let replaced = |what: &str, with: &str| match with.trim() {
        "" => format!("removes {what}"),
        with => format!("replaces {what} by '{}'", Quoted(with)),
    };
    match step {
        CleanStep::Lowercase => "lower case".to_owned(),
        CleanStep::RemoveEmoji => "removes emoji".to_owned(),
        CleanStep::RemoveUrls => "removes web addresses".to_owned(),
        CleanStep::RemoveHtmlTags => "removes HTML tags".to_owned(),
        CleanStep::KeepLetters => "keeps the letters a to z alone".to_owned(),
        CleanStep::StripAccents => "strips accents".to_owned(),
        CleanStep::EmojiToWords => "replaces emoji by their English names".to_owned(),
        CleanStep::RemoveEmails => "removes e-mail addresses".to_owned(),
        CleanStep::RemoveHandles => "removes @handles".to_owned(),
        CleanStep::UnescapeHtml => "replaces HTML's character references".to_owned(),
        CleanStep::ReplaceDigits { with } => replaced("digits", with),
        CleanStep::ReplacePunctuation { with } => replaced("punctuation", with),
        CleanStep::ReplacePattern { pattern, with } => {
            replaced(&format!("matches of '{}'", Quoted(pattern)), with)
        }
        CleanStep::RemovePrefix { text } => format!("removes '{}' at the beginning", Quoted(text)),
        CleanStep::RemoveSuffix { text } => format!("removes '{}' at the end", Quoted(text)),
        CleanStep::ShortenElongations => "shortens stretched words".to_owned(),
        CleanStep::MarkNegation { n_words: None } => "marks the words after a negation".to_owned(),
        CleanStep::MarkNegation { n_words: Some(n) } => format!("marks {n} words after a negation"),
        CleanStep::RemoveStopWords { list, keep } => {
            let kept = if keep.is_empty() { String::new() } else { format!(", but keeps {}", some(keep)) };
            format!("removes stop words ({}){kept}", name(&json::to_string(list)))
        }
        CleanStep::RemoveWords { words } => format!("removes the words {}", some(words)),
        CleanStep::Stem { stemmer } => {
            format!("cuts words to their stems ({})", name(&json::to_string(stemmer)))
        }
    }
}

/// Its language, where a step is made for one: `english`.
pub(super) fn language(step: &CleanStep) -> Option<String> {
    let written = match step {
        CleanStep::RemoveStopWords { list, .. } => json::to_string(list),
        CleanStep::Stem { stemmer } => json::to_string(stemmer),
        _ => return None,
    };
    let name = name(&written);
    let last = name.rsplit(' ').next().unwrap_or_default();
    // NLTK's Porter stemmer is English.
    Some(if last == "porter" { "english".to_owned() } else { last.to_owned() })
}

/// `"nltk_english"` as `nltk english`.
fn name(written: &str) -> String {
    written.trim_matches('"').replace('_', " ")
}

fn some(words: &[String]) -> String {
    let shown: Vec<String> = words.iter().take(MAX_WORDS).map(|word| Quoted(word).to_string()).collect();
    let more = words.len().saturating_sub(MAX_WORDS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use engine::text::{Stemmer, StopWordList, reference_cleaning};

    use super::*;

    #[test]
    fn steps_have_words_and_languages() {
        let stem = |stemmer| CleanStep::Stem { stemmer };
        assert_eq!(words(&CleanStep::ReplaceDigits { with: " ".into() }), "removes digits");
        assert_eq!(words(&CleanStep::ReplaceDigits { with: " n ".into() }), "replaces digits by 'n'");
        assert_eq!(words(&stem(Stemmer::NltkPorter)), "cuts words to their stems (nltk porter)");
        assert_eq!(language(&stem(Stemmer::NltkPorter)).as_deref(), Some("english"));
        assert_eq!(language(&stem(Stemmer::SnowballGerman)).as_deref(), Some("german"));
        let list = CleanStep::RemoveStopWords { list: StopWordList::NltkGerman, keep: vec!["nicht".into()] };
        assert_eq!(words(&list), "removes stop words (nltk german), but keeps nicht");
        assert_eq!(language(&CleanStep::Lowercase), None);
        assert!(reference_cleaning().iter().all(|step| !words(step).is_empty()));
    }
}
