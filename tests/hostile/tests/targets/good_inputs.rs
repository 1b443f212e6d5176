//! Inputs that the readers take, to be changed.
//! Out: for each target, good inputs, made here or golden files of the crates.
//! Never: a file from outside the workspace.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use engine::features::{Analyzer, Counting, TermStopWords, TokenRule};
use engine::num::ContentHash;
use engine::text::{CleanStep, Stemmer, StopWordList};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc, GzBuilder};
use jobs::JobError;
use pollster::block_on;
use storage::{Batch, Blob, MemoryStore, Store as _, samples, write_project};

const REVIEWS: &[&str] = &[
    "Awesome product!!! 👍🏽 soooo good, not bad at all. READ MORE",
    "<b>Waste</b> of money &amp; time, see http://example.com/x?y=1 or mail me@example.com @shop",
    "Très déçu, n’achetez pas; café 12,50 € 한국어 मोबाइल बहुत अच्छा है",
    "",
    "ok",
];
const HASH_BYTES: usize = 32;

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("two folders below the root")
        .join("crates")
}

fn golden(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(crates().join(folder)).expect("the folder of golden files");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a golden file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|found| found == ending));
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a golden file")).collect()
}

pub(crate) fn tables() -> Vec<Vec<u8>> {
    let rows = |separator: &str| {
        let lines = REVIEWS.iter().zip(1..).map(|(review, stars)| {
            let quoted = review.replace('"', "\"\"");
            format!("\"{quoted}\"{separator}{stars}{separator}2024-01-0{stars}\r\n")
        });
        format!("review{separator}stars{separator}date\r\n{}", lines.collect::<String>())
    };
    let text = rows(",");
    let wide = |bytes: fn(u16) -> [u8; 2], mark: [u8; 2]| {
        [mark.to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat()
    };
    let windows = b"review;stars\nTr\xe8s d\xe9\xe7u \x80;1\n\"a\n\"\"b\"\"\";5\n".to_vec();
    let mut all: Vec<Vec<u8>> = [",", ";", "\t", "|"].map(|separator| rows(separator).into_bytes()).to_vec();
    all.extend([wide(u16::to_le_bytes, [0xff, 0xfe]), wide(u16::to_be_bytes, [0xfe, 0xff]), windows]);
    all.push([b"\xef\xbb\xbf".to_vec(), text.into_bytes()].concat());
    all
}

/// Tables packed as gzip and as zip, two members in a row, and lines of JSON.
pub(crate) fn given_files() -> Vec<Vec<u8>> {
    let table = tables().swap_remove(0);
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzBuilder::new().filename("a.csv").write(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    };
    let lines: String = REVIEWS
        .iter()
        .zip(1..)
        .map(|(review, stars)| {
            let text = json::to_string(review);
            format!("{{\"text\":{text},\"stars\":{stars},\"at\":null,\"tags\":[1,{{\"a\":true}}]}}\n")
        })
        .collect();
    let mut deflated = Vec::new();
    let mut crc = Crc::new();
    crc.update(&table);
    let mut encoder = DeflateEncoder::new(&mut deflated, Compression::default());
    encoder.write_all(&table).and_then(|()| encoder.try_finish()).expect("memory");
    drop(encoder);
    let sizes = [crc.sum(), deflated.len() as u32, table.len() as u32].map(u32::to_le_bytes).concat();
    let header = |flags: u8, sizes: &[u8]| {
        let fixed =
            [b"PK\x03\x04\x14\0".as_slice(), &[flags, 0, 8, 0, 0, 0, 0, 0], sizes, &[5, 0, 0, 0], b"a.csv"];
        fixed.concat()
    };
    let list = [b"PK\x01\x02".as_slice(), &[0; 60]].concat();
    let plain = [header(0, &sizes), deflated.clone(), list.clone()].concat();
    let piped = [header(8, &[0; 12]), deflated, b"PK\x07\x08".to_vec(), sizes, list].concat();
    let packed = gzip(&table);
    let twice = [packed.clone(), gzip(lines.as_bytes())].concat();
    let mut all =
        vec![table, lines.clone().into_bytes(), gzip(lines.as_bytes()), packed, twice, plain, piped];
    all.extend(projects().pop());
    all
}

/// `value` as JSON in the first line, the reviews below.
fn above_reviews(json: String) -> Vec<u8> {
    format!("{json}\n{}", REVIEWS.join("\n")).into_bytes()
}

pub(crate) fn cleanings() -> Vec<Vec<u8>> {
    let with = |with: &str| with.to_owned();
    let stop_words = |list| CleanStep::RemoveStopWords { list, keep: vec!["not".to_owned()] };
    let usual = vec![
        CleanStep::Lowercase,
        CleanStep::RemoveEmoji,
        CleanStep::RemoveUrls,
        CleanStep::RemoveHtmlTags,
        CleanStep::KeepLetters,
        stop_words(StopWordList::NltkEnglish),
        CleanStep::Stem { stemmer: Stemmer::NltkPorter },
    ];
    let further = vec![
        CleanStep::RemoveSuffix { text: "READ MORE".to_owned() },
        CleanStep::UnescapeHtml,
        CleanStep::EmojiToWords,
        CleanStep::RemoveEmails,
        CleanStep::RemoveHandles,
        CleanStep::StripAccents,
        CleanStep::ReplaceDigits { with: with("0") },
        CleanStep::ReplacePattern { pattern: r"(?i)(\w+)\s+product|p\p{L}s".to_owned(), with: with(" x ") },
        CleanStep::MarkNegation { n_words: Some(3) },
        CleanStep::ReplacePunctuation { with: with(" ") },
        CleanStep::ShortenElongations,
    ];
    let french =
        vec![stop_words(StopWordList::NltkFrench), CleanStep::Stem { stemmer: Stemmer::SnowballFrench }];
    let pattern =
        |pattern: &str| vec![CleanStep::ReplacePattern { pattern: pattern.to_owned(), with: with("") }];
    let patterns = [r"^(?:read|more)\b.*$", r"[^\W\d_]{2,}", r"(a|b(c|d(e|f)))+?\x{1F44D}"].map(pattern);
    [usual, further, french]
        .iter()
        .chain(&patterns)
        .map(|steps| above_reviews(json::to_string(steps)))
        .collect()
}

pub(crate) fn countings() -> Vec<Vec<u8>> {
    let words = TokenRule { stop_words: TermStopWords::English, ..TokenRule::default() };
    let pattern = TokenRule { token_pattern: Some(r"(?u)\b[a-z]+\b".to_owned()), ..TokenRule::default() };
    let of = |analyzer| TokenRule { analyzer, ..TokenRule::default() };
    let counting = |ngram_range, tokens, df_floor| Counting { ngram_range, tokens, df_floor };
    [
        counting((1, 2), TokenRule::default(), 1),
        counting((1, 3), words, 2),
        counting((2, 2), pattern, 1),
        counting((2, 4), of(Analyzer::Char), 1),
        counting((1, 3), of(Analyzer::CharWb), 1),
    ]
    .iter()
    .map(|counting| above_reviews(json::to_string(counting)))
    .collect()
}

pub(crate) fn pipelines() -> Vec<Vec<u8>> {
    golden("engine/testdata", "rlpipe")
}

pub(crate) fn unsealed_pipelines() -> Vec<Vec<u8>> {
    let unsealed = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() - HASH_BYTES);
        bytes
    };
    pipelines().into_iter().map(unsealed).collect()
}

pub(crate) fn projects() -> Vec<Vec<u8>> {
    let store = MemoryStore::default();
    let blobs =
        [samples::file(0), samples::pipeline(0)].map(|bytes| (ContentHash::of(&bytes), Blob::Bytes(bytes)));
    block_on(store.write(Batch { records: samples::project(), blobs: blobs.to_vec() })).expect("memory");
    let mut bytes = Vec::new();
    block_on(write_project(&store, &mut bytes, samples::instant(0))).expect("memory");
    let mut all = golden("storage/testdata", "reviewlab");
    all.push(bytes);
    all
}

pub(crate) fn records() -> Vec<Vec<u8>> {
    let records = samples::project().into_iter().map(|record| record.to_json().expect("finite").into_bytes());
    let mut all: Vec<Vec<u8>> = records.collect();
    all.push(
        jobs::encode_answer(&Err(JobError::CannotFit { reason: "no \"such\" blob\u{2028}".to_owned() }))
            .into_bytes(),
    );
    all
}

pub(crate) fn filters() -> Vec<Vec<u8>> {
    let all = [
        "metrics.cv_f1_macro > 0.8 AND params.model = 'LinearSVC'",
        "NOT (params.`max features` IN (1, 'two', three) OR status != FINISHED)",
        "created > now - 2 days AND tags.mlflow.source.name NOT LIKE '%p_ge%'",
        "\"run name\" ILIKE 'CALM%' OR dataset.name IS NOT NULL",
        "end_time <= 2026-11-22 and seed = 42 and C >= 1e-5",
        "metrics.test_f1 DESC, params.`a b`, start_time asc",
    ];
    all.map(|text| text.as_bytes().to_vec()).to_vec()
}
