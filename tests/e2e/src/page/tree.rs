//! The page as the browser presents it to a screen reader: nodes by role and name.
//! In: a role, a name. Out: the nodes that have them, handed over to the driver or pressed.
//! Never: a node that is hidden from a screen reader.

use anyhow::{Result, ensure};

use fantoccini::elements::Element;
use serde_json::{Value, json};

use super::Page;
use crate::patience::{PATIENCE, until};

impl Page {
    /// Presses the mouse's button on a control at once, also while the page is still being loaded: the driver's own
    /// click waits for that.
    ///
    /// # Errors
    /// When it is not there in time, or there is more than one.
    pub async fn press(&self, role: &str, name: &str) -> Result<()> {
        let (x, y) = self.middle_of(role, name).await?;
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", params).await?;
        }
        Ok(())
    }

    /// The middle of a control, in pixels of the window; it is scrolled into sight first.
    pub(super) async fn middle_of(&self, role: &str, name: &str) -> Result<(f64, f64)> {
        let what = described(role, name);
        until(PATIENCE, &what, || async {
            let nodes = self.nodes(role, name).await?;
            ensure!(nodes.len() < 2, "there are {} of {what}", nodes.len());
            let Some(node) = nodes.first() else { return Ok(None) };
            let node = json!({ "backendNodeId": node });
            // A node that is not drawn yet has no box.
            if self.command("DOM.scrollIntoViewIfNeeded", node.clone()).await.is_err() {
                return Ok(None);
            }
            let Ok(drawn) = self.command("DOM.getBoxModel", node).await else { return Ok(None) };
            Ok(middle(&drawn["model"]["border"]))
        })
        .await
    }

    /// The ids of the nodes that the browser presents under this role and name.
    pub(super) async fn nodes(&self, role: &str, name: &str) -> Result<Vec<u64>> {
        self.focus().await?;
        let document = json!({ "expression": "document" });
        let document = self.command("Runtime.evaluate", document).await?;
        let mut params = json!({ "objectId": document["result"]["objectId"], "role": role });
        if !name.is_empty() {
            params["accessibleName"] = json!(name);
        }
        // A page that is just being replaced has no tree; the next question finds the new one.
        let Ok(answer) = self.command("Accessibility.queryAXTree", params).await else {
            return Ok(Vec::new());
        };
        let nodes = answer["nodes"].as_array().into_iter().flatten();
        let presented = nodes.filter(|node| node["ignored"] != true);
        Ok(presented.filter_map(|node| node["backendDOMNodeId"].as_u64()).collect())
    }

    /// Hands a node over to the driver. `None` if it has left the page meanwhile.
    pub(super) async fn element(&self, node: u64) -> Result<Option<Element>> {
        const KEEP: &str = "function () { globalThis.__foundByTest = this; }";
        const TAKE: &str =
            "const found = globalThis.__foundByTest; delete globalThis.__foundByTest; return found ?? null;";
        let Ok(resolved) = self.command("DOM.resolveNode", json!({ "backendNodeId": node })).await else {
            return Ok(None);
        };
        let keep = json!({ "objectId": resolved["object"]["objectId"], "functionDeclaration": KEEP });
        if self.command("Runtime.callFunctionOn", keep).await.is_err() {
            return Ok(None);
        }
        match self.focus().await?.execute(TAKE, Vec::new()).await {
            Ok(found) => self.element_of(found),
            Err(error) if error.is_stale_element_reference() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn element_of(&self, found: Value) -> Result<Option<Element>> {
        let id = found.as_object().and_then(|fields| fields.values().next()).and_then(Value::as_str);
        Ok(id.map(|id| Element::from_element_id(self.line.client.clone(), id.to_owned().into())))
    }

    /// The names of what is there in the wished role, for the message of a test that finds nothing.
    pub(super) async fn what_is_there(&self, role: &str) -> String {
        const SCRIPT: &str = "[...document.querySelectorAll('h1')].map((h) => h.innerText).join(', ')";
        let heading = self.evaluate(SCRIPT).await.unwrap_or_default();
        let mut names = Vec::new();
        for node in self.nodes(role, "").await.unwrap_or_default() {
            let params = json!({ "backendNodeId": node, "fetchRelatives": false });
            if let Ok(answer) = self.command("Accessibility.getPartialAXTree", params).await {
                names.push(answer["nodes"][0]["name"]["value"].as_str().unwrap_or_default().to_owned());
            }
        }
        format!("on the page headed {heading} the role {role} has {names:?}")
    }
}

/// A control in words.
pub(super) fn described(role: &str, name: &str) -> String {
    if name.is_empty() { format!("a {role}") } else { format!("the {role} “{name}”") }
}

/// The middle of a box given by its four corners, x and y in turn.
fn middle(corners: &Value) -> Option<(f64, f64)> {
    let at = |place: usize| corners.get(place).and_then(Value::as_f64);
    Some(((at(0)? + at(4)?) / 2.0, (at(1)? + at(5)?) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_box_is_between_its_corners() {
        assert_eq!(middle(&json!([10, 20, 30, 20, 30, 60, 10, 60])), Some((20.0, 40.0)));
        assert_eq!(middle(&json!([])), None);
    }
}
