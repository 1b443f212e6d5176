//! What axe-core has to say of a page.
//! In: a page as it stands. Out: nothing, or an error with every finding: rule, elements, what to do.
//! Never: a rule switched off.

use anyhow::{Context, Result, bail};

use serde_json::Value;

use crate::page::{Page, Scheme};

const AXE: &str = include_str!("../vendor/axe-core/axe.min.js");
/// How many elements of one finding are listed.
const MAX_LISTED: usize = 5;
/// Colours on their way from one value to the next have a contrast nobody chose: what ends is brought to its end.
const SETTLE: &str = "document.getAnimations()
    .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity)
    .forEach((animation) => animation.finish())";

impl Page {
    /// Fails if axe-core finds anything on the page as it stands, in light or in dark.
    ///
    /// # Errors
    /// With every finding.
    pub async fn check_accessibility(&self) -> Result<()> {
        for scheme in [Scheme::Dark, Scheme::Light] {
            self.prefer(scheme).await?;
            let findings = self.findings().await?;
            if !findings.is_empty() {
                let path = self.path().await?;
                bail!("axe-core on /{path}, {scheme:?}:\n{}", findings.join("\n"));
            }
        }
        Ok(())
    }

    async fn findings(&self) -> Result<Vec<String>> {
        if self.evaluate("typeof globalThis.axe").await? == "undefined" {
            self.evaluate(&format!("{AXE};0")).await.context("axe-core does not load")?;
        }
        self.evaluate(SETTLE).await?;
        let answer = self
            .evaluate("axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations)");
        let answer = answer.await.context("axe-core does not run")?;
        Ok(answer.as_array().context("axe-core gives a list")?.iter().map(finding).collect())
    }
}

fn finding(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let mut lines = vec![format!(
        "  {} ({}): {} [{} elements]",
        violation["id"].as_str().unwrap_or("?"),
        violation["impact"].as_str().unwrap_or("?"),
        violation["help"].as_str().unwrap_or("?"),
        nodes.len()
    )];
    for node in nodes.iter().take(MAX_LISTED) {
        lines.push(format!("    {}", node["html"].as_str().unwrap_or("?")));
        let summary = node["failureSummary"].as_str().unwrap_or_default();
        lines.extend(summary.lines().skip(1).map(|line| format!("      {}", line.trim())));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_finding_names_rule_element_and_cure() {
        let node = json!({ "html": "<p>", "failureSummary": "Fix any of the following:\n  Be darker" });
        let violation =
            json!({ "id": "color-contrast", "impact": "serious", "help": "Be seen", "nodes": [node] });
        assert_eq!(
            finding(&violation),
            "  color-contrast (serious): Be seen [1 elements]\n    <p>\n      Be darker"
        );
    }
}
