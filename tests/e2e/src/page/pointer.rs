//! Dragging as a hand does it.
//! In: what is dragged, and where to. Out: the events that a mouse or a finger makes. Never: a jump without a way.

use anyhow::Result;
use serde_json::json;

use super::Page;

/// Points on the way of a drag.
const N_STEPS: u32 = 6;

/// What drags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// A mouse.
    Mouse,
    /// A finger.
    Finger,
}

impl Page {
    /// Drags one control onto another, each by role and name.
    ///
    /// # Errors
    /// When one of them is not there.
    pub async fn drag(&self, what: (&str, &str), onto: (&str, &str), pointer: Pointer) -> Result<()> {
        // What is scrolled into sight second moves what was found first.
        self.middle_of(what.0, what.1).await?;
        let to = self.middle_of(onto.0, onto.1).await?;
        let from = self.middle_of(what.0, what.1).await?;
        let names = match pointer {
            Pointer::Mouse => ["mousePressed", "mouseMoved", "mouseReleased"],
            Pointer::Finger => ["touchStart", "touchMove", "touchEnd"],
        };
        self.point(pointer, names[0], from).await?;
        for step in 1..=N_STEPS {
            let share = f64::from(step) / f64::from(N_STEPS);
            let at = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            self.point(pointer, names[1], at).await?;
        }
        self.point(pointer, names[2], to).await
    }

    async fn point(&self, pointer: Pointer, kind: &str, (x, y): (f64, f64)) -> Result<()> {
        let point = json!({ "x": x, "y": y });
        match pointer {
            Pointer::Mouse => {
                let params =
                    json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
                self.command("Input.dispatchMouseEvent", params).await.map(|_| ())
            }
            Pointer::Finger => {
                let points = if kind == "touchEnd" { json!([]) } else { json!([point]) };
                let params = json!({ "type": kind, "touchPoints": points });
                self.command("Input.dispatchTouchEvent", params).await.map(|_| ())
            }
        }
    }
}
