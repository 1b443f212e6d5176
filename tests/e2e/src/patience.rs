//! Waiting for something to become true.
//! In: a question that is asked again and again. Out: its answer, or an error once the deadline is over.
//! Never: a wait of fixed length.

use anyhow::{Result, bail};
use std::future::Future;
use std::time::{Duration, Instant};

/// How long a person would wait for a control, if nothing else is said.
pub const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until there is an answer.
///
/// # Errors
/// The question's own error at once; or that `what` did not happen in time.
pub async fn until<T, F, Asked>(patience: Duration, what: &str, mut ask: F) -> Result<T>
where
    F: FnMut() -> Asked,
    Asked: Future<Output = Result<Option<T>>>,
{
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if started.elapsed() > patience {
            bail!("waited {:.1} s in vain for {what}", patience.as_secs_f64());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_asks_until_there_is_an_answer() {
        let mut n_asked = 0;
        let answer = until(PATIENCE, "three", || {
            n_asked += 1;
            let answer = (n_asked == 3).then_some(n_asked);
            async move { Ok(answer) }
        });
        assert_eq!(answer.await.expect("in time"), 3);
    }

    #[tokio::test]
    async fn it_gives_up_and_says_what_was_missing() {
        let never = until(Duration::ZERO, "rain", || async { Ok(None::<()>) });
        assert_eq!(never.await.expect_err("too late").to_string(), "waited 0.0 s in vain for rain");
    }
}
