//! A server that knows only files, as the hosts do that the page is made for.
//! In: a folder, the path it stands under, a port. Out: files with their media type; for anything else
//! `404.html` with status 404, which is how a deep link reaches the app.
//! Never: a file outside the folder, a listing, another address than 127.0.0.1, a request that waits for another:
//! browsers open more connections than they use, so each has a thread of its own and carries one answer.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

/// How many ports after the wished one are tried.
const MAX_PORT_TRIES: u16 = 100;
/// Longest request, with all its headers.
const MAX_REQUEST_BYTES: u64 = 64 << 10;
/// How long a connection may stay silent.
const MAX_SILENCE: Duration = Duration::from_secs(60);

/// Files gzipped, by their paths.
type Packed = BTreeMap<PathBuf, Arc<Vec<u8>>>;

/// A folder and the path it is served under.
#[derive(Debug, Clone)]
pub struct Site {
    folder: PathBuf,
    base: String,
    /// Files as they are sent to those who take gzip: each is packed when it is first asked for, and once.
    packed: Option<Arc<Mutex<Packed>>>,
}

impl Site {
    /// `base` begins and ends with a slash: `/` or `/reviewlab/`.
    ///
    /// # Errors
    /// When the folder does not exist.
    pub fn new(folder: &Path, base: &str) -> Result<Site> {
        let folder = folder.canonicalize().with_context(|| format!("no folder {}", folder.display()))?;
        Ok(Site { folder, base: base.to_owned(), packed: None })
    }

    /// The same, its files sent gzipped to those who take that. A file that changes later is sent as it was.
    pub fn gzipped(self) -> Site {
        Site { packed: Some(Arc::default()), ..self }
    }

    /// A file gzipped; none where files are sent as they are.
    fn packed(&self, path: &Path) -> io::Result<Option<Arc<Vec<u8>>>> {
        let Some(packed) = &self.packed else { return Ok(None) };
        let mut packed = packed.lock().expect("no holder of this lock panics");
        if let Some(bytes) = packed.get(path) {
            return Ok(Some(bytes.clone()));
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&std::fs::read(path)?)?;
        let bytes = Arc::new(encoder.finish()?);
        packed.insert(path.to_owned(), bytes.clone());
        Ok(Some(bytes))
    }

    /// What a request for `url` (path and query) is answered with.
    fn answer(&self, url: &str) -> Answer {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let Some(relative) = path.strip_prefix(&self.base) else {
            let is_base = self.base.strip_suffix('/') == Some(path);
            return if is_base { Answer::Moved(self.base.clone()) } else { Answer::Nothing };
        };
        let Some(file) = inside(&self.folder, relative) else { return self.missing() };
        if !file.is_dir() {
            return if file.is_file() { Answer::Found(file) } else { self.missing() };
        }
        if !path.ends_with('/') {
            return Answer::Moved(format!("{path}/"));
        }
        let index = file.join("index.html");
        if index.is_file() { Answer::Found(index) } else { self.missing() }
    }

    fn missing(&self) -> Answer {
        let page = self.folder.join("404.html");
        if page.is_file() { Answer::Missing(page) } else { Answer::Nothing }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Found(PathBuf),
    Moved(String),
    Missing(PathBuf),
    Nothing,
}

/// A running server. It stops when dropped.
pub struct Server {
    listening: Option<JoinHandle<()>>,
    is_over: Arc<AtomicBool>,
    port: u16,
    base: String,
}

impl Server {
    /// Serves `site` at the first free port from `port` on; 0 takes any free port.
    ///
    /// # Errors
    /// When none of a hundred ports is free.
    pub fn start(site: Site, port: u16) -> Result<Server> {
        let listener = listen(port)?;
        let port = listener.local_addr().context("the server has no address")?.port();
        let base = site.base.clone();
        let (site, is_over) = (Arc::new(site), Arc::new(AtomicBool::new(false)));
        let is_closed = Arc::clone(&is_over);
        let listening = std::thread::spawn(move || {
            for stream in
                listener.incoming().map_while(|stream| (!is_closed.load(Ordering::SeqCst)).then_some(stream))
            {
                let site = Arc::clone(&site);
                if let Ok(stream) = stream {
                    // A browser that closes the connection early is no fault of ours.
                    std::thread::spawn(move || respond(&site, &stream).ok());
                }
            }
        });
        Ok(Server { listening: Some(listening), is_over, port, base })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `http://127.0.0.1:8080`, without a slash at the end.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The address of the site's first page: origin and base path.
    pub fn address(&self) -> String {
        format!("{}{}", self.origin(), self.base)
    }

    /// Takes no more connections: from now on there is nobody at its address.
    pub fn close(&self) {
        self.is_over.store(true, Ordering::SeqCst);
        // The listener looks up at the next connection; one that cannot be made has nobody to wake.
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(listening) = self.listening.take() {
            // A thread that panicked has said so.
            listening.join().ok();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close();
    }
}

fn listen(port: u16) -> Result<TcpListener> {
    let last = if port == 0 { 0 } else { port.saturating_add(MAX_PORT_TRIES - 1) };
    for candidate in port..=last {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", candidate)) {
            return Ok(listener);
        }
    }
    bail!("no free port on 127.0.0.1 from {port} to {last}")
}

/// Reads one request and answers it; the connection ends with it.
fn respond(site: &Site, stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(MAX_SILENCE))?;
    let mut lines = BufReader::new(stream.take(MAX_REQUEST_BYTES)).lines();
    let Some(first) = lines.next().transpose()? else { return Ok(()) };
    // What else the browser says makes little difference here, but must be heard before the connection ends.
    let mut takes_gzip = false;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        takes_gzip |= line.starts_with("accept-encoding:") && line.contains("gzip");
        if line.is_empty() {
            break;
        }
    }
    let mut words = first.split(' ');
    let (method, url) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let with_body = match method {
        "GET" => true,
        "HEAD" => false,
        _ => return send_text(stream, "405 Method Not Allowed", "", "this server only gives files\n"),
    };
    let answer = site.answer(url);
    if let (Answer::Found(path), true, "GET") = (&answer, takes_gzip, method)
        && let Some(bytes) = site.packed(path)?
    {
        send_head(stream, "200 OK", media_type(path), bytes.len() as u64, "Content-Encoding: gzip\r\n")?;
        let mut stream = stream;
        return stream.write_all(&bytes);
    }
    match answer {
        Answer::Found(path) => send_file(stream, &path, "200 OK", with_body),
        Answer::Missing(path) => send_file(stream, &path, "404 Not Found", with_body),
        Answer::Moved(to) => send_text(stream, "301 Moved Permanently", &format!("Location: {to}\r\n"), ""),
        Answer::Nothing => send_text(stream, "404 Not Found", "", "there is nothing here\n"),
    }
}

fn send_file(stream: &TcpStream, path: &Path, status: &str, with_body: bool) -> io::Result<()> {
    match File::open(path).and_then(|file| Ok((file.metadata()?.len(), file))) {
        Ok((n_bytes, file)) => {
            send_head(stream, status, media_type(path), n_bytes, "")?;
            let mut body = file.take(if with_body { n_bytes } else { 0 });
            io::copy(&mut body, &mut &*stream).map(|_| ())
        }
        Err(error) => {
            let text = format!("cannot read {}: {error}\n", path.display());
            send_text(stream, "500 Internal Server Error", "", &text)
        }
    }
}

fn send_text(mut stream: &TcpStream, status: &str, more: &str, text: &str) -> io::Result<()> {
    send_head(stream, status, media_type(Path::new("answer.txt")), text.len() as u64, more)?;
    stream.write_all(text.as_bytes())
}

/// Status and headers; `more` is whole header lines.
fn send_head(mut stream: &TcpStream, status: &str, media: &str, n_bytes: u64, more: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {n_bytes}\r\n\
         Cache-Control: no-cache\r\nConnection: close\r\n{more}\r\n"
    );
    stream.write_all(head.as_bytes())
}

/// The file that `relative` (percent-encoded, `/` between its parts) means, unless it would lie outside `folder`.
fn inside(folder: &Path, relative: &str) -> Option<PathBuf> {
    let mut path = folder.to_path_buf();
    for part in relative.split('/') {
        let part = decode(part)?;
        match part.as_str() {
            "" | "." => {}
            ".." => return None,
            name if name.contains(['/', '\\', ':', '\0']) => return None,
            name => path.push(name),
        }
    }
    // A symbolic link may point out of the folder; a path that does not exist is the caller's to see.
    match path.canonicalize() {
        Ok(real) if !real.starts_with(folder) => None,
        _ => Some(path),
    }
}

fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).expect("two hexadecimal digits are a byte"));
    }
    String::from_utf8(bytes).ok()
}

/// The media type by the file's ending.
pub fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
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
    use tempfile::TempDir;

    fn folder() -> TempDir {
        let dir = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(dir.path().join("site")).expect("a folder");
        std::fs::create_dir(dir.path().join("site/sub")).expect("a folder");
        for (name, text) in [
            ("secret.txt", "secret"),
            ("site/index.html", "index"),
            ("site/404.html", "missing"),
            ("site/app.wasm", "\0asm"),
            ("site/a b.js", "js"),
            ("site/sub/index.html", "sub"),
        ] {
            std::fs::write(dir.path().join(name), text).expect("a file");
        }
        dir
    }

    fn get(server: &Server, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("received");
        answer
    }

    #[track_caller]
    fn check(base: &str, path: &str, status: &str, text: &str, media: &str) {
        let dir = folder();
        let site = Site::new(&dir.path().join("site"), base).expect("the folder is there");
        let server = Server::start(site, 0).expect("a free port");
        let answer = get(&server, path);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer}");
        assert!(answer.ends_with(text), "{path}: {answer}");
        assert!(answer.contains(&format!("Content-Type: {media}")), "{path}: {answer}");
    }

    #[test]
    fn files_come_with_their_media_type() {
        check("/", "/", "200", "index", "text/html; charset=utf-8");
        check("/", "/app.wasm?v=1", "200", "\0asm", "application/wasm");
        check("/", "/a%20b.js", "200", "js", "text/javascript; charset=utf-8");
        check("/", "/sub/", "200", "sub", "text/html");
        check("/lab/", "/lab/", "200", "index", "text/html");
    }

    #[test]
    fn anything_else_is_the_404_page_with_status_404() {
        check("/", "/train", "404", "missing", "text/html");
        check("/lab/", "/lab/runs/7", "404", "missing", "text/html");
        check("/lab/", "/index.html", "404", "there is nothing here\n", "text/plain");
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in
            ["/../secret.txt", "/%2e%2e/secret.txt", "/sub/..%2f..%2fsecret.txt", "/..%5csecret.txt", "/%zz"]
        {
            check("/", path, "404", "missing", "text/html");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_symbolic_link_leads_out_of_the_folder() {
        let dir = folder();
        std::os::unix::fs::symlink(dir.path().join("secret.txt"), dir.path().join("site/link"))
            .expect("a link");
        let server =
            Server::start(Site::new(&dir.path().join("site"), "/").expect("there"), 0).expect("a free port");
        assert!(get(&server, "/link").ends_with("missing"));
    }

    #[test]
    fn a_folder_without_its_slash_is_redirected() {
        let dir = folder();
        let site = Site::new(&dir.path().join("site"), "/lab/").expect("there");
        assert_eq!(site.answer("/lab"), Answer::Moved("/lab/".to_owned()));
        assert_eq!(site.answer("/lab/sub"), Answer::Moved("/lab/sub/".to_owned()));
    }

    #[test]
    fn connections_without_a_request_hold_nobody_up() {
        let dir = folder();
        let site = Site::new(&dir.path().join("site"), "/").expect("there");
        let server = Server::start(site, 0).expect("a free port");
        let silent = |_| TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
        let silent: Vec<TcpStream> = (0..32).map(silent).collect();
        assert!(get(&server, "/").ends_with("index"));
        drop(silent);
    }

    #[test]
    fn who_takes_gzip_gets_it_where_the_site_has_it() {
        let dir = folder();
        let site = Site::new(&dir.path().join("site"), "/").expect("there").gzipped();
        let server = Server::start(site, 0).expect("a free port");
        assert!(get(&server, "/").ends_with("index"), "nobody asked for gzip");
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
        write!(stream, "GET / HTTP/1.1\r\nAccept-Encoding: br, gzip\r\n\r\n").expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("received");
        let head = String::from_utf8_lossy(&answer).into_owned();
        assert!(head.contains("Content-Encoding: gzip\r\n"), "{head}");
        let start = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head") + 4;
        let mut text = String::new();
        flate2::read::GzDecoder::new(&answer[start..]).read_to_string(&mut text).expect("gzip");
        assert_eq!(text, "index");
    }

    #[test]
    fn only_files_are_given() {
        let dir = folder();
        let site = Site::new(&dir.path().join("site"), "/").expect("there");
        let server = Server::start(site, 0).expect("a free port");
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("it listens");
        write!(stream, "POST / HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("received");
        assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    }

    #[test]
    fn nobody_answers_once_it_is_closed() {
        let dir = folder();
        let site = Site::new(dir.path(), "/").expect("there");
        let server = Server::start(site.clone(), 0).expect("a free port");
        server.close();
        // The listener ends with the connection that woke it.
        let is_refused = |_| TcpStream::connect(("127.0.0.1", server.port())).is_err();
        assert!((0..1_000).any(is_refused), "it still listens");
    }

    #[test]
    fn a_busy_port_takes_the_next() {
        let dir = folder();
        let site = Site::new(dir.path(), "/").expect("there");
        let first = Server::start(site.clone(), 0).expect("a free port");
        let second = Server::start(site, first.port()).expect("another free port");
        assert!(second.port() > first.port());
    }
}
