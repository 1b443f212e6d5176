//! A server in a process of its own, asked from this one: the interface, its bounds, the page, its beginning and end.

use conformance::{Case, Schemas, cases, faults_of, heard_over_http};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::run::{Said, Terminal};

const TOKEN: &str = "0123456789abcdef-token";
/// Longest wait for anything that a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; it is killed with its last owner.
struct Serving {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
    base: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer as it came.
#[derive(Clone, Debug)]
struct Response {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

fn begin(terminal: &Terminal, words: &[&str]) -> Serving {
    let words = [&["serve", "--listen", "127.0.0.1:0", "--json"], words].concat();
    let mut child = terminal.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut serving = Serving { child, out, address: String::new(), base: String::new() };
    let listening = serving.event("listening");
    serving.address = listening["address"].as_str().unwrap().to_owned();
    serving.base = listening["base"].as_str().unwrap().to_owned();
    serving
}

#[test]
fn a_server_runs_what_is_due_and_answers_with_what_came_of_it() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "1", "--models", "nb"]);
    terminal.must(&["flow", "deploy", "often", "--every", "10s", "--model-name", "shop"]);
    let mut serving = begin(&terminal, &["--project", "project.reviewlab", "--flows"]);
    while serving.event("loaded")["model"] != "models:/shop/1" {}
    let answer =
        serving.predict(&json!({ "texts": ["broken, waste of money"], "model": "models:/shop@champion" }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    // Nobody else writes the project meanwhile.
    let said = terminal.run(&["flow", "run", "retrain"]);
    assert!(said.err.contains("Another program writes project.reviewlab"), "{}", said.err);
    // Killed, it goes on where it was.
    drop(serving);
    terminal.must(&["flow", "run", "often"]);
}

/// A server of the suite's project.
fn begin_with_project(terminal: &Terminal, words: &[&str]) -> Serving {
    terminal.file("project.reviewlab", conformance::project());
    begin(terminal, words)
}

impl Serving {
    /// The next event of a name.
    fn event(&mut self, name: &str) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "the server ended before it said {name}");
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["event"] == name {
                return event;
            }
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a request of these header lines through a connection of its own.
    fn ask(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Response {
        let mut stream = self.connect();
        stream.write_all(&request(&self.address, method, path, headers, body)).unwrap();
        read_part(&mut stream, method != "HEAD").unwrap()
    }

    fn get(&self, path: &str) -> Response {
        self.ask("GET", path, &[], &[])
    }

    fn predict(&self, body: &Value) -> Response {
        let path = format!("{}api/predict", self.base);
        self.ask("POST", &path, &["Content-Type: application/json"], body.to_string().as_bytes())
    }

    fn schemas(&self) -> Schemas {
        Schemas::new(self.get(&format!("{}api/openapi.json", self.base)).json())
    }

    #[cfg(unix)]
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    #[cfg(unix)]
    fn ended(mut self) -> Said {
        let code = self.child.wait().unwrap().code();
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        Said { out, err, code }
    }
}

fn request(host: &str, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\n");
    if !headers.iter().any(|header| header.starts_with("Host:")) {
        text.push_str(&format!("Host: {host}\r\n"));
    }
    for header in headers {
        text.push_str(&format!("{header}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

/// Reads one answer, by its length.
fn read(stream: &mut TcpStream) -> std::io::Result<Response> {
    read_part(stream, true)
}

/// Reads one answer, or its head alone.
fn read_part(stream: &mut TcpStream, has_body: bool) -> std::io::Result<Response> {
    let mut bytes = Vec::new();
    let mut piece = [0; 64 << 10];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut response = Response { status: head[9..12].parse().unwrap(), head, body: Vec::new() };
            let length = response.header("content-length").filter(|_| has_body);
            let length = length.map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                response.body = bytes[end + 4..end + 4 + length].to_vec();
                return Ok(response);
            }
        }
        match stream.read(&mut piece)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            n_bytes => bytes.extend_from_slice(&piece[..n_bytes]),
        }
    }
}

/// Waits until something holds.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        thread::sleep(Duration::from_millis(50));
    }
}

/// A site as `cargo xtask dist` writes it, with the page's own head.
fn site(terminal: &Terminal, base: &str) -> String {
    let index = fs::read_to_string(crate::run::workspace().join("index.html")).unwrap();
    let (_, policy) = index.split_once("content=\"").unwrap();
    let policy = &policy[..policy.find('"').unwrap()];
    let folder = terminal.path("site");
    fs::create_dir_all(folder.join("samples")).unwrap();
    let headers = format!(
        "{base}*\n  Content-Security-Policy: {policy}; frame-ancestors 'none'\n  X-Content-Type-Options: nosniff\n\n{base}app-8bd6c2b0a9f3e1d7.js\n  Cache-Control: public, max-age=31536000, immutable\n"
    );
    for (name, text) in [
        ("index.html", index.as_str()),
        ("_headers", &headers),
        ("app-8bd6c2b0a9f3e1d7.js", &"let a = 1;\n".repeat(100)),
        ("app_bg.wasm", &"\0asm".repeat(1000)),
        ("logo.svg", "<svg/>"),
        ("ready.css", "not packed"),
        ("ready.css.gz", "packed"),
        ("samples/a.csv", "text,label\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    policy.to_owned()
}

#[test]
fn the_native_server_conforms() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let schemas = serving.schemas();
    let heard = |case: &Case| heard_over_http(&serving.address, "/api/", case).unwrap();
    let faults: Vec<String> =
        cases().iter().flat_map(|case| faults_of(case, &heard(case), &schemas)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn many_requests_at_once_are_each_answered_rightly() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let texts = ["good", "bad", "neither", "great great", "broken"];
    let expected: Vec<Vec<u8>> =
        texts.iter().map(|text| serving.predict(&json!({ "text": text })).body).collect();
    let long = json!({ "texts": vec!["bad ".repeat(2_000); 20], "words": 3 });
    let long_answer = serving.predict(&long).body;
    thread::scope(|scope| {
        for client in 0..64 {
            let (serving, expected, long, long_answer) = (&serving, &expected, &long, &long_answer);
            scope.spawn(move || {
                let mut stream = serving.connect();
                for round in 0..40 {
                    let place = (client + round) % texts.len();
                    let is_long = (client + round) % 20 == 0;
                    let body =
                        if is_long { long.to_string() } else { json!({ "text": texts[place] }).to_string() };
                    let headers = ["Content-Type: application/json"];
                    let asked = request(&serving.address, "POST", "/api/predict", &headers, body.as_bytes());
                    stream.write_all(&asked).unwrap();
                    let response = read(&mut stream).unwrap();
                    let right = if is_long { long_answer } else { &expected[place] };
                    assert_eq!((response.status, &response.body), (200, right));
                }
            });
        }
    });
    let metrics = serving.get("/metrics").text();
    let answered = format!("reviewlab_requests_total{{what=\"predict\",status=\"200\"}} {}", 64 * 40 + 6);
    assert!(metrics.lines().any(|line| line == answered), "{metrics}");
    assert!(metrics.contains("reviewlab_predictions_total{model=\"models:/shop/1\",label=\"negative\"}"));
    assert!(metrics.contains("\nreviewlab_ready 1\n"));
}

#[test]
fn what_is_no_request_is_refused_and_the_next_is_answered() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let schemas = serving.schemas();
    let problem = |response: &Response, status: u16, reason: &str| {
        assert_eq!((response.status, &response.json()["reason"]), (status, &json!(reason)), "{response:?}");
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        assert_eq!(schemas.faults(&schema, &response.json(), "it"), [""; 0]);
    };
    problem(&serving.ask("POST", "/health", &[], &[]), 405, "wrong_method");
    problem(&serving.ask("DELETE", "/", &[], &[]), 405, "wrong_method");
    problem(&serving.get("/nothing"), 404, "no_such_path");
    problem(&serving.get("/api"), 404, "no_such_path");
    problem(
        &serving.ask("OPTIONS", "/api/predict", &["Origin: http://example.org"], &[]),
        405,
        "wrong_method",
    );
    problem(&serving.ask("GET", "/api/models", &["Host: example.org"], &[]), 421, "wrong_host");
    // Bytes of no protocol, heads without end, and paths of any bytes.
    for bytes in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..], b"GET / HTTP/9.9\r\n\r\n", b"GET /\0 HTTP/1.1\r\n\r\n"]
    {
        let mut stream = serving.connect();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        // Refused or closed, as hyper does it.
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"), "{answer:?}");
    }
    let mut stream = serving.connect();
    let endless = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n", "a".repeat(100_000));
    let _ = stream.write_all(endless.as_bytes());
    assert_eq!(read(&mut stream).map_or(431, |response| response.status), 431);
    let head = serving.ask("HEAD", "/api/models", &[], &[]);
    assert_eq!((head.status, head.header("content-type")), (200, Some("application/json")));
    assert_eq!(serving.predict(&json!({ "text": "good" })).status, 200);
}

/// A connection on which a prediction has begun: `head` ends its head, and more may follow.
fn half_asked(serving: &Serving, head: &str) -> TcpStream {
    let mut stream = serving.connect();
    let head =
        format!("POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{head}");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn a_huge_body_is_refused_and_its_sender_hears_why() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let huge = vec![b' '; 32 << 20];
    let response = serving.ask("POST", "/api/predict", &["Content-Type: application/json"], &huge);
    assert_eq!((response.status, &response.json()["reason"]), (413, &json!("body_too_large")));
    // Without its length, in chunks.
    let mut stream = half_asked(&serving, "Transfer-Encoding: chunked\r\n\r\n");
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
    for _ in 0..8 {
        stream.write_all(&chunk).unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    assert_eq!(read(&mut stream).unwrap().status, 413);
    // Who asks first is told before anything is sent.
    let mut stream = half_asked(&serving, "Expect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n");
    assert_eq!(read(&mut stream).unwrap().status, 413);
    assert_eq!(serving.predict(&json!({ "text": "good" })).status, 200);
}

#[test]
fn connections_that_are_cut_leave_nothing_behind() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let body = json!({ "texts": vec!["bad ".repeat(1_000); 200] }).to_string();
    let whole = request(
        &serving.address,
        "POST",
        "/api/predict",
        &["Content-Type: application/json"],
        body.as_bytes(),
    );
    for cut in [1, 20, whole.len() / 2, whole.len() - 1, whole.len()] {
        for _ in 0..20 {
            let mut stream = serving.connect();
            stream.write_all(&whole[..cut]).unwrap();
            drop(stream);
        }
    }
    until("the end of all connections but this one", || {
        serving.get("/metrics").text().lines().any(|line| line == "reviewlab_connections 1")
    });
    assert_eq!(serving.predict(&json!({ "text": "good" })).status, 200);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let mut stream = half_asked(&serving, "Content-Length: 100\r\n\r\n{");
    let response = read(&mut stream).unwrap();
    assert_eq!((response.status, &response.json()["reason"]), (408, &json!("too_slow")));
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let mut streams = [serving.connect(), serving.connect()];
    streams[1].write_all(b"GET /health HTT").unwrap();
    for stream in &mut streams {
        let mut answer = Vec::new();
        // Within our own patience; nothing is answered to no question.
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"), "{answer:?}");
    }
    assert_eq!(serving.predict(&json!({ "text": "good" })).status, 200);
}

#[test]
fn a_client_that_does_not_read_is_not_waited_for() {
    let terminal = Terminal::new();
    site(&terminal, "/");
    // More than the system takes on its way.
    let large = vec![0; 48 << 20];
    terminal.file("site/large.png", &large);
    let serving = begin_with_project(&terminal, &["--site", "site"]);
    let mut stream = serving.connect();
    stream.write_all(&request(&serving.address, "GET", "/large.png", &[], &[])).unwrap();
    let begun = Instant::now();
    until("the end of all connections but this one", || {
        serving.get("/metrics").text().lines().any(|line| line == "reviewlab_connections 1")
    });
    assert!(begun.elapsed() > Duration::from_secs(5), "slow is not silent: {:?}", begun.elapsed());
    let mut rest = Vec::new();
    // Cut, with or without what the system still had.
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.len() < large.len(), "it was not cut");
    assert!(serving.get("/large.png").body == large, "who reads has it whole");
}

#[test]
fn names_can_be_chosen_that_are_answered_to() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &["--only-host", "lab.example", "--only-host", "lab"]);
    let named = |host: &str| serving.ask("GET", "/api/models", &[&format!("Host: {host}")], &[]);
    for host in ["lab.example:8000", "LAB", "localhost", "127.0.0.1:80"] {
        assert_eq!(named(host).status, 200, "{host}");
    }
    let refused = named("rebound.example");
    assert_eq!((refused.status, &refused.json()["reason"]), (421, &json!("wrong_host")));
}

#[cfg(feature = "embed-site")]
#[test]
fn the_site_within_the_program_is_served() {
    let folder = std::path::PathBuf::from(std::env::var_os("REVIEWLAB_SITE").unwrap());
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let page = serving.get("/");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(page.body, fs::read(folder.join("index.html")).unwrap());
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let sample = serving.get("/samples/a.csv");
    assert_eq!(sample.body, fs::read(folder.join("samples/a.csv")).unwrap());
    assert_eq!(serving.predict(&json!({ "text": "good" })).status, 200);
    // Another site takes its place.
    site(&terminal, "/reviewlab/");
    assert_eq!(begin(&terminal, &["--site", "site"]).base, "/reviewlab/");
}

#[test]
fn a_token_is_asked_for_and_health_tells_strangers_little() {
    let terminal = Terminal::new();
    terminal.file("token", format!("{TOKEN}\nanother line\n"));
    let serving = begin_with_project(&terminal, &["--token-file", "token"]);
    for path in ["/api/models", "/api/openapi.json", "/metrics"] {
        for header in ["X: y", "Authorization: Bearer 0123456789abcdef-tokem", "Authorization: Basic abc"] {
            let response = serving.ask("GET", path, &[header], &[]);
            assert_eq!(
                (response.status, &response.json()["reason"]),
                (401, &json!("unauthorized")),
                "{path}"
            );
            assert_eq!(response.header("www-authenticate"), Some("Bearer realm=\"reviewlab\""));
        }
        let known = serving.ask("GET", path, &[&format!("Authorization: Bearer {TOKEN}")], &[]);
        assert_eq!(known.status, 200, "{path}");
    }
    assert_eq!(serving.predict(&json!({ "text": "good" })).status, 401);
    let health = serving.get("/health");
    assert_eq!((health.status, health.json().get("model")), (200, None));
    let known = serving.ask("GET", "/health", &[&format!("Authorization: Bearer {TOKEN}")], &[]);
    assert_eq!(known.json()["model"], "models:/shop/1");
    let said = terminal.run(&["serve", "--token-file", "project.reviewlab"]);
    assert_eq!((said.code, said.err.lines().count()), (Some(1), 1), "{}", said.err);
}

#[test]
fn the_project_file_is_followed() {
    let terminal = Terminal::new();
    let mut serving = begin(&terminal, &["--project", "later.reviewlab"]);
    let health = serving.get("/health");
    assert_eq!((health.status, &health.json()["status"]), (503, &json!("not ready")));
    assert!(health.json()["fault"].as_str().unwrap().contains("there is no such file yet"), "{health:?}");
    let refused = serving.predict(&json!({ "text": "good" }));
    assert_eq!((refused.status, &refused.json()["reason"]), (503, &json!("no_model")));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(serving.get("/api/models").json(), json!({ "answering": null, "models": [] }));
    let url = format!("http://{}", serving.address);
    let said = terminal.run(&["health", "--url", &url]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains("is not ready: later.reviewlab: there is no such file yet"), "{}", said.err);
    // A file comes, as every program that does it well writes it.
    let replace = |bytes: &[u8]| {
        terminal.file("partial", bytes);
        fs::rename(terminal.path("partial"), terminal.path("later.reviewlab")).unwrap();
    };
    replace(&conformance::project());
    assert_eq!(serving.event("loaded")["model"], "models:/shop/1");
    let answer = serving.predict(&json!({ "text": "good" }));
    assert_eq!(answer.json()["model"]["address"], "models:/shop/1");
    assert_eq!(terminal.must(&["health", "--url", &url]).out, "ready, with models:/shop/1\n");
    // A broken one comes; the old models answer on.
    let whole = conformance::project();
    replace(&whole[..whole.len() / 2]);
    assert!(serving.event("unreadable")["fault"].as_str().unwrap().contains("cut short"));
    until("the fault", || serving.get("/health").json().get("fault").is_some());
    let health = serving.get("/health");
    assert_eq!((health.status, &health.json()["model"]), (200, &json!("models:/shop/1")));
    assert!(health.json()["fault"].as_str().unwrap().contains("cut short"), "{health:?}");
    assert_eq!(serving.predict(&json!({ "text": "good" })).body, answer.body);
    assert!(serving.get("/metrics").text().contains("\nreviewlab_project_current 0\n"));
    // A whole one heals it.
    replace(&whole);
    until("the end of the fault", || serving.get("/health").json().get("fault").is_none());
    fs::remove_file(terminal.path("later.reviewlab")).unwrap();
    until("the fault", || {
        serving.get("/health").json()["fault"].as_str().is_some_and(|it| it.ends_with("is gone."))
    });
    assert_eq!(serving.predict(&json!({ "text": "good" })).body, answer.body);
}

#[test]
fn a_trained_project_answers_before_anything_is_registered() {
    let terminal = Terminal::new();
    terminal.summary(&["--trials", "2", "--models", "nb"]);
    let serving = begin(&terminal, &[]);
    let answer = serving.predict(&json!({ "text": "waste of money, never buying again", "words": 3 })).json();
    assert_eq!(answer["predictions"][0]["label"], "negative");
    assert!(answer["model"]["address"].as_str().unwrap().starts_with("runs:/"), "{answer}");
    let words = ["predict", "--model", "project.reviewlab", "--json", "waste of money, never buying again"];
    let told: Value = serde_json::from_str(&terminal.must(&words).out).unwrap();
    assert_eq!(told[0]["probabilities"], answer["predictions"][0]["probabilities"]);
}

#[cfg(unix)]
#[test]
fn the_end_waits_for_requests_in_flight() {
    let terminal = Terminal::new();
    let mut serving = begin_with_project(&terminal, &[]);
    let body = json!({ "texts": vec!["bad ".repeat(1_000); 100], "words": 1 }).to_string();
    let whole = request(
        &serving.address,
        "POST",
        "/api/predict",
        &["Content-Type: application/json"],
        body.as_bytes(),
    );
    // Half of each request is there when the end is asked for.
    let mut streams: Vec<TcpStream> = (0..16).map(|_| serving.connect()).collect();
    for stream in &mut streams {
        stream.write_all(&whole[..whole.len() / 2]).unwrap();
    }
    let mut idle = serving.connect();
    idle.write_all(&request(&serving.address, "GET", "/health", &[], &[])).unwrap();
    assert_eq!(read(&mut idle).unwrap().status, 200);
    serving.signal("-TERM");
    serving.event("ending");
    let answers = thread::scope(|scope| {
        let rest = &whole[whole.len() / 2..];
        let finish = |mut stream: TcpStream| {
            stream.write_all(rest).unwrap();
            read(&mut stream).unwrap()
        };
        let threads: Vec<_> = streams.into_iter().map(|stream| scope.spawn(move || finish(stream))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    for answer in &answers {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["predictions"].as_array().unwrap().len(), 100);
    }
    assert!(TcpStream::connect(&serving.address).is_err(), "nobody new is let in");
    let ended = serving.event("ended");
    assert_eq!(ended["n_cut"], 0);
    let said = serving.ended();
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn an_interruption_of_an_idle_server_ends_it_at_once() {
    let terminal = Terminal::new();
    let serving = begin_with_project(&terminal, &[]);
    let begun = Instant::now();
    serving.signal("-INT");
    assert_eq!(serving.ended().code, Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn the_page_comes_with_its_policy_types_and_packed() {
    let terminal = Terminal::new();
    let policy = site(&terminal, "/");
    let serving = begin_with_project(&terminal, &["--site", "site"]);
    let sent = format!("{policy}; frame-ancestors 'none'");
    for (path, media, cache) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/runs/7", "text/html; charset=utf-8", "no-cache"),
        ("/app_bg.wasm", "application/wasm", "no-cache"),
        ("/app-8bd6c2b0a9f3e1d7.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/logo.svg?a=b", "image/svg+xml", "no-cache"),
        ("/samples/a.csv", "text/csv; charset=utf-8", "no-cache"),
    ] {
        let response = serving.get(path);
        assert_eq!((response.status, response.header("content-type")), (200, Some(media)), "{path}");
        assert_eq!(response.header("content-security-policy"), Some(sent.as_str()), "{path}");
        assert_eq!(response.header("cache-control"), Some(cache), "{path}");
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(response.header("reviewlab-interface"), Some("here"), "{path}");
    }
    assert!(serving.get("/_headers").text().starts_with("<!doctype html>"), "a page the app does not know");
    for path in ["/../project.reviewlab", "/%2e%2e/project.reviewlab", "/missing.js"] {
        assert_eq!(serving.get(path).status, 404, "{path}");
    }
    let takes_gzip = ["Accept-Encoding: gzip, br"];
    let wasm = serving.ask("GET", "/app_bg.wasm", &takes_gzip, &[]);
    assert_eq!(
        (wasm.header("content-encoding"), wasm.header("vary")),
        (Some("gzip"), Some("accept-encoding"))
    );
    assert!(wasm.body.len() < 200 && wasm.body.starts_with(&[0x1f, 0x8b]), "{}", wasm.body.len());
    assert_eq!(serving.get("/app_bg.wasm").body.len(), 4_000);
    assert_eq!(serving.ask("GET", "/ready.css", &takes_gzip, &[]).text(), "packed");
    assert_eq!(serving.get("/ready.css").text(), "not packed");
    let tag = format!("If-None-Match: {}", wasm.header("etag").unwrap());
    let same = serving.ask("GET", "/app_bg.wasm", &[&tag], &[]);
    assert_eq!((same.status, same.body.len()), (304, 0));
    assert_eq!(serving.ask("HEAD", "/app_bg.wasm", &[], &[]).header("content-length"), Some("4000"));
}

#[test]
fn a_site_below_a_path_has_its_interface_there() {
    let terminal = Terminal::new();
    site(&terminal, "/reviewlab/");
    let serving = begin_with_project(&terminal, &["--site", "site"]);
    assert_eq!(serving.base, "/reviewlab/");
    for path in ["/", "/reviewlab"] {
        let moved = serving.get(path);
        assert_eq!((moved.status, moved.header("location")), (307, Some("/reviewlab/")), "{path}");
    }
    assert_eq!(serving.get("/reviewlab/logo.svg").text(), "<svg/>");
    assert_eq!(serving.predict(&json!({ "text": "good" })).status, 200);
    assert_eq!((serving.get("/api/models").status, serving.get("/reviewlab/api/models").status), (404, 200));
    assert_eq!(serving.get("/health").status, 200);
}

#[test]
fn what_cannot_be_served_is_said_in_one_sentence() {
    let terminal = Terminal::new();
    site(&terminal, "/");
    fs::create_dir(terminal.path("empty")).unwrap();
    let whole = conformance::project();
    terminal.file("cut.reviewlab", &whole[..whole.len() - 100]);
    terminal.file("project.reviewlab", whole);
    let other_policy =
        fs::read_to_string(terminal.path("site/_headers")).unwrap().replace("'none'", "'self'");
    fs::create_dir(terminal.path("other")).unwrap();
    fs::copy(terminal.path("site/index.html"), terminal.path("other/index.html")).unwrap();
    fs::write(terminal.path("other/_headers"), other_policy).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = listener.local_addr().unwrap().to_string();
    for (words, expected) in [
        (["--project", "cut.reviewlab"], "damaged or cut short"),
        (["--site", "nowhere"], "nowhere: No such file"),
        (["--site", "empty"], "empty holds no index.html: name the folder that `cargo xtask dist` wrote."),
        (["--site", "other"], "other: _headers and index.html have different content security policies"),
        (["--listen", &busy], "Nobody can listen on 127.0.0.1:"),
    ] {
        let said = terminal.run(&[&["serve"], words.as_slice()].concat());
        assert_eq!((said.code, said.err.lines().count()), (Some(1), 1), "{}", said.err);
        assert!(said.err.contains(expected), "{}", said.err);
    }
    let said = terminal.run(&["health", "--url", "http://127.0.0.1:9"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.starts_with("reviewlab: 127.0.0.1:9 does not answer: "), "{}", said.err);
}
