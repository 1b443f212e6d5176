//! A second line to the browser, beside the driver: it sees the console, the requests and the policy reports of every
//! page and every worker from their first instruction on, and can ask what WebDriver cannot.
//! In: the browser's own debugging address. Out: answers to commands, and what was observed.
//! Never: an observation thrown away before it was asked for.

use anyhow::{Context, Result, anyhow, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

mod observed;

use crate::patience::{PATIENCE, until};
pub use observed::{ConsoleLine, Level, Observed, Target};

/// How long the browser may take for one command.
const MAX_ANSWER: Duration = Duration::from_secs(60);

/// The line to the browser.
#[derive(Clone)]
pub struct Devtools {
    orders: mpsc::UnboundedSender<Order>,
    observed: Arc<Mutex<Observed>>,
}

/// A command on its way out.
struct Order {
    session: Option<String>,
    method: &'static str,
    params: Value,
    answer: Option<oneshot::Sender<Result<Value>>>,
}

impl Devtools {
    /// Connects to the browser that uses this profile, and attaches to all its pages and workers, present and future.
    ///
    /// # Errors
    /// When the browser has written no debugging address, or does not answer there.
    pub async fn connect(profile: &Path) -> Result<Devtools> {
        let note = profile.join("DevToolsActivePort");
        let address = until(PATIENCE, "the browser's debugging address", || {
            let text = std::fs::read_to_string(&note).unwrap_or_default();
            async move { Ok(address_in(&text)) }
        });
        let (socket, _) =
            tokio_tungstenite::connect_async(address.await?).await.context("the browser's debugging line")?;
        let (orders, inbox) = mpsc::unbounded_channel();
        let observed = Arc::new(Mutex::new(Observed::default()));
        tokio::spawn(pump(socket, inbox, orders.clone(), Arc::clone(&observed)));
        let devtools = Devtools { orders, observed };
        devtools.call(None, "Target.setAutoAttach", auto_attach()).await?;
        Ok(devtools)
    }

    /// Gives a command to a page or worker (a session), or to the browser itself, and waits for the answer.
    ///
    /// # Errors
    /// When the browser refuses it or does not answer.
    pub async fn call(&self, session: Option<&str>, method: &'static str, params: Value) -> Result<Value> {
        let (answer, answered) = oneshot::channel();
        let order = Order { session: session.map(str::to_owned), method, params, answer: Some(answer) };
        self.orders.send(order).map_err(|_| anyhow!("the browser is gone"))?;
        let outcome = tokio::time::timeout(MAX_ANSWER, answered).await;
        outcome.with_context(|| format!("{method} was not answered"))?.context("the browser is gone")?
    }

    /// The session of the page whose window has this handle.
    ///
    /// # Errors
    /// When the browser does not report such a page in time.
    pub async fn session_of(&self, window: &str) -> Result<String> {
        until(PATIENCE, "the page's debugging session", || {
            let session = self.observed().session_of(window);
            async move { Ok(session) }
        })
        .await
    }

    /// What has been observed so far. The lock must not be held over an `.await`.
    pub fn observed(&self) -> MutexGuard<'_, Observed> {
        self.observed.lock().expect("no holder of this lock panics")
    }
}

/// `ws://127.0.0.1:PORT/devtools/browser/ID`, from the two lines that the browser leaves in its profile.
fn address_in(text: &str) -> Option<String> {
    let (port, path) = text.split_once('\n')?;
    path.starts_with("/devtools/").then(|| format!("ws://127.0.0.1:{}{}", port.trim(), path.trim()))
}

/// New targets wait until their domains are on, so that not even their first line is missed.
fn auto_attach() -> Value {
    json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true })
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// Carries orders out and answers and events in, until either side ends.
async fn pump(
    mut socket: Socket,
    mut inbox: mpsc::UnboundedReceiver<Order>,
    orders: mpsc::UnboundedSender<Order>,
    observed: Arc<Mutex<Observed>>,
) {
    let mut waiting: BTreeMap<u64, oneshot::Sender<Result<Value>>> = BTreeMap::new();
    let mut next_id = 1;
    loop {
        tokio::select! {
            order = inbox.recv() => {
                let Some(order) = order else { return };
                let message = json!({ "id": next_id, "sessionId": order.session, "method": order.method, "params": order.params });
                if let Some(answer) = order.answer {
                    waiting.insert(next_id, answer);
                }
                next_id += 1;
                if socket.send(Message::text(without_null_session(message).to_string())).await.is_err() {
                    return;
                }
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { return };
                let Ok(text) = message.to_text() else { continue };
                let Ok(message) = serde_json::from_str::<Value>(text) else { continue };
                if let Some(answer) = message["id"].as_u64().and_then(|id| waiting.remove(&id)) {
                    // Who asked may have given up.
                    answer.send(outcome(&message)).ok();
                } else if message["method"].is_string() {
                    observed.lock().expect("no holder of this lock panics").note(&message);
                    attend(&message, &orders);
                }
            }
        }
    }
}

fn without_null_session(mut message: Value) -> Value {
    if message["sessionId"].is_null()
        && let Some(fields) = message.as_object_mut()
    {
        fields.remove("sessionId");
    }
    message
}

fn outcome(message: &Value) -> Result<Value> {
    if message["error"].is_null() {
        return Ok(message["result"].clone());
    }
    bail!("the browser refused: {}", message["error"]["message"].as_str().unwrap_or("?"))
}

/// Turns on what a new page or worker is to be observed by, then lets it run. A service worker that was stopped keeps its
/// session and waits in it when it starts again.
fn attend(event: &Value, orders: &mpsc::UnboundedSender<Order>) {
    if event["method"] == "Inspector.targetReloadedAfterCrash" {
        let session = event["sessionId"].as_str().map(str::to_owned);
        let method = "Runtime.runIfWaitingForDebugger";
        orders.send(Order { session, method, params: json!({}), answer: None }).ok();
    }
    if event["method"] != "Target.attachedToTarget" {
        return;
    }
    let session = event["params"]["sessionId"].as_str().map(str::to_owned);
    let commands = [
        ("Inspector.enable", json!({})),
        ("Runtime.enable", json!({})),
        ("Log.enable", json!({})),
        ("Network.enable", json!({})),
        ("Target.setAutoAttach", auto_attach()),
        ("Runtime.runIfWaitingForDebugger", json!({})),
    ];
    for (method, params) in commands {
        // If the browser is gone, the next command says so.
        orders.send(Order { session: session.clone(), method, params, answer: None }).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_when_it_is_whole() {
        assert_eq!(
            address_in("40123\n/devtools/browser/a-b"),
            Some("ws://127.0.0.1:40123/devtools/browser/a-b".to_owned())
        );
        assert_eq!(address_in("40123\n"), None);
        assert_eq!(address_in(""), None);
    }
}
