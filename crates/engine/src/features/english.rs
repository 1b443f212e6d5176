//! scikit-learn's list of English stop words: `stop_words="english"` of its vectorizers.
//!
//! Data of scikit-learn 1.9.1 (`sklearn.feature_extraction.text.ENGLISH_STOP_WORDS`, 318 words, BSD-3-Clause,
//! copyright the scikit-learn developers), which took them from the Glasgow Information Retrieval Group.

/// The words in byte order, one space between two.
const WORDS: &str = "\
a about above across after afterwards again against all almost alone along already also although always am \
among amongst amoungst amount an and another any anyhow anyone anything anyway anywhere are around as at \
back be became because become becomes becoming been before beforehand behind being below beside besides \
between beyond bill both bottom but by call can cannot cant co con could couldnt cry de describe detail do \
done down due during each eg eight either eleven else elsewhere empty enough etc even ever every everyone \
everything everywhere except few fifteen fifty fill find fire first five for former formerly forty found \
four from front full further get give go had has hasnt have he hence her here hereafter hereby herein \
hereupon hers herself him himself his how however hundred i ie if in inc indeed interest into is it its \
itself keep last latter latterly least less ltd made many may me meanwhile might mill mine more moreover \
most mostly move much must my myself name namely neither never nevertheless next nine no nobody none noone \
nor not nothing now nowhere of off often on once one only onto or other others otherwise our ours \
ourselves out over own part per perhaps please put rather re same see seem seemed seeming seems serious \
several she should show side since sincere six sixty so some somehow someone something sometime sometimes \
somewhere still such system take ten than that the their them themselves then thence there thereafter \
thereby therefore therein thereupon these they thick thin third this those though three through throughout \
thru thus to together too top toward towards twelve twenty two un under until up upon us very via was we \
well were what whatever when whence whenever where whereafter whereas whereby wherein whereupon wherever \
whether which while whither who whoever whole whom whose why will with within without would yet you your \
yours yourself yourselves";

/// The words, in byte order.
pub fn english_stop_words() -> impl Iterator<Item = &'static str> {
    WORDS.split(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::ContentHash;

    #[test]
    fn are_scikit_learns() {
        assert_eq!(english_stop_words().count(), 318);
        assert!(english_stop_words().is_sorted());
        // scikit-learn 1.9.1: sha256("\n".join(sorted(ENGLISH_STOP_WORDS)))
        let words: Vec<&str> = english_stop_words().collect();
        let expected = "40e0a284c5b9a220efffd18d4d739fbd3270091d6ce2c75b6effe289d3be5487";
        assert_eq!(ContentHash::of(words.join("\n").as_bytes()).to_string(), expected);
    }
}
