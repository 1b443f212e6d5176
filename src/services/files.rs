//! Files in and out: a chosen or dropped file, the sample from the own origin, slices, downloads.
//!
//! A file is never read whole here: it stays the browser's, and slices of it are read when asked for.

use engine::intake::FoundTable;
use engine::num::ContentHash;
use js_sys::{Array, Uint8Array};
use thiserror::Error;
use track::dataset::{Origin, Original};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
pub use web_sys::{Blob, File};
use web_sys::{
    BlobPropertyBag, DragEvent, Event, FileList, HtmlAnchorElement, HtmlInputElement, Response, Url,
};

/// Where the sample lies, relative to the site's base, unless the page says it of this very build: in no folder that is
/// called like a page.
const SAMPLE_PATH: &str = "samples/sample_reviews.csv";
/// What the sample is called.
pub const SAMPLE_NAME: &str = "sample_reviews.csv";
/// How long a download's address is kept, so that the browser can begin to read it.
const DOWNLOAD_GRACE_MS: i32 = 30_000;

/// Why a file did not come.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileAccessError {
    /// The site did not give it.
    #[error("The site answered {status} for '{path}': reload the page, or choose a file of your own.")]
    Status {
        /// What was asked for.
        path: String,
        /// The answer's status.
        status: u16,
    },
    /// No answer.
    #[error("'{path}' could not be fetched ({reason}): check the connection, or choose a file of your own.")]
    NoAnswer {
        /// What was asked for.
        path: String,
        /// The browser's words.
        reason: String,
    },
    /// The file went away or changed under us.
    #[error("The file could not be read ({reason}): choose it again.")]
    Unreadable {
        /// The browser's words.
        reason: String,
    },
}

/// A file a person gave, or the table that their files have become.
#[derive(Clone, Debug)]
pub struct GivenFile {
    /// Its name on their disk.
    pub name: String,
    /// Its bytes, kept by the browser.
    pub blob: Blob,
    /// Where it came from.
    pub origin: Origin,
    /// What it was made of.
    pub made_of: MadeOf,
}

/// What a table was made of; nothing where it is as it was given.
#[derive(Clone, Debug, Default)]
pub struct MadeOf {
    /// The files.
    pub originals: Vec<Original>,
    /// Their bytes, where they are not stored yet.
    pub blobs: Vec<(ContentHash, Blob)>,
    /// Rows of them that cannot be read.
    pub unread: Unread,
}

/// Rows of files that a table was made of, which could not be read and are not in the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unread {
    /// How many.
    pub n_rows: u64,
    /// The tables in those files, with these rows; none once the table was taken from the store again.
    pub tables: Vec<FoundTable>,
}

impl Unread {
    /// Of tables that were just read.
    pub fn of(tables: Vec<FoundTable>) -> Self {
        Self { n_rows: tables.iter().map(|table| table.issues.n).sum(), tables }
    }
}

impl GivenFile {
    /// These bytes under that name.
    pub fn named(name: String, blob: Blob) -> Self {
        let origin = Origin::File { name: name.clone() };
        Self { name, blob, origin, made_of: MadeOf::default() }
    }

    /// Its size in bytes.
    pub fn n_bytes(&self) -> u64 {
        self.blob.size() as u64
    }
}

impl From<File> for GivenFile {
    fn from(file: File) -> Self {
        Self::named(file.name(), file.into())
    }
}

/// The file chosen in an input, which is then emptied so that the same file can be chosen again.
pub fn chosen(event: &Event) -> Option<File> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0)?;
    input.set_value("");
    Some(file)
}

/// The files chosen in an input, which is then emptied so that the same can be chosen again.
pub fn all_chosen(event: &Event) -> Vec<File> {
    let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
        return Vec::new();
    };
    // The list goes on living with the input: what is in it is taken before that is emptied.
    let files = listed(input.files());
    input.set_value("");
    files
}

/// The files of a drop, whose default (opening them) is prevented.
pub fn dropped(event: &DragEvent) -> Vec<File> {
    event.prevent_default();
    listed(event.data_transfer().and_then(|data| data.files()))
}

fn listed(files: Option<FileList>) -> Vec<File> {
    let files = files.iter().flat_map(|files| (0..files.length()).filter_map(|place| files.get(place)));
    files.collect()
}

/// One blob of several, one after another; the browser copies nothing.
pub fn joined(parts: &[Blob]) -> Blob {
    let list: Array = parts.iter().collect();
    Blob::new_with_blob_sequence(&list.unchecked_into()).expect("a list of blobs makes a blob")
}

/// A blob of these bytes.
pub fn of_bytes(bytes: &[u8]) -> Blob {
    let list = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence(&list.unchecked_into()).expect("a list of typed arrays makes a blob")
}

/// A blob of a text.
pub fn of_text(text: &str) -> Blob {
    let list = Array::of1(&JsValue::from_str(text));
    Blob::new_with_str_sequence(&list.unchecked_into()).expect("a list of strings makes a blob")
}

/// What is dragged from here on; without it some browsers drag nothing.
pub fn carry(event: &DragEvent, text: &str) {
    if let Some(transfer) = event.data_transfer() {
        // A browser that takes no data drags without it.
        transfer.set_data("text/plain", text).ok();
    }
}

/// What is dragged to here.
pub fn carried(event: &DragEvent) -> Option<String> {
    event.data_transfer()?.get_data("text/plain").ok()
}

/// The site's own address, with its base path, ending in a slash.
pub fn base_url() -> String {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.base_uri().ok().flatten())
        .expect("a document has a base address")
}

/// The site's base path for the router: empty at the root, else such as `/reviewlab`.
pub fn base_path() -> String {
    Url::new(&base_url())
        .map_or_else(|_| String::new(), |url| url.pathname().trim_end_matches('/').to_owned())
}

/// The sample reviews, from the own origin: from `place`, or where they always lie.
///
/// # Errors
/// Where the site does not give them.
pub async fn fetch_sample(place: Option<String>) -> Result<GivenFile, FileAccessError> {
    let no_answer =
        |error: JsValue| FileAccessError::NoAnswer { path: SAMPLE_PATH.to_owned(), reason: words(&error) };
    let place = place.as_deref().unwrap_or(SAMPLE_PATH);
    let url = Url::new_with_base(place, &base_url()).map_err(no_answer)?;
    let window = web_sys::window().expect("the app runs in a window");
    let answer = JsFuture::from(window.fetch_with_str(&url.href())).await.map_err(no_answer)?;
    let answer: Response = answer.dyn_into().map_err(no_answer)?;
    if !answer.ok() {
        return Err(FileAccessError::Status { path: SAMPLE_PATH.to_owned(), status: answer.status() });
    }
    let blob = JsFuture::from(answer.blob().map_err(no_answer)?).await.map_err(no_answer)?;
    let blob: Blob = blob.dyn_into().map_err(no_answer)?;
    Ok(GivenFile { origin: Origin::Sample, ..GivenFile::named(SAMPLE_NAME.to_owned(), blob) })
}

/// A file of this site, whole.
///
/// # Errors
/// Where the site does not give it.
pub async fn fetch_own(place: &str) -> Result<Vec<u8>, FileAccessError> {
    let no_answer =
        |error: JsValue| FileAccessError::NoAnswer { path: place.to_owned(), reason: words(&error) };
    let url = Url::new_with_base(place, &base_url()).map_err(no_answer)?;
    let window = web_sys::window().expect("the app runs in a window");
    let answer = JsFuture::from(window.fetch_with_str(&url.href())).await.map_err(no_answer)?;
    let answer: Response = answer.dyn_into().map_err(no_answer)?;
    if !answer.ok() {
        return Err(FileAccessError::Status { path: place.to_owned(), status: answer.status() });
    }
    let buffer = JsFuture::from(answer.array_buffer().map_err(no_answer)?).await.map_err(no_answer)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Bytes `start..end` of a file.
///
/// # Errors
/// Where the file went away or changed.
pub async fn slice(blob: &Blob, start: u64, end: u64) -> Result<Uint8Array, FileAccessError> {
    let unreadable = |error: JsValue| FileAccessError::Unreadable { reason: words(&error) };
    let part = blob.slice_with_f64_and_f64(start as f64, end as f64).map_err(unreadable)?;
    let buffer = JsFuture::from(part.array_buffer()).await.map_err(unreadable)?;
    Ok(Uint8Array::new(&buffer))
}

/// Offers `bytes` as a download called `name`.
pub fn download(name: &str, media_type: &str, bytes: &[u8]) {
    download_blob(name, &typed_blob(media_type, bytes));
}

fn typed_blob(media_type: &str, bytes: &[u8]) -> Blob {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts.unchecked_into(), &options)
        .expect("a list of typed arrays makes a blob")
}

/// The address of bytes that this page shows as a picture, until it is dropped.
pub struct PictureAddress(String);

impl PictureAddress {
    /// Bytes of a media type such as `image/svg+xml`; as a picture they run no script and load nothing.
    pub fn new(media_type: &str, bytes: &[u8]) -> Self {
        let blob = typed_blob(media_type, bytes);
        Self(Url::create_object_url_with_blob(&blob).expect("a blob has an address"))
    }

    /// For the `src` of an image.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for PictureAddress {
    fn drop(&mut self) {
        Url::revoke_object_url(&self.0).expect("the address was made here");
    }
}

/// Offers a blob as a download called `name`.
pub fn download_blob(name: &str, blob: &Blob) {
    let url = Url::create_object_url_with_blob(blob).expect("a blob has an address");
    let document = web_sys::window().and_then(|window| window.document()).expect("the app runs in a page");
    let link: HtmlAnchorElement = document
        .create_element("a")
        .ok()
        .and_then(|element| element.dyn_into().ok())
        .expect("an <a> is an anchor");
    link.set_href(&url);
    link.set_download(name);
    link.click();
    wasm_bindgen_futures::spawn_local(async move {
        super::clock::sleep(DOWNLOAD_GRACE_MS).await;
        Url::revoke_object_url(&url).expect("the address was made here");
    });
}

/// The browser's words for what went wrong.
pub fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => js_sys::Reflect::get(error, &"message".into())
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_else(|| "the browser gave no reason".to_owned()),
    }
}
