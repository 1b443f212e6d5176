//! A control on a page: what a person can do with it, and read from it.
//! In: an element that the page found by role and name. Out: clicks, keys, texts, values.
//! Never: a way to find another element.

use anyhow::{Context, Result, ensure};

use fantoccini::Locator;
use fantoccini::elements::Element;

/// A control on a page, found by role and name.
pub struct Control {
    pub(crate) element: Element,
    pub(crate) what: String,
}

impl Control {
    /// Clicks it.
    ///
    /// # Errors
    /// When it is disabled, covered or gone.
    pub async fn click(&self) -> Result<()> {
        ensure!(self.is_enabled().await?, "{} is disabled", self.what);
        self.element.click().await.with_context(|| format!("clicking {}", self.what))
    }

    /// Replaces what stands in it.
    ///
    /// # Errors
    /// When it takes no text.
    pub async fn fill(&self, text: &str) -> Result<()> {
        self.element.clear().await.with_context(|| format!("clearing {}", self.what))?;
        self.type_keys(text).await
    }

    /// Types, key by key.
    ///
    /// # Errors
    /// When it takes no keys.
    pub async fn type_keys(&self, keys: &str) -> Result<()> {
        self.element.send_keys(keys).await.with_context(|| format!("typing into {}", self.what))
    }

    /// The text a person sees in it.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn text(&self) -> Result<String> {
        self.element.text().await.with_context(|| format!("reading {}", self.what))
    }

    /// What stands in a text field, or the value of a select's option.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn value(&self) -> Result<String> {
        let value = self.element.prop("value").await.with_context(|| format!("reading {}", self.what))?;
        Ok(value.unwrap_or_default())
    }

    /// An attribute: `aria-valuenow`, `aria-pressed`, `href`.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn attribute(&self, name: &str) -> Result<Option<String>> {
        self.element.attr(name).await.with_context(|| format!("reading {}", self.what))
    }

    /// Whether it can be used.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn is_enabled(&self) -> Result<bool> {
        Ok(self.element.is_enabled().await?
            && self.attribute("aria-disabled").await?.as_deref() != Some("true"))
    }

    /// The texts of a select's options.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn options(&self) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for option in self.element.find_all(Locator::Css("option")).await? {
            texts.push(option.text().await?);
        }
        Ok(texts)
    }
}
