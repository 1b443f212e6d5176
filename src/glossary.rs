//! Every technical word a page uses, each with one plain sentence. This file is the only place they stand.

macro_rules! glossary {
    ($($word:ident, $key:literal, $shown:literal, $sentence:literal;)*) => {
        /// A technical word.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Word {
            $(#[doc = $sentence] $word,)*
        }

        impl Word {
            /// All of them.
            pub const ALL: &'static [Word] = &[$(Word::$word),*];

            /// Names the word in element ids.
            pub fn key(self) -> &'static str {
                match self { $(Self::$word => $key,)* }
            }

            /// As it is shown.
            pub fn shown(self) -> &'static str {
                match self { $(Self::$word => $shown,)* }
            }

            /// What it means, in one plain sentence.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$word => $sentence,)* }
            }
        }
    };
}

glossary! {
    // Scores
    MacroF1, "macro-f1", "macro F1", "A score from 0 to 1 for how well the model finds the reviews of each class without false alarms; every class counts the same, however rare it is.";
    F1, "f1", "F1", "One number from 0 to 1 that is high only if a class is both found (recall) and not cried wolf about (precision).";
    Accuracy, "accuracy", "accuracy", "The share of all reviews that get the right answer; it looks good by itself when one class is rare.";
    Precision, "precision", "precision", "Of the reviews the model puts in a class, the share that belong there.";
    Recall, "recall", "recall", "Of the reviews that belong in a class, the share the model finds.";
    Spread, "spread", "±", "How much the score differs from fold to fold (one standard deviation): two models closer than this are hard to tell apart.";
    F1Weighted, "f1-weighted", "weighted F1", "The F1 of each class, averaged so that a frequent class counts more.";
    BalancedAccuracy, "balanced-accuracy", "balanced accuracy", "The share of each class that is found, averaged over the classes: a rare class counts as much as a frequent one.";
    Metric, "metric", "metric", "The one number by which settings are compared and the best is chosen.";
    Mcc, "mcc", "MCC", "A score from -1 to 1 that is 0 for guessing and stays honest when classes are of unequal size.";
    RocAuc, "roc-auc", "ROC AUC", "The chance that a positive review gets a higher score than a negative one: 0.5 is guessing, 1 is perfect.";
    AveragePrecision, "average-precision", "average precision", "How pure the list of found reviews stays while it grows, from 0 to 1.";
    LogLoss, "log-loss", "log loss", "How far the probabilities are from the truth; lower is better, and being sure and wrong costs most.";
    Brier, "brier", "Brier score", "The mean squared distance of the probability from what was true; 0 is perfect.";
    Ece, "ece", "calibration error", "How far probabilities are from how often they come true, on average over ten bins; 0 is perfect.";
    Interval, "interval", "95 % interval", "Where the score would lie in 95 of 100 cases if other reviews had been drawn for the test.";
    FoldInterval, "fold-interval", "over the folds", "Where the score would lie in 95 of 100 cases if the folds were made of other reviews like these.";
    TimeFoldInterval, "time-fold-interval", "over folds in time", "Roughly where the score would lie in 95 of 100 cases if the folds were made of other reviews like these: wide, as the earliest folds learn from few reviews.";
    Luck, "luck", "luck", "What choosing the best of many settings by their scores adds to the best score, though it is no better for it (bootstrap-corrected cross-validation).";
    McNemar, "mcnemar", "McNemar's test", "How often chance alone would part two runs so far, on the reviews that only one of them gets right.";
    PairedBootstrap, "paired-bootstrap", "paired bootstrap", "Reviews are drawn anew many times, each with both predictions: how far the difference sways is how far it may be luck.";
    HeldOut, "held-out", "held out", "On the training reviews, each predicted by a model that has not seen it.";
    Coverage, "coverage", "coverage", "The share of reviews that get an answer, where the most doubtful are left to you.";
    Confusion, "confusion", "confusion matrix", "A table of true class against predicted class, which shows what is mistaken for what.";
    // How scores are made
    CrossValidation, "cv", "CV", "Cross-validation: the training reviews are cut into folds, each is predicted by a model that has not seen it, and the scores are averaged.";
    Fold, "fold", "fold", "One of the equal parts the training reviews are cut into; each part is once held out to be predicted.";
    TrainPart, "train", "train", "The score on the reviews the model learned from; far above the test score means it learned them by heart.";
    TestPart, "test", "test", "The score on reviews that were put aside before anything was learned: the honest one.";
    Dummy, "dummy", "Always the same answer", "Gives every review the most frequent class without reading it; a model must beat this to be of use.";
    // Work and records
    Trial, "trial", "trial", "One setting of one model, tried on all folds.";
    Study, "study", "study", "A search: many trials that look for the best setting of each model.";
    Run, "run", "run", "A piece of work that is remembered with its settings and scores: a study, a trial or a fit.";
    Fit, "fit", "fit", "Learning a model from the training reviews with one setting; the time is that of this step alone.";
    PredictTime, "predict-time", "predict", "How long 1,000 reviews take to be answered, once their words are counted.";
    StudyTime, "study-time", "search time", "Seconds spent on trying settings of this model.";
    Size, "size", "size", "Bytes of the saved model, with its vocabulary and cleaning steps.";
    ModelVersion, "version", "version", "A saved model under a number that never changes, so that you can go back to it.";
    Registered, "registered", "registered model", "A name under which you keep versions of a model, such as the product's.";
    Alias, "alias", "alias", "A name of your own for one version, such as champion: what uses the name follows when you move it to another version.";
    Champion, "champion", "champion", "The version that answers; its challenger is the one that may replace it.";
    Stage, "stage", "stage", "Where a version stands on its way: being tried (Staging), in use (Production), or put away (Archived).";
    Pipeline, "pipeline", "pipeline", "Cleaning steps, vocabulary and model together: everything a prediction needs.";
    Artifact, "artifact", "artifact", "A file a run produced, kept with it.";
    Seed, "seed", "seed", "The number all chance is derived from: the same seed on the same data gives the same result.";
    Hash, "hash", "hash", "A fingerprint of the file (SHA-256): it changes if a single byte does.";
    EngineVersion, "engine-version", "engine version", "The version of Reviewlab's learning code that made this.";
    // Settings
    Tuning, "tuning", "tuning", "Looking for the setting of a model that scores best.";
    Tpe, "tpe", "TPE", "A way to choose the next setting: it prefers the neighbourhood of those that did well (tree-structured Parzen estimator).";
    C, "c", "C", "How closely the model follows the training reviews: small values keep it simple, large ones let it learn exceptions.";
    Alpha, "alpha", "alpha", "How much naive Bayes doubts words it has seen rarely: larger values doubt more.";
    MinDf, "min-df", "min_df", "Words and phrases in fewer reviews than this are left out.";
    MaxDf, "max-df", "max_df", "Words and phrases in a larger share of reviews than this are left out, because they tell nothing apart.";
    MaxFeatures, "max-features", "max_features", "At most this many words and phrases are used, the most frequent ones.";
    TfIdf, "tf-idf", "TF-IDF", "A word weighs more if it is frequent in the review and rare in the others.";
    Bigram, "bigram", "words and pairs", "Single words and pairs of neighbours are counted, so that 'not good' differs from 'good'.";
    Vocabulary, "vocabulary", "vocabulary", "The words and phrases the model knows; all others it passes over.";
    Sublinear, "sublinear", "sublinear counts", "A word that occurs ten times counts more than one that occurs once, but not ten times as much.";
    Solver, "solver", "solver", "The procedure that finds the model's weights; it changes the time, hardly the result.";
    TestShare, "test-share", "test share", "The share of the reviews put aside to test on.";
    ClassWeight, "class-weight", "balanced classes", "Reviews of a rare class count more in training, so that it is not ignored.";
    Pruning, "pruning", "pruning", "Giving a setting up before all its folds are done, because it looks bad so far; it saves time only where a fold takes long.";
    StopRule, "stop-rule", "stop rule", "Ends the search of a model when what may still be found could not be told from chance.";
    SplitKind, "split-kind", "split", "Which reviews the model learns from and which are put aside to test it; chance is fair unless reviews repeat, belong together or change with time.";
    Repeats, "repeats", "draws of the folds", "The folds are dealt anew so often and all scores are averaged, which evens out luck and takes that many times as long.";
    Threshold, "threshold", "threshold", "How sure the model must be of the second of two classes before it answers with it.";
    Calibration, "calibration", "calibration", "A curve that turns scores into probabilities that come true as often as they say.";
    StopWords, "stop-words", "filler words", "Words such as 'the' and 'of', which stand in every review and tell nothing apart.";
    Binary, "binary", "binary", "A word counts once for each review, however often it stands there.";
    UseIdf, "use-idf", "idf", "Words that stand in few reviews weigh more.";
    Norm, "norm", "norm", "How the weights of a review's words are scaled, so that long and short reviews count alike.";
    Loss, "loss", "loss", "How much a wrong or nearly wrong review counts while the model learns.";
    Trees, "trees", "trees", "How many trees the forest has: more are steadier and take longer.";
    TreeDepth, "tree-depth", "depth", "How many questions a tree may ask one after the other.";
    TreeLeaf, "tree-leaf", "leaf", "Fewest reviews that a tree may part off by its questions.";
    TreeSplit, "tree-split", "question", "How a tree chooses the word of its next question.";
    Bootstrap, "bootstrap", "bootstrap", "Each tree learns from reviews drawn anew, some twice, some not at all.";
    // Models
    LogisticRegression, "logistic-regression", "Logistic regression", "Adds up a learned weight for each word and turns the sum into a probability.";
    NaiveBayes, "naive-bayes", "Naive Bayes", "Compares how often each word occurs in each class, as if words came independently.";
    LinearSvm, "linear-svm", "Linear SVM", "Adds up a learned weight for each word and keeps the classes as far apart as it can.";
    RandomForest, "random-forest", "Random forest", "Asks many trees of yes-or-no questions about words, each grown from other reviews, and takes the mean of their answers.";
    // Data
    Class, "class", "class", "One of the answers a model can give, such as negative or positive.";
    MissingCell, "missing-cell", "NA-like cell", "A cell such as NA, None or null, which spreadsheets use for 'no value' and which is left out unless you keep it.";
    Group, "group", "group", "What several reviews belong to, such as a product or a person: reviews of one group resemble each other, so that a fair test keeps them on one side.";
    Encoding, "encoding", "encoding", "How the file's bytes stand for characters; it is found for you.";
    Delimiter, "delimiter", "delimiter", "The character between two cells of a row, such as a comma; it is found for you.";
    Cleaning, "cleaning", "cleaning", "Lower case, no emoji, links, tags or filler words, and word stems instead of words, so that 'loved' and 'loving' count as one.";
    Repeat, "repeat", "repeat", "A row whose text and rating equal an earlier row's; it would be counted twice.";
    ProjectFile, "project-file", "project file", "One file with everything kept here: reviews, runs and models, to back up or move to another device.";
    // Predictions
    Probability, "probability", "how sure", "The model's probability for its answer: of 100 reviews with 80 %, about 80 should be right.";
    BaseRate, "base-rate", "base rate", "What the model would say about an empty review.";
    Contribution, "contribution", "contribution", "What a word or phrase added to the score, or took from it.";
}

impl Word {
    /// The word behind a parameter's or metric's field name, such as `cv_f1_macro` or `min_df`.
    pub fn of_field(name: &str) -> Option<Word> {
        const WHOLE: &[(&str, Word)] = &[
            ("C", Word::C),
            ("alpha", Word::Alpha),
            ("min_df", Word::MinDf),
            ("max_df", Word::MaxDf),
            ("max_features", Word::MaxFeatures),
            ("fit_time", Word::Fit),
            ("predict_time", Word::PredictTime),
            ("study_time", Word::StudyTime),
            ("model_size_bytes", Word::Size),
            ("class_weight", Word::ClassWeight),
            ("sampler", Word::Tpe),
            ("solver", Word::Solver),
            ("loss", Word::Loss),
            ("n_estimators", Word::Trees),
            ("max_depth", Word::TreeDepth),
            ("limit_depth", Word::TreeDepth),
            ("min_samples_leaf", Word::TreeLeaf),
            ("forest_max_features", Word::TreeSplit),
            ("criterion", Word::TreeSplit),
            ("bootstrap", Word::Bootstrap),
            ("binary", Word::Binary),
            ("use_idf", Word::UseIdf),
            ("smooth_idf", Word::UseIdf),
            ("norm", Word::Norm),
            ("complement_norm", Word::Norm),
            ("stop_words", Word::StopWords),
            ("cleaning", Word::Cleaning),
            ("preprocessing", Word::Cleaning),
            ("vectorizer", Word::TfIdf),
            ("sublinear_tf", Word::Sublinear),
            ("n_terms", Word::Vocabulary),
            ("test_f1_low", Word::Interval),
            ("test_f1_high", Word::Interval),
            ("held_out_f1", Word::HeldOut),
            ("answered_accuracy", Word::Coverage),
            ("test_share", Word::TestShare),
            ("trial", Word::Trial),
            ("best_fit", Word::Fit),
            ("seed", Word::Seed),
            ("n_trials", Word::Trial),
            ("n_folds", Word::Fold),
        ];
        const PARTS: &[(&str, Word)] = &[
            ("dummy", Word::Dummy),
            ("accuracy", Word::Accuracy),
            ("precision", Word::Precision),
            ("recall", Word::Recall),
            ("mcc", Word::Mcc),
            ("roc_auc", Word::RocAuc),
            ("average_precision", Word::AveragePrecision),
            ("log_loss", Word::LogLoss),
            ("brier", Word::Brier),
            ("ece", Word::Ece),
            ("coverage", Word::Coverage),
            ("_std", Word::Spread),
            ("f1_macro", Word::MacroF1),
            ("cv_", Word::CrossValidation),
            ("f1", Word::F1),
            ("ngram", Word::Bigram),
        ];
        let whole = WHOLE.iter().find(|(field, _)| *field == name);
        let part = || PARTS.iter().find(|(part, _)| name.contains(part));
        whole.or_else(part).map(|(_, word)| *word)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_has_one_plain_sentence() {
        for word in Word::ALL {
            let sentence = word.sentence();
            assert!(sentence.ends_with('.') && sentence.matches(". ").count() == 0, "{sentence}");
            assert!(sentence.len() <= 180, "{} is long: {sentence}", word.shown());
        }
    }

    #[test]
    fn keys_are_unique_and_fit_element_ids() {
        let keys: BTreeSet<&str> = Word::ALL.iter().map(|word| word.key()).collect();
        assert_eq!(keys.len(), Word::ALL.len());
        assert!(
            keys.iter()
                .all(|key| key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
        );
    }

    #[test]
    fn field_names_lead_to_their_word() {
        #[track_caller]
        fn check(name: &str, expected: Option<Word>) {
            assert_eq!(Word::of_field(name), expected, "{name}");
        }
        check("min_df", Some(Word::MinDf));
        check("cv_f1_macro", Some(Word::MacroF1));
        check("cv_f1_macro_std", Some(Word::Spread));
        check("test_accuracy", Some(Word::Accuracy));
        check("fit_time", Some(Word::Fit));
        check("model", None);
    }
}
