//! `reviewlab serve`: a project file in; the page and its HTTP interface out, until SIGTERM or Ctrl-C.
//! In: requests. Out: what `crates/api` answers, the site's files, health and metrics. Never: a request dropped by
//! an orderly end, a text kept or logged, or another address than loopback unless it was asked for.

mod bounds;
mod announce;
mod home;
mod follow;
mod metrics;
mod headers;
mod site;
#[cfg(feature = "embed-site")]
mod embedded;
mod guard;
mod answers;
mod deadline;
mod connections;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use crate::arguments::{ServeArguments, checked_token};
use crate::failure::Failure;
use announce::{Announcer, Happening};
use answers::Server;
use follow::Followed;
use guard::Guard;
use metrics::Metrics;
use site::Site;

/// Serves until told to end.
///
/// # Errors
/// Where the project is there and wrong, the site cannot be read, or nobody may listen there.
pub fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let announcer = Announcer { json: arguments.json };
    let token = token(arguments)?;
    let site = site(arguments)?;
    let followed = Followed::begin(&arguments.project, announcer)?;
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let threads = threads.map_err(|error| Failure::Fault(format!("no threads can be started: {error}")))?;
    threads.block_on(async {
        let listener = tokio::net::TcpListener::bind(arguments.listen).await;
        let listener = listener.map_err(|error| cannot_listen(arguments.listen, &error))?;
        let address = listener.local_addr().map_err(|error| cannot_listen(arguments.listen, &error))?;
        let server = Arc::new(Server {
            guard: Guard::new(token, address, arguments.only_hosts.clone()),
            metrics: Metrics::default(),
            site,
            followed: Arc::new(followed),
            at_work: answers::at_work(),
            buffered: answers::buffered(),
            patience: bounds::WAIT_TIME,
        });
        let following = tokio::spawn(Arc::clone(&server.followed).follow());
        if arguments.flows {
            crate::flow::beside(&arguments.project, arguments.json)?;
        }
        // Whoever hears that it listens may end it at once.
        let told_to_end = connections::told_to_end()?;
        announcer.say(&Happening::Listening { address, base: server.base() })?;
        let ended = connections::serve(listener, &server, announcer, told_to_end).await;
        following.abort();
        ended
    })
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::wrong(format!("Nobody can listen on {address} ({error}): choose another with --listen."))
}

/// The token of the command line, or of a file's first line.
fn token(arguments: &ServeArguments) -> Result<Option<String>, Failure> {
    let Some(path) = &arguments.token_file else { return Ok(arguments.token.clone()) };
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    let first = text.lines().next().unwrap_or_default().trim();
    let token = checked_token(first);
    token.map(Some).map_err(|sentence| Failure::wrong(format!("{}: {sentence}.", path.display())))
}

fn site(arguments: &ServeArguments) -> Result<Option<Site>, Failure> {
    arguments.site.as_deref().map_or_else(built_in, |folder: &Path| Site::in_folder(folder).map(Some))
}

#[cfg(feature = "embed-site")]
fn built_in() -> Result<Option<Site>, Failure> {
    Site::of_files(embedded::files(), "The site within this program").map(Some)
}

#[cfg(not(feature = "embed-site"))]
fn built_in() -> Result<Option<Site>, Failure> {
    Ok(None)
}
