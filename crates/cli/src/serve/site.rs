//! A built site, in memory. In: a folder, or files within the program. Out: each file with its media type, headers of
//! `_headers`, packed where the client takes that. Never: a file that was not there at the start, or a policy in the
//! headers that is not the page's.

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use engine::num::ContentHash;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use super::bounds::{MAX_SITE_BYTES, MAX_SITE_FILES, MIN_PACKED_BYTES};
use super::headers::{HeaderRules, policy_of};
use crate::failure::Failure;

const INDEX: &str = "index.html";
const RULES: &str = "_headers";
const PACKED: &str = ".gz";

/// Names below the site's folder, `/` between their parts, and contents.
pub type Files = BTreeMap<String, Bytes>;

/// A site.
pub struct Site {
    base: String,
    files: BTreeMap<String, SiteFile>,
}

struct SiteFile {
    bytes: Bytes,
    packed: Option<Bytes>,
    headers: HeaderMap,
}

impl Site {
    /// The site in a folder.
    ///
    /// # Errors
    /// Where it cannot be read, or is no built site.
    pub fn in_folder(folder: &Path) -> Result<Self, Failure> {
        let mut files = Files::new();
        let mut n_bytes = 0;
        let mut folders = vec![(folder.to_path_buf(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            let failed = |error: std::io::Error| Failure::file(&folder, &error);
            for entry in std::fs::read_dir(&folder).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                let path = entry.path();
                let found = std::fs::metadata(&path).map_err(|error| Failure::file(&path, &error))?;
                if found.is_dir() {
                    folders.push((path, format!("{name}/")));
                    continue;
                }
                n_bytes += found.len();
                if files.len() == MAX_SITE_FILES || n_bytes > MAX_SITE_BYTES {
                    return Err(Failure::wrong(format!(
                        "{} has more than {MAX_SITE_FILES} files or {MAX_SITE_BYTES} bytes: name the folder that `cargo xtask dist` wrote.",
                        folder.display()
                    )));
                }
                let bytes = std::fs::read(&path).map_err(|error| Failure::file(&path, &error))?;
                files.insert(name, bytes.into());
            }
        }
        Self::of_files(files, &folder.display().to_string())
    }

    /// The site of these files.
    ///
    /// # Errors
    /// Where they are no built site; `place` is where they are from.
    pub fn of_files(mut files: Files, place: &str) -> Result<Self, Failure> {
        let text = |name: &str| files.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let none = |what: &str| {
            Failure::wrong(format!("{place} holds no {what}: name the folder that `cargo xtask dist` wrote."))
        };
        let index = text(INDEX).ok_or_else(|| none(INDEX))?;
        let rules = text(RULES).ok_or_else(|| none(RULES))?;
        let rules = HeaderRules::parse(rules).map_err(|line| {
            Failure::wrong(format!("{place}: line {line} of {RULES} is no header: build the site again."))
        })?;
        let base = rules.base().ok_or_else(|| none("rule for its own path in _headers"))?.to_owned();
        let policy = policy_of(index).ok_or_else(|| none("content security policy in index.html"))?;
        let sent = rules.of(&base);
        let sent =
            sent.get(CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !sent.starts_with(&policy) {
            return Err(Failure::wrong(format!(
                "{place}: {RULES} and {INDEX} have different content security policies: build the site again."
            )));
        }
        files.retain(|name, _| name != RULES && name != ".nojekyll");
        let built = files.keys().filter(|name| !is_packed_form(name, &files));
        let built =
            built.map(|name| (name.clone(), SiteFile::new(name, &files, rules.of(&format!("{base}{name}")))));
        Ok(Self { files: built.collect(), base })
    }

    /// The path of its first page: `/` or `/reviewlab/`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What a GET of a path is answered with; none where there is nothing.
    pub fn answer(&self, path: &str, asked: &HeaderMap) -> Option<Response> {
        let Some(name) = path.strip_prefix(&self.base) else {
            let is_before = path == "/" || self.base.strip_suffix('/') == Some(path);
            return is_before.then(|| self.elsewhere());
        };
        let is_page = !name.rsplit('/').next().unwrap_or_default().contains('.');
        // The app knows its own pages; a deep link begins with the first.
        let file = self.files.get(name).or_else(|| self.files.get(INDEX).filter(|_| is_page))?;
        Some(file.answer(asked))
    }

    fn elsewhere(&self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
        if let Ok(to) = HeaderValue::try_from(&self.base) {
            response.headers_mut().insert(LOCATION, to);
        }
        response
    }
}

/// Whether a file is another one, packed.
fn is_packed_form(name: &str, files: &Files) -> bool {
    name.strip_suffix(PACKED).is_some_and(|plain| files.contains_key(plain))
}

impl SiteFile {
    fn new(name: &str, files: &Files, mut headers: HeaderMap) -> Self {
        let bytes = files[name].clone();
        let media = media_type(name);
        let given = files.get(&format!("{name}{PACKED}")).cloned();
        let packed = given.or_else(|| is_worth_packing(media, &bytes).then(|| packed(&bytes)).flatten());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        let hash = ContentHash::of(&bytes).to_string();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", &hash[..32])) {
            headers.insert(ETAG, tag);
        }
        let packed = packed.filter(|packed| packed.len() < bytes.len());
        Self { bytes, packed, headers }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.headers.clone();
        let header =
            |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        let tag = self.headers.get(ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        if header(IF_NONE_MATCH).split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let body = match &self.packed {
            Some(packed) if takes_gzip(header(ACCEPT_ENCODING)) => {
                response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                // Another form is another thing to a cache that compares strong tags.
                if let Ok(weak) = HeaderValue::try_from(format!("W/{tag}")) {
                    response.headers_mut().insert(ETAG, weak);
                }
                packed
            }
            _ => &self.bytes,
        };
        *response.body_mut() = Body::from(body.clone());
        response
    }
}

/// `gzip`, `gzip;q=0.5`, `*`; not `gzip;q=0`.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_meant = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f64>);
        is_meant && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn is_worth_packing(media: &str, bytes: &[u8]) -> bool {
    let is_packed = matches!(media, "image/png" | "image/webp" | "font/woff2" | "application/octet-stream");
    !is_packed && bytes.len() >= MIN_PACKED_BYTES
}

fn packed(bytes: &[u8]) -> Option<Bytes> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).ok()?;
    packer.finish().ok().map(Bytes::from)
}

/// The media type by a name's ending.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_answers_go_to_those_who_take_them() {
        for accepted in ["gzip", "br, GZIP", "*", "gzip;q=0.5, identity;q=0.1", "deflate, gzip; q=1"] {
            assert!(takes_gzip(accepted), "{accepted}");
        }
        for accepted in ["", "br", "gzip;q=0", "gzip; q=0.0", "xgzip", "gzip;q=much"] {
            assert!(!takes_gzip(accepted), "{accepted}");
        }
    }
}
