//! The driver's process: chromedriver at a port of its own choice.
//! In: the driver's program. Out: its address; it is ended when dropped.
//! Never: a fixed port.

use anyhow::{Context, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running driver.
pub struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver and waits until it says its port.
    ///
    /// # Errors
    /// When it does not start, or says none.
    pub fn start(program: &Path) -> Result<Driver> {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut lines = BufReader::new(process.stdout.take().context("its stdout is a pipe")?).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| port_in(&line));
        // A pipe that nobody empties would stop it one day.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let Some(port) = port else {
            process.kill().ok();
            bail!("{} ended without saying its port", program.display());
        };
        Ok(Driver { process, port })
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // If it has ended by itself there is nothing left to do.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// 9515 in `ChromeDriver was started successfully on port 9515.`
fn port_in(line: &str) -> Option<u16> {
    let (_, after) = line.split_once("successfully on port ")?;
    after.trim_end().trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 40231."), Some(40231));
        assert_eq!(port_in("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
    }
}
