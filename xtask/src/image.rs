//! The container image: page, HTTP interface and program, and nothing else.
//! In: the workspace, buildah, podman or docker. Out: the image `reviewlab`; with `--check` also what it answers.
//! Never: something pulled, or a program that needs a library of the system's.

use anyhow::{Context as _, Result, ensure};
use conformance::{Case, Schemas, cases, faults_of, heard_over_http};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::tools::{self, Found, WasmOpt};
use crate::{arguments, process, site, workspace};

const TARGET: &str = "x86_64-unknown-linux-musl";
const IMAGE: &str = "reviewlab";
/// Who the program runs as.
const USER: u32 = 65532;
/// Those that build from a Dockerfile, the likeliest first.
const BUILDERS: [&str; 3] = ["buildah", "podman", "docker"];
/// How long a container may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// `cargo xtask image [--check] [--site FOLDER]`.
///
/// # Errors
/// When something cannot be built, or the container does not answer as it should.
pub fn run(words: &[String]) -> Result<()> {
    let (is_check, options) = match words.split_first() {
        Some((word, options)) if word == "--check" => (true, options),
        _ => (false, words),
    };
    let [site] = arguments::options(options, ["--site"])?;
    let folder = workspace::target_dir().join("image");
    let context = folder.join("context");
    fill(&context, site.as_deref().map(Path::new))?;
    if is_check {
        let buildah = ensure_buildah()?;
        build(&buildah, &context)?;
        return check(&buildah, &folder);
    }
    let builder = BUILDERS.iter().find_map(|name| process::find(name)).map_or_else(ensure_buildah, Ok)?;
    build(&builder, &context)?;
    println!("image: `{IMAGE}` is built; `docker compose up` or `podman-compose up` starts it");
    Ok(())
}

/// Site and program, where the Dockerfile finds them. `built`: a site for the base path `/`, where it need not be built.
fn fill(context: &Path, built: Option<&Path>) -> Result<()> {
    fs::create_dir_all(context.join("project"))?;
    let site = context.join("site");
    if site.exists() {
        fs::remove_dir_all(&site)?;
    }
    match built {
        Some(built) => copy_folder(built, &site)?,
        None => site::build(&tools::setup()?, WasmOpt::ensure()?.as_ref(), "/", &site)?,
    }
    tools::step(TARGET, || tools::add_target(TARGET))?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--profile", "native", "--package", "reviewlab-cli", "--target", TARGET]);
    process::run(&mut cargo)?;
    let program = workspace::target_dir().join(TARGET).join("native").join("reviewlab");
    check_is_static(&fs::read(&program).with_context(|| format!("cannot read {}", program.display()))?)?;
    fs::copy(&program, context.join("reviewlab"))?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy_folder(&from, &to)? } else { fs::copy(&from, &to).map(|_| ())? }
    }
    Ok(())
}

/// A program that another must load stands in no empty image: its ELF file would have a segment `PT_INTERP`.
fn check_is_static(program: &[u8]) -> Result<()> {
    const PT_INTERP: u32 = 3;
    let number = |at: usize, n_bytes: usize| -> Result<u64> {
        let bytes = program.get(at..at + n_bytes).context("the program is cut short")?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    };
    ensure!(program.starts_with(b"\x7fELF\x02\x01"), "the program is no ELF file of 64 bits");
    // ELF-64: e_phoff at 32, e_phentsize at 54, e_phnum at 56; p_type is a segment's first number.
    let (first, n_bytes, n_segments) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    for segment in 0..n_segments {
        let kind = number((first + segment * n_bytes) as usize, 4)?;
        ensure!(kind != u64::from(PT_INTERP), "the program needs a library of the system's");
    }
    Ok(())
}

fn build(builder: &Path, context: &Path) -> Result<()> {
    let mut command = process::in_root(builder);
    command.arg("build");
    if builder.ends_with("buildah") || builder.ends_with("podman") {
        // Health checks are Docker's; images of OCI's own form have none.
        command.args(["--format", "docker", "--isolation", "chroot"]);
    }
    command.args(["--pull=false", "--tag", IMAGE, "--file", "Dockerfile"]);
    process::run(command.arg(context))
}

fn ensure_buildah() -> Result<PathBuf> {
    if process::find("buildah").is_none() && tools::is_debian() && tools::is_root() {
        tools::step("buildah", || {
            tools::apt_install(&["buildah"])?;
            Ok((Found::Installed, ()))
        })?;
    }
    process::find("buildah").context("buildah is missing: Debian, Ubuntu: `sudo apt-get install buildah`; Fedora: `sudo dnf install buildah`")
}

/// Starts the image without a container engine, and asks it everything.
fn check(buildah: &Path, folder: &Path) -> Result<()> {
    let inspected = process::capture(process::in_root(buildah).args(["inspect", "--type", "image", IMAGE]))?;
    for wanted in ["\"Healthcheck\"", "\"65532:65532\"", "\"/reviewlab\""] {
        ensure!(inspected.contains(wanted), "the image says nothing of {wanted}");
    }
    let project = folder.join("checked-project");
    fs::create_dir_all(&project)?;
    fs::write(project.join("project.reviewlab"), conformance::project())?;
    let container = Container::start(buildah, &project)?;
    container.wait()?;
    let health =
        container.command(&["/reviewlab", "health", "--url", &format!("http://{}", container.address)]);
    let said = process::capture(&mut { health })?;
    ensure!(said.starts_with("ready, with models:/shop/1"), "its health is: {said}");
    let description =
        heard_over_http(&container.address, "/api/", &Case::get("its description", "openapi.json"))?;
    let schemas = Schemas::new(serde_json::from_str(&description.body)?);
    let mut faults = Vec::new();
    let cases = cases();
    for case in &cases {
        faults.extend(faults_of(case, &heard_over_http(&container.address, "/api/", case)?, &schemas));
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    check_page(&container)?;
    println!("image: {} requests are answered as they should be, and so are page and health", cases.len());
    container.end()
}

/// The page comes whole, with its own policy as a header.
fn check_page(container: &Container) -> Result<()> {
    use std::io::{Read as _, Write as _};

    let mut stream = std::net::TcpStream::connect(&container.address)?;
    write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, html) = answer.split_once("\r\n\r\n").context("the page is not of HTTP")?;
    let policy = site::content_security_policy(html).context("the page carries no policy")?;
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    let sent = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-security-policy"));
    let expected = format!("{policy}; frame-ancestors 'none'");
    ensure!(
        sent.is_some_and(|(_, sent)| sent == expected),
        "the page's policy is {policy}, its header {sent:?}"
    );
    Ok(())
}

/// A working container, removed when it is dropped.
struct Container {
    buildah: PathBuf,
    name: String,
    project: PathBuf,
    address: String,
    server: Option<Child>,
}

impl Container {
    fn start(buildah: &Path, project: &Path) -> Result<Self> {
        let name = process::capture(process::in_root(buildah).args(["from", "--pull-never", IMAGE]))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut container = Self {
            buildah: buildah.to_path_buf(),
            name: name.trim().to_owned(),
            project: project.to_path_buf(),
            address: address.clone(),
            server: None,
        };
        let words = [
            "/reviewlab",
            "serve",
            "--project",
            "/project/project.reviewlab",
            "--listen",
            &address,
            "--site",
            "/site",
        ];
        let mut command = container.command(&words);
        container.server = Some(command.spawn()?);
        Ok(container)
    }

    /// A program in the container, as its user, with the project where its volume would be.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = process::in_root(&self.buildah);
        command.args(["run", "--isolation", "chroot", "--user", &format!("{USER}:{USER}"), "--volume"]);
        command.arg(format!("{}:/project:ro", self.project.display()));
        command.arg(&self.name).arg("--").args(words);
        command
    }

    fn wait(&self) -> Result<()> {
        let begun = Instant::now();
        let health = Case::get("its models", "models");
        while heard_over_http(&self.address, "/api/", &health).is_err() {
            ensure!(begun.elapsed() < PATIENCE, "the container does not answer at {}", self.address);
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Tells the server to end, and sees that it does so well.
    fn end(mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        self.tell_to_end();
        let status = server.wait()?;
        ensure!(status.success(), "told to end, the container ended with {status}");
        Ok(())
    }

    /// buildah does not pass signals on, so the program itself is told.
    fn tell_to_end(&self) {
        if let Some(process) = self.process() {
            Command::new("kill").args(["-TERM", &process]).status().ok();
        }
    }

    /// The number of the process that serves at our address.
    fn process(&self) -> Option<String> {
        let is_ours = |folder: &Path| {
            let line = fs::read(folder.join("cmdline")).unwrap_or_default();
            let mut words = line.split(|byte| *byte == 0);
            words.next() == Some(b"/reviewlab") && words.any(|word| word == self.address.as_bytes())
        };
        let mut folders = fs::read_dir("/proc").ok()?.flatten().map(|entry| entry.path());
        let found = folders.find(|folder| is_ours(folder))?;
        Some(found.file_name()?.to_string_lossy().into_owned())
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            self.tell_to_end();
            server.wait().ok();
        }
        process::capture(process::in_root(&self.buildah).args(["rm", &self.name])).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf(kinds: &[u32]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(64, 0);
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = kinds.len() as u8;
        for kind in kinds {
            bytes.extend_from_slice(&kind.to_le_bytes());
            bytes.extend_from_slice(&[0; 52]);
        }
        bytes
    }

    #[test]
    fn programs_that_need_a_loader_are_told_apart() {
        assert!(check_is_static(&elf(&[1, 1, 2])).is_ok());
        assert!(check_is_static(&elf(&[1, 3, 2])).is_err());
        assert!(check_is_static(&elf(&[1])[..66]).is_err());
        assert!(check_is_static(b"MZ").is_err());
    }
}
