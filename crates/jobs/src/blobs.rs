//! What a worker was given for its jobs, decoded once.

use std::sync::Arc;

use engine::features::{Counts, CountsReader, decode_terms};
use engine::num::{ContentHash, SortedMap};
use engine::tune::Trial;

use crate::request::JobError;

/// A decoded blob that threads can share.
#[derive(Clone, Debug)]
pub enum SharedBlob {
    /// What is learned from.
    Counts(Arc<Counts>),
    /// The terms that counts count.
    Terms(Arc<Vec<String>>),
    /// A part of a search's history.
    Trials(Arc<Vec<Trial>>),
    /// Anything that is not decoded, such as a pipeline.
    Bytes(Arc<Vec<u8>>),
}

/// Blobs by hash.
#[derive(Debug, Default)]
pub(crate) struct Blobs {
    held: SortedMap<ContentHash, Held>,
}

#[derive(Debug)]
enum Held {
    Arriving(Arriving),
    Encoded(Vec<u8>),
    Shared(SharedBlob),
}

/// A blob of which the first pieces are here.
#[derive(Debug)]
enum Arriving {
    /// Counts are read as they come: their bytes and what they say are never held at once.
    Counts(Box<CountsReader>),
    /// Anything else waits until it is whole.
    Bytes(Vec<u8>),
}

impl Blobs {
    pub fn insert_bytes(&mut self, hash: ContentHash, bytes: Vec<u8>) {
        self.held.get_or_insert_with(hash, || Held::Encoded(bytes));
    }

    /// Takes the next piece of a blob of `n_bytes`. A blob whose pieces cannot be what they say is not held.
    pub fn push_piece(&mut self, hash: ContentHash, n_bytes: usize, piece: &[u8]) {
        let start = || {
            Held::Arriving(match CountsReader::are_counts(piece) {
                true => Arriving::Counts(Box::new(CountsReader::new(n_bytes))),
                false => Arriving::Bytes(Vec::with_capacity(n_bytes)),
            })
        };
        // The piece that makes it whole is followed by none, so what arrives still is not whole.
        let held = match self.held.remove(&hash).unwrap_or_else(start) {
            Held::Arriving(Arriving::Counts(mut reader)) => match reader.push(piece) {
                Ok(()) if reader.n_missing() == 0 => {
                    reader.finish().ok().map(|counts| Held::Shared(SharedBlob::Counts(Arc::new(counts))))
                }
                Ok(()) => Some(Held::Arriving(Arriving::Counts(reader))),
                Err(_) => None,
            },
            Held::Arriving(Arriving::Bytes(mut bytes)) => {
                bytes.extend_from_slice(piece);
                Some(match bytes.len() < n_bytes {
                    true => Held::Arriving(Arriving::Bytes(bytes)),
                    false => Held::Encoded(bytes),
                })
            }
            whole => Some(whole),
        };
        if let Some(held) = held {
            self.held.insert(hash, held);
        }
    }

    pub fn insert_shared(&mut self, hash: ContentHash, blob: SharedBlob) {
        self.held.insert(hash, Held::Shared(blob));
    }

    pub fn holds(&self, hash: ContentHash) -> bool {
        self.held.get(&hash).is_some_and(|held| !matches!(held, Held::Arriving(_)))
    }

    pub fn forget(&mut self, hash: ContentHash) {
        self.held.remove(&hash);
    }

    pub fn shared(&self, hash: ContentHash) -> Option<SharedBlob> {
        match self.held.get(&hash)? {
            Held::Shared(blob) => Some(blob.clone()),
            Held::Encoded(_) | Held::Arriving(_) => None,
        }
    }

    /// The bytes under `hash`, as they were given.
    pub fn bytes(&self, hash: ContentHash) -> Result<&[u8], JobError> {
        match self.held.get(&hash) {
            Some(Held::Encoded(bytes)) => Ok(bytes),
            Some(Held::Shared(SharedBlob::Bytes(bytes))) => Ok(bytes),
            Some(Held::Shared(_)) => Err(damaged(hash, "it holds counts, terms or trials".into())),
            Some(Held::Arriving(_)) | None => Err(JobError::MissingBlob(hash)),
        }
    }

    /// The counts under `hash`, decoded when first asked for.
    pub fn counts(&mut self, hash: ContentHash) -> Result<Arc<Counts>, JobError> {
        let decode = |bytes: &[u8]| {
            let counts = Counts::from_bytes(bytes).map_err(|error| error.to_string())?;
            Ok(SharedBlob::Counts(Arc::new(counts)))
        };
        match self.decoded(hash, decode)? {
            SharedBlob::Counts(counts) => Ok(counts),
            SharedBlob::Terms(_) | SharedBlob::Trials(_) | SharedBlob::Bytes(_) => {
                Err(damaged(hash, "it does not hold counts".into()))
            }
        }
    }

    /// The terms under `hash`, decoded when first asked for.
    pub fn terms(&mut self, hash: ContentHash) -> Result<Arc<Vec<String>>, JobError> {
        let decode = |bytes: &[u8]| {
            let terms = decode_terms(bytes).map_err(|error| error.to_string())?;
            Ok(SharedBlob::Terms(Arc::new(terms)))
        };
        match self.decoded(hash, decode)? {
            SharedBlob::Terms(terms) => Ok(terms),
            SharedBlob::Counts(_) | SharedBlob::Trials(_) | SharedBlob::Bytes(_) => {
                Err(damaged(hash, "it does not hold terms".into()))
            }
        }
    }

    /// The trials under `hash`, decoded when first asked for.
    pub fn trials(&mut self, hash: ContentHash) -> Result<Arc<Vec<Trial>>, JobError> {
        let decode = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
            let trials: Vec<Trial> = json::from_str(text).map_err(|error| error.reason)?;
            Ok(SharedBlob::Trials(Arc::new(trials)))
        };
        match self.decoded(hash, decode)? {
            SharedBlob::Trials(trials) => Ok(trials),
            SharedBlob::Counts(_) | SharedBlob::Terms(_) | SharedBlob::Bytes(_) => {
                Err(damaged(hash, "it does not hold trials".into()))
            }
        }
    }

    fn decoded(
        &mut self,
        hash: ContentHash,
        decode: impl Fn(&[u8]) -> Result<SharedBlob, String>,
    ) -> Result<SharedBlob, JobError> {
        let held = self.held.get_mut(&hash).ok_or(JobError::MissingBlob(hash))?;
        if let Held::Encoded(bytes) = held {
            let blob = decode(bytes).map_err(|reason| damaged(hash, reason))?;
            *held = Held::Shared(blob);
        }
        match held {
            Held::Shared(blob) => Ok(blob.clone()),
            Held::Encoded(_) | Held::Arriving(_) => Err(JobError::MissingBlob(hash)),
        }
    }
}

fn damaged(hash: ContentHash, reason: String) -> JobError {
    JobError::DamagedBlob { hash, reason }
}
