//! The targets: what each reader promises of any input.
//! In: any bytes. Out: nothing, or a panic that names the promise.
//! Never: a file, a clock, or state kept between two inputs.

use engine::dataset::{CleanedDocs, LabelId};
use engine::features::{Counting, count};
use engine::intake::{Given, Intake, Join};
use engine::num::ContentHash;
use engine::pipeline::{FittedPipeline, Predictor};
use engine::table::{
    DETECT_BYTES, Encoding, ReadTable, Row, TableFormat, TableReader, TableScan, detect_format, preview,
};
use engine::text::{CleanStep, Cleaner};
use json::Document;
use pollster::block_on;
use storage::{Blob, MemoryStore, Order, Query, Store as _, read_project};
use track::filter::{Filter, Key, KnownKeys, MAX_FILTER_BYTES, OrderBy, Subject, complete};
use track::id::Millis;
use track::record::{Collection, Record};

/// A reader, and how much memory it may take.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: of its folder of regressions and of its program for `cargo fuzz`.
    pub name: &'static str,
    /// Tries one input.
    pub run: fn(&[u8]),
    /// Most bytes in use at a time, whatever the input.
    pub fixed_bytes: usize,
    /// Most bytes in use at a time for each byte of input, in addition.
    pub bytes_per_byte: usize,
}

/// Tables kept by a reader between its inputs: emoji names, stop words, compiled patterns.
const TABLES: usize = 24 << 20;

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "table", run: table, fixed_bytes: 4 << 20, bytes_per_byte: 64 },
    Target { name: "intake", run: intake, fixed_bytes: 8 << 20, bytes_per_byte: 8 << 10 },
    Target { name: "cleaning", run: cleaning, fixed_bytes: TABLES, bytes_per_byte: 512 },
    Target { name: "counting", run: counting, fixed_bytes: TABLES, bytes_per_byte: 512 },
    Target { name: "pipeline", run: pipeline, fixed_bytes: TABLES, bytes_per_byte: 64 },
    Target { name: "sealed_pipeline", run: sealed_pipeline, fixed_bytes: TABLES, bytes_per_byte: 64 },
    Target { name: "project", run: project, fixed_bytes: 4 << 20, bytes_per_byte: 64 },
    Target { name: "records", run: records, fixed_bytes: 1 << 20, bytes_per_byte: 256 },
    Target { name: "filter", run: filter, fixed_bytes: 1 << 20, bytes_per_byte: 256 },
];

/// A file of reviews: found out, scanned and read in chunks of any size, it is refused by one sentence or gives
/// the same rows however it was cut.
pub fn table(bytes: &[u8]) {
    let n_chunk = 1 + usize::from(bytes.first().copied().unwrap_or_default());
    let head = &bytes[..bytes.len().min(DETECT_BYTES)];
    match detect_format(head, bytes.len() as u64) {
        Ok(format) => {
            scan(&format, bytes, n_chunk);
            read_alike(&format, bytes, n_chunk);
        }
        Err(error) => is_one_sentence(&error.to_string()),
    }
    let last = bytes.last().copied().unwrap_or_default();
    let delimiter = [',', ';', '\t', '|'][usize::from(last % 4)];
    for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252] {
        read_alike(&TableFormat::new(encoding, delimiter), bytes, n_chunk);
    }
}

fn scan(format: &TableFormat, bytes: &[u8], n_chunk: usize) {
    let mut scan = TableScan::new(format, bytes.len() as u64).expect("under the bound");
    let outcome = bytes.chunks(n_chunk).try_for_each(|chunk| scan.push(chunk)).and_then(|()| scan.finish());
    match outcome {
        Ok(summary) => {
            assert_eq!(summary.n_bytes, bytes.len() as u64);
            assert!(!summary.columns.is_empty());
            preview(&summary.format, bytes, 20);
        }
        Err(error) => is_one_sentence(&error.to_string()),
    }
}

/// A table as a reader gave it, or the sentence that refused it.
type Outcome = Result<(ReadTable, Vec<Vec<String>>), String>;

fn read(format: &TableFormat, bytes: &[u8], n_chunk: usize) -> Outcome {
    let mut rows = Vec::new();
    let mut reader = TableReader::new(format);
    let mut keep = |row: Row<'_>| rows.push(row.cells().map(str::to_owned).collect());
    for chunk in bytes.chunks(n_chunk) {
        reader.push(chunk, &mut keep).map_err(|error| error.to_string())?;
    }
    let table = reader.finish(&mut keep).map_err(|error| error.to_string())?;
    Ok((table, rows))
}

fn read_alike(format: &TableFormat, bytes: &[u8], n_chunk: usize) {
    match (read(format, bytes, bytes.len().max(1)), read(format, bytes, n_chunk)) {
        (Ok((whole, rows)), Ok((cut, cut_rows))) => {
            let is_same =
                (&whole.header, whole.n_rows, &whole.issues) == (&cut.header, cut.n_rows, &cut.issues);
            assert!(is_same && rows == cut_rows, "the rows depend on how the file was cut into chunks");
        }
        (Err(whole), Err(cut)) => {
            assert_eq!(whole, cut);
            is_one_sentence(&whole);
        }
        _ => panic!("whether a file is read depends on how it was cut into chunks"),
    }
}

/// Packed files, lines of JSON and several files in a row: refused by one sentence, or one table, the same however
/// the bytes were cut into chunks.
pub fn intake(bytes: &[u8]) {
    let first = bytes.first().copied().unwrap_or_default();
    let (n_chunk, half) = (1 + usize::from(first), bytes.len() / 2);
    for (names, sizes) in [
        (vec!["a.csv"], vec![bytes.len()]),
        (vec!["a.jsonl"], vec![bytes.len()]),
        (vec!["a.csv", "b.jsonl.gz"], vec![half, bytes.len() - half]),
    ] {
        let files: Vec<Given> = names
            .iter()
            .zip(&sizes)
            .map(|(name, n_bytes)| Given { name: (*name).to_owned(), n_bytes: *n_bytes as u64 })
            .collect();
        for join in [Join::AsItIs, Join::ByName] {
            let whole = take_in(&files, join, bytes, bytes.len().max(1));
            assert_eq!(whole, take_in(&files, join, bytes, n_chunk), "the table depends on the chunks");
            if let Err(sentence) = whole {
                is_one_sentence(&sentence);
            }
        }
    }
}

/// The hash of the table that comes out, and its rows that were left out.
fn take_in(files: &[Given], join: Join, bytes: &[u8], n_chunk: usize) -> Result<(ContentHash, u64), String> {
    let mut intake = Intake::new(files, join).expect("under the bounds");
    let mut out = Vec::new();
    for chunk in bytes.chunks(n_chunk) {
        intake.push(chunk).map_err(|error| error.to_string())?;
        out.extend(intake.take_bytes());
    }
    let taken = intake.finish().map_err(|error| error.to_string())?;
    assert_eq!(taken.hashes.len(), files.len());
    let table = [taken.head, out, taken.rest].concat();
    Ok((ContentHash::of(&table), taken.tables.iter().map(|table| table.issues.n).sum()))
}

/// Cleaning steps as JSON in the first line, a review below it: the steps are refused, or the review has the same
/// words by the way for training and by the way that remembers where each came from.
pub fn cleaning(bytes: &[u8]) {
    let Some((steps, text)) = in_two(bytes) else { return };
    let Ok(steps) = json::from_str::<Vec<CleanStep>>(&steps) else { return };
    let mut cleaner = match Cleaner::new(&steps) {
        Ok(cleaner) => cleaner,
        Err(error) => return is_one_line(&error.to_string()),
    };
    let mut words = Vec::new();
    cleaner.clean(&text, &mut |word| words.push(word.to_owned()));
    let traced = cleaner.trace(&text);
    assert!(traced.words.iter().map(|word| &word.text).eq(&words), "the two ways clean differently");
    for word in &traced.words {
        let origin = text.get(word.start as usize..word.end as usize);
        assert!(origin.is_some_and(|origin| !origin.is_empty()), "a word comes from no text");
    }
    for &(start, end) in &traced.dropped {
        assert!(text.get(start as usize..end as usize).is_some(), "what was dropped is no text");
    }
}

/// How to count as JSON in the first line, one review in each line below it: it is refused by one sentence, or the
/// corpus has as many rows as there are reviews, each with its terms in order.
pub fn counting(bytes: &[u8]) {
    let Some((counting, text)) = in_two(bytes) else { return };
    let Ok(counting) = json::from_str::<Counting>(&counting) else { return };
    let mut docs = CleanedDocs { doc_starts: vec![0], ..CleanedDocs::default() };
    for (record, line) in (0..).zip(text.lines()) {
        for word in line.split_whitespace() {
            docs.word_ids.push(docs.words.len() as u32);
            docs.words.push(word.to_owned());
        }
        docs.doc_starts.push(docs.word_ids.len() as u32);
        docs.labels.push(LabelId((record % 2) as u8));
        docs.records.push(record);
    }
    let n_docs = docs.n_docs();
    match count(docs, 2, &counting) {
        Ok(corpus) => {
            assert_eq!(corpus.counts.n_docs(), n_docs);
            assert!(corpus.terms.is_sorted(), "terms out of order");
        }
        Err(error) => is_one_line(&error.to_string()),
    }
}

/// A saved model: refused by one sentence, or usable and written again to the same.
pub fn pipeline(bytes: &[u8]) {
    match FittedPipeline::from_bytes(bytes) {
        Ok(pipeline) => {
            let again = FittedPipeline::from_bytes(&pipeline.to_bytes());
            assert!(again.as_ref() == Ok(&pipeline), "a model that was read is written to something else");
            if let Ok(mut predictor) = Predictor::new(pipeline) {
                predictor.predict("Good product, not bad 👍 but <b>slow</b> delivery");
                predictor.explain("");
            }
        }
        Err(error) => is_one_line(&error.to_string()),
    }
}

/// The same with a checksum that fits, so that what stands behind it is tried.
pub fn sealed_pipeline(bytes: &[u8]) {
    let mut sealed = bytes.to_vec();
    sealed.extend_from_slice(&ContentHash::of(bytes).0);
    pipeline(&sealed);
}

/// A project file: refused by one sentence with nothing written, or read again to the same.
pub fn project(bytes: &[u8]) {
    let store = MemoryStore::default();
    let outcome = block_on(read_project(&Blob::Bytes(bytes.to_vec()), &store));
    let Err(error) = outcome else { return };
    is_one_sentence(&error.to_string());
    for collection in Collection::ALL {
        let found = block_on(store.list(&Query::All(collection), Order::Ascending, 1)).expect("memory");
        assert!(found.is_empty(), "a file that was refused left records");
    }
}

/// Lines of JSON: as a record, as a message between page and worker, and as any document.
pub fn records(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if let Ok(record) = Record::from_json(line) {
            let text = record.to_json().expect("what was read is finite");
            assert!(Record::from_json(&text).as_ref() == Ok(&record), "a record changes when it is written");
        }
        if let Ok(request) = jobs::decode_request(line) {
            let again = jobs::decode_request(&jobs::encode_request(&request));
            assert!(again == Ok(request), "a request that was read is sent as something else");
        }
        drop(jobs::decode_answer(line));
        drop(Document::parse(line));
    }
}

/// A filter and an order of runs: refused by one sentence about a part of the text, or used on a run, and completed
/// wherever the cursor stands.
pub fn filter(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let runs = [storage::samples::trial(1, 3)];
    let subject = |run| Subject { run, dataset_name: Some("reviews.csv") };
    let known = KnownKeys { keys: vec![(Key::Metric("cv_f1_macro".to_owned()), vec!["0.8".to_owned()])] };
    match Filter::parse(&text) {
        Ok(filter) => {
            let is_meant = filter.matches(&subject(&runs[0]), Millis(1));
            let narrowed = Filter::narrowed(&text, &Key::Param("C".to_owned()), "no such value");
            let narrowed = Filter::parse(&narrowed);
            let is_still = narrowed.map(|filter| filter.matches(&subject(&runs[0]), Millis(1)));
            assert!(
                is_still != Ok(true) && (is_still == Ok(false) || text.len() + 64 > MAX_FILTER_BYTES),
                "{is_meant}"
            );
        }
        Err(error) => {
            is_one_sentence(&error.to_string());
            assert!(text.get(error.span.clone()).is_some(), "no part of the text: {:?}", error.span);
        }
    }
    if let Ok(order) = OrderBy::parse(&text) {
        assert_eq!(
            OrderBy::parse(&order.to_string()).as_ref(),
            Ok(&order),
            "an order changes when it is written"
        );
        assert!(order.compare(&subject(&runs[0]), &subject(&runs[0])).is_eq());
    }
    for cursor in (0..=text.len()).take(200) {
        let completion = complete(&text, cursor, &known);
        assert!(text.get(completion.replaces).is_some() || !text.is_char_boundary(cursor));
    }
}

/// The first line, and the rest.
fn in_two(bytes: &[u8]) -> Option<(String, String)> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let [first, rest] =
        [&bytes[..end], &bytes[end + 1..]].map(|part| String::from_utf8_lossy(part).into_owned());
    Some((first, rest))
}

#[track_caller]
fn is_one_line(message: &str) {
    assert!(!message.trim().is_empty() && !message.contains('\n'), "no one line: {message:?}");
}

#[track_caller]
fn is_one_sentence(message: &str) {
    is_one_line(message);
    assert!(message.ends_with('.'), "no sentence: {message:?}");
}
