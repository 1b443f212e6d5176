//! The first command of the README: from a fresh machine to the app in a browser.
//! In: a wished port. Out: tools set up, the site built in release, its address printed, files served until stopped.
//! Never: another address than 127.0.0.1.

use anyhow::{Context, Result};

use crate::server::{Server, Site};
use crate::tools::WasmOpt;
use crate::{arguments, site, tools, workspace};

const DEFAULT_PORT: u16 = 8080;

/// `cargo xtask serve [--port 8080]`.
///
/// # Errors
/// When a tool cannot be installed, the build fails, or no port is free.
pub fn run(words: &[String]) -> Result<()> {
    let [port] = arguments::options(words, ["--port"])?;
    let wished = match port {
        Some(word) => {
            word.parse().with_context(|| format!("`{word}` is no port: a number from 0 to 65535"))?
        }
        None => DEFAULT_PORT,
    };
    let tools = tools::setup()?;
    let wasm_opt = WasmOpt::find();
    if wasm_opt.is_none() {
        println!(
            "serve: there is no wasm-opt here, so the page is larger and a little slower than `cargo xtask dist` makes it"
        );
    }
    let out = workspace::target_dir().join("site").join("serve");
    println!("serve: building in release");
    site::build(&tools, wasm_opt.as_ref(), "/", &out)?;
    let server = Server::start(Site::new(&out, "/")?, wished)?;
    if wished != 0 && server.port() != wished {
        println!("serve: port {wished} is busy, so it is {}", server.port());
    }
    println!("serve: Reviewlab is at {} (Ctrl+C ends it)", server.origin());
    server.wait();
    Ok(())
}
