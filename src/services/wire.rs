//! The messages between page and worker, and their form on the wire.
//!
//! A job and its answer cross as JSON, bytes beside them as typed arrays: a chunk of a file and the blobs
//! an answer brings are transferred, blobs a worker is given are copied, large ones in pieces. Nothing here decides anything.

use engine::num::ContentHash;
use jobs::{
    Answer, JobError, Request, WireError, decode_answer, decode_request, encode_answer, encode_request,
};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{Event, MessageEvent};

/// What a worker says once its handler stands; messages sent before are lost.
pub const READY: &str = "ready";

/// A blob of more bytes crosses in pieces of so many: copying one takes a few milliseconds.
pub const PIECE_BYTES: u32 = 4 << 20;
/// What a worker is told that nobody needs yet.
const WARM_UP: &str = "warm up";

/// From the page to a worker.
#[derive(Debug)]
pub enum ToWorker {
    /// Bytes that later jobs need.
    Provide {
        /// Their name.
        hash: ContentHash,
        /// The bytes.
        bytes: Uint8Array,
    },
    /// The next bytes of a blob that crosses in pieces.
    ProvidePiece {
        /// The blob's name.
        hash: ContentHash,
        /// How long the blob is.
        n_bytes: usize,
        /// The bytes.
        bytes: Uint8Array,
    },
    /// Get ready for jobs, until the first one comes.
    WarmUp,
    /// A job.
    Run {
        /// Comes back with the answer.
        job: f64,
        /// What to do.
        request: Box<Request>,
        /// A chunk of a file, for jobs that read one.
        input: Option<Uint8Array>,
    },
}

/// From a worker to the page.
#[derive(Debug)]
// One message at a time: its size on the stack matters less than an allocation.
#[allow(clippy::large_enum_variant)]
pub enum FromWorker {
    /// It takes messages now.
    Ready,
    /// It is about to end by a fault of ours.
    Died {
        /// The fault's words.
        reason: String,
    },
    /// A job ended.
    Done {
        /// Which.
        job: f64,
        /// Its answer, or why there is none.
        result: Result<Answer, JobError>,
        /// Bytes the answer names.
        blobs: Vec<(ContentHash, Uint8Array)>,
    },
}

/// A message that is none of these: page and worker are of different builds, which cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Garbled(pub String);

/// A message as it is posted: the value, and what is transferred with it.
pub struct Posted {
    /// The message.
    pub message: JsValue,
    /// Buffers that leave the sender.
    pub transfer: Array,
}

/// A handler of events: one type for all, since each type has glue of its own.
pub type OnEvent = Closure<dyn FnMut(Event)>;

/// A handler of messages, given what they hold.
pub fn on_message(mut handle: impl FnMut(JsValue) + 'static) -> OnEvent {
    Closure::new(move |event: Event| handle(event.unchecked_into::<MessageEvent>().data()))
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value).expect("a plain object takes any field");
    }
    object.into()
}

impl Posted {
    /// `ToWorker::Provide`. The bytes are copied.
    pub fn provide(hash: ContentHash, bytes: &Uint8Array) -> Self {
        let message = object(&[("provide", hash.to_string().into()), ("bytes", bytes.into())]);
        Self { message, transfer: Array::new() }
    }

    /// `ToWorker::ProvidePiece`: the bytes of the blob from `start` on, copied here and not once more on the way.
    pub fn provide_piece(hash: ContentHash, blob: &Uint8Array, start: u32) -> Self {
        let piece = blob.slice(start, start.saturating_add(PIECE_BYTES).min(blob.length()));
        let transfer = Array::of1(&piece.buffer());
        let message = object(&[
            ("provide", hash.to_string().into()),
            ("bytes", piece.into()),
            ("of", blob.length().into()),
        ]);
        Self { message, transfer }
    }

    /// `ToWorker::WarmUp`.
    pub fn warm_up() -> Self {
        Self { message: JsValue::from_str(WARM_UP), transfer: Array::new() }
    }

    /// `ToWorker::Run`. The input leaves the sender.
    pub fn run(job: f64, request: &Request, input: Option<&Uint8Array>) -> Self {
        let transfer = Array::new();
        if let Some(bytes) = input {
            transfer.push(&bytes.buffer());
        }
        let request = encode_request(request).into();
        let input = input.map_or(JsValue::UNDEFINED, JsValue::from);
        Self { message: object(&[("job", job.into()), ("request", request), ("input", input)]), transfer }
    }
}

impl ToWorker {
    /// Reads a posted message.
    ///
    /// # Errors
    /// Where it is none of ours.
    pub fn read(message: &JsValue) -> Result<Self, Garbled> {
        if message.as_string().as_deref() == Some(WARM_UP) {
            return Ok(Self::WarmUp);
        }
        if let Some(hash) = field(message, "provide").as_string() {
            let hash = hash.parse().map_err(|_| Garbled(hash))?;
            let bytes = bytes(message, "bytes")?;
            return Ok(match field(message, "of").as_f64() {
                Some(n_bytes) => Self::ProvidePiece { hash, n_bytes: n_bytes as usize, bytes },
                None => Self::Provide { hash, bytes },
            });
        }
        let job = number(message, "job")?;
        let request = Box::new(decode_request(&text(message, "request")?)?);
        let input = field(message, "input").dyn_into().ok();
        Ok(Self::Run { job, request, input })
    }
}

impl FromWorker {
    /// The message to post.
    pub fn post(&self) -> Posted {
        let transfer = Array::new();
        let message = match self {
            Self::Ready => JsValue::from_str(READY),
            Self::Died { reason } => object(&[("died", reason.into())]),
            Self::Done { job, result, blobs } => {
                let list = Array::new();
                for (hash, bytes) in blobs {
                    transfer.push(&bytes.buffer());
                    list.push(&Array::of2(&hash.to_string().into(), bytes));
                }
                let answer = encode_answer(result).into();
                object(&[("job", (*job).into()), ("answer", answer), ("blobs", list.into())])
            }
        };
        Posted { message, transfer }
    }

    /// Reads a posted message.
    ///
    /// # Errors
    /// Where it is none of ours.
    pub fn read(message: &JsValue) -> Result<Self, Garbled> {
        if message.as_string().as_deref() == Some(READY) {
            return Ok(Self::Ready);
        }
        if let Some(reason) = field(message, "died").as_string() {
            return Ok(Self::Died { reason });
        }
        let job = number(message, "job")?;
        let blobs = Array::from(&field(message, "blobs"))
            .iter()
            .map(|pair| {
                let pair = Array::from(&pair);
                let hash = pair.get(0).as_string().unwrap_or_default();
                let hash = hash.parse().map_err(|_| Garbled(hash))?;
                let bytes = pair.get(1).dyn_into().map_err(|_| Garbled("a blob without bytes".into()))?;
                Ok((hash, bytes))
            })
            .collect::<Result<_, Garbled>>()?;
        let result = decode_answer(&text(message, "answer")?)?;
        Ok(Self::Done { job, result, blobs })
    }
}

fn field(message: &JsValue, name: &str) -> JsValue {
    Reflect::get(message, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn number(message: &JsValue, name: &'static str) -> Result<f64, Garbled> {
    field(message, name).as_f64().ok_or_else(|| Garbled(format!("no number '{name}'")))
}

fn bytes(message: &JsValue, name: &'static str) -> Result<Uint8Array, Garbled> {
    field(message, name).dyn_into().map_err(|_| Garbled(format!("no bytes '{name}'")))
}

fn text(message: &JsValue, name: &'static str) -> Result<String, Garbled> {
    field(message, name).as_string().ok_or_else(|| Garbled(format!("no text '{name}'")))
}

impl From<WireError> for Garbled {
    fn from(error: WireError) -> Self {
        Self(error.to_string())
    }
}
