//! A server that knows only files, as the hosts do that the page is made for.
//! In: a folder, the path it stands under, a port. Out: files with their media type; for anything else
//! `404.html` with status 404, which is how a deep link reaches the app.
//! Never: a file outside the folder, a listing, another address than 127.0.0.1.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use tiny_http::{Header, Method, Request, Response};

/// How many files are sent at the same time.
const N_THREADS: usize = 4;
/// How many ports after the wished one are tried.
const MAX_PORT_TRIES: u16 = 100;

/// A folder and the path it is served under.
#[derive(Debug, Clone)]
pub struct Site {
    folder: PathBuf,
    base: String,
}

impl Site {
    /// `base` begins and ends with a slash: `/` or `/reviewlab/`.
    ///
    /// # Errors
    /// When the folder does not exist.
    pub fn new(folder: &Path, base: &str) -> Result<Site> {
        let folder = folder.canonicalize().with_context(|| format!("no folder {}", folder.display()))?;
        Ok(Site { folder, base: base.to_owned() })
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
    http: Arc<tiny_http::Server>,
    threads: Vec<JoinHandle<()>>,
    port: u16,
    base: String,
}

impl Server {
    /// Serves `site` at the first free port from `port` on; 0 takes any free port.
    ///
    /// # Errors
    /// When none of a hundred ports is free.
    pub fn start(site: Site, port: u16) -> Result<Server> {
        let http = Arc::new(listen(port)?);
        let port = http.server_addr().to_ip().context("the server listens on no network address")?.port();
        let base = site.base.clone();
        let site = Arc::new(site);
        let threads = (0..N_THREADS)
            .map(|_| {
                let (http, site) = (Arc::clone(&http), Arc::clone(&site));
                std::thread::spawn(move || {
                    while let Ok(request) = http.recv() {
                        respond(&site, request);
                    }
                })
            })
            .collect();
        Ok(Server { http, threads, port, base })
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

    /// Serves until the process ends.
    pub fn wait(mut self) {
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so; the others go on serving.
            thread.join().ok();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for _ in &self.threads {
            self.http.unblock();
        }
    }
}

fn listen(port: u16) -> Result<tiny_http::Server> {
    let last = if port == 0 { 0 } else { port.saturating_add(MAX_PORT_TRIES - 1) };
    for candidate in port..=last {
        if let Ok(server) = tiny_http::Server::http(("127.0.0.1", candidate)) {
            return Ok(server);
        }
    }
    bail!("no free port on 127.0.0.1 from {port} to {last}")
}

fn respond(site: &Site, request: Request) {
    if !matches!(request.method(), Method::Get | Method::Head) {
        send(request, Response::from_string("this server only gives files\n").with_status_code(405));
        return;
    }
    match site.answer(request.url()) {
        Answer::Found(path) => send_file(request, &path, 200),
        Answer::Missing(path) => send_file(request, &path, 404),
        Answer::Moved(to) => {
            send(
                request,
                Response::from_string("").with_status_code(301).with_header(header("Location", &to)),
            );
        }
        Answer::Nothing => {
            send(request, Response::from_string("there is nothing here\n").with_status_code(404))
        }
    }
}

fn send_file(request: Request, path: &Path, status: u16) {
    match File::open(path) {
        Ok(file) => {
            let response = Response::from_file(file).with_status_code(status);
            send(request, response.with_header(header("Content-Type", media_type(path))));
        }
        Err(error) => {
            let text = format!("cannot read {}: {error}\n", path.display());
            send(request, Response::from_string(text).with_status_code(500));
        }
    }
}

fn send<R: std::io::Read>(request: Request, response: Response<R>) {
    let response = response.with_header(header("Cache-Control", "no-cache"));
    // A browser that closes the connection early is no fault of ours.
    request.respond(response).ok();
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values here are plain ASCII, as URLs of requests are")
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
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
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
    fn a_busy_port_takes_the_next() {
        let dir = folder();
        let site = Site::new(dir.path(), "/").expect("there");
        let first = Server::start(site.clone(), 0).expect("a free port");
        let second = Server::start(site, first.port()).expect("another free port");
        assert!(second.port() > first.port());
    }
}
