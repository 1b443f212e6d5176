//! Whether the page stays smooth: its longest task while a study runs, Stop, frames, keys, a million rows, a file
//! scored.
//! In: the built site. Out: milliseconds. Never: the time the page took to start.

use anyhow::Result;

use super::Settings;
use super::browser_runs::BrowserRuns;
use super::figure::Figure;
use super::program::number;

const TASK_MS_AT_MOST: f64 = 50.0;
const STOP_MS_AT_MOST: f64 = 200.0;
/// A frame of a screen that draws 60 a second.
const FRAME_MS_AT_MOST: f64 = 17.0;
const SLOW_FRAME_MS_AT_MOST: f64 = 50.0;
/// From a key to the end of the next frame, in a review of 300 words that champion and challenger answer.
const KEY_MS_AT_MOST: f64 = 16.0;
/// Of the table of 10,000 runs.
const PAINT_MS_AT_MOST: f64 = 100.0;
const SEARCH_MS_AT_MOST: f64 = 50.0;
/// Of 100,000 scored rows against 10,000: time a row, and memory beyond, which is that of a chunk on its way.
const ROW_TIME_AT_MOST: f64 = 1.5;
const GROWTH_MB_AT_MOST: f64 = 8.0;
const MIB: f64 = 1024.0 * 1024.0;
/// Of a first visit at 1.6 Mbit/s with 150 ms a round trip and a processor four times slower.
const SHELL_MS_AT_MOST: f64 = 1_500.0;
const ACTED_MS_AT_MOST: f64 = 8_000.0;

/// Opens the site and measures.
///
/// # Errors
/// Where the site or the browser fails.
pub fn run(settings: &Settings) -> Result<Vec<Figure>> {
    let browser = BrowserRuns::set_up(settings.site.as_ref())?;
    let measured = browser.measure("pages", &[])?;
    let of = |name: &str| number(&measured, name);
    for (name, value) in measured.as_object().into_iter().flatten() {
        println!("{name:<24} {value:.1}");
    }
    let mut figures = vec![
        Figure::at_most("pages, longest task while tuning", of("longest_task_ms")?, TASK_MS_AT_MOST, "ms"),
        Figure::at_most("pages, Stop to its status", of("stop_ms")?, STOP_MS_AT_MOST, "ms"),
        Figure::shown("pages, longest gap between frames while tuning", of("longest_frame_gap_ms")?, "ms"),
        Figure::shown("pages, median gap between frames while tuning", of("median_frame_gap_ms")?, "ms"),
        Figure::at_most(
            "pages, median gap between frames in a million rows",
            of("preview_median_frame_gap_ms")?,
            FRAME_MS_AT_MOST,
            "ms",
        ),
        Figure::at_most(
            "pages, 99 % of gaps between frames in a million rows",
            of("preview_p99_frame_gap_ms")?,
            SLOW_FRAME_MS_AT_MOST,
            "ms",
        ),
        Figure::at_most(
            "pages, median gap between frames with 1,000 trials and their pictures",
            of("trials_median_frame_gap_ms")?,
            FRAME_MS_AT_MOST,
            "ms",
        ),
        Figure::at_most(
            "pages, 99 % of gaps between frames with 1,000 trials and their pictures",
            of("trials_p99_frame_gap_ms")?,
            SLOW_FRAME_MS_AT_MOST,
            "ms",
        ),
        Figure::shown("pages, slowest key to next frame", of("slowest_key_ms")?, "ms"),
        Figure::shown("pages, median key to next frame", of("median_key_ms")?, "ms"),
        Figure::at_most(
            "pages, median key to next frame, 300 words, two models",
            of("median_long_key_ms")?,
            KEY_MS_AT_MOST,
            "ms",
        ),
        Figure::shown(
            "pages, slowest key to next frame, 300 words, two models",
            of("slowest_long_key_ms")?,
            "ms",
        ),
    ];
    figures.extend(runs(&browser)?);
    figures.extend(scored(&browser)?);
    figures.push(flows(&browser)?);
    figures.extend(first_visit(&browser)?);
    Ok(figures)
}

/// A file of 100,000 rows scored in the page, beside one of 10,000.
fn scored(browser: &BrowserRuns) -> Result<Vec<Figure>> {
    let measured = browser.measure("scored", &[])?;
    let of = |name: &str| number(&measured, name);
    let (small, large) = (of("small_peak_bytes")?, of("large_peak_bytes")?);
    Ok(vec![
        Figure::shown("scored file, 100,000 rows", of("large_ms")?, "ms"),
        Figure::times_as_long(
            "scored file, time a row",
            of("large_ms")? / 10_000.0,
            of("small_ms")? / 1_000.0,
            ROW_TIME_AT_MOST,
        ),
        Figure::shown("scored file, peak memory with 100,000 rows", large / MIB, "MB"),
        Figure::at_most(
            "scored file, more than with 10,000 rows",
            (large - small) / MIB,
            GROWTH_MB_AT_MOST,
            "MB",
        ),
        Figure::at_most("scored file, longest task", of("longest_task_ms")?, TASK_MS_AT_MOST, "ms"),
        Figure::at_most("scored file, Stop to the choices", of("stop_ms")?, STOP_MS_AT_MOST, "ms"),
    ])
}

/// A first visit on a slow line by a slow processor.
fn first_visit(browser: &BrowserRuns) -> Result<Vec<Figure>> {
    let measured = browser.measure("first-visit", &[])?;
    let of = |name: &str| number(&measured, name);
    Ok(vec![
        Figure::at_most("first visit, shell painted", of("painted_ms")?, SHELL_MS_AT_MOST, "ms"),
        Figure::shown("first visit, click on the sample", of("clicked_ms")?, "ms"),
        Figure::at_most(
            "first visit, click on the sample to its study",
            of("acted_ms")?,
            ACTED_MS_AT_MOST,
            "ms",
        ),
    ])
}

/// The dashboard of flows, with 1,000 runs of 10 tasks.
fn flows(browser: &BrowserRuns) -> Result<Figure> {
    let measured = browser.measure("flows", &[])?;
    let paint = number(&measured, "flows_paint_ms")?;
    Ok(Figure::at_most("flows, records read to first rows painted", paint, PAINT_MS_AT_MOST, "ms"))
}

/// The table of runs, with 10,000 of them.
fn runs(browser: &BrowserRuns) -> Result<Vec<Figure>> {
    let measured = browser.measure("runs", &[])?;
    let of = |name: &str| number(&measured, name);
    for (name, value) in measured.as_object().into_iter().flatten() {
        println!("{name:<24} {value:.1}");
    }
    let at_most = |name: &str, key: &str, most: f64| -> Result<Figure> {
        Ok(Figure::at_most(name, of(key)?, most, "ms"))
    };
    Ok(vec![
        at_most("runs, records read to first rows painted", "studies_paint_ms", PAINT_MS_AT_MOST)?,
        Figure::shown("runs, all records read to first rows painted", of("search_paint_ms")?, "ms"),
        at_most("runs, slowest filter to its frame", "slowest_filter_ms", SEARCH_MS_AT_MOST)?,
        at_most("runs, slowest order to its frame", "slowest_order_ms", SEARCH_MS_AT_MOST)?,
        at_most("runs, median gap between frames while scrolling", "median_scroll_gap_ms", FRAME_MS_AT_MOST)?,
        at_most("runs, p99 gap between frames while scrolling", "p99_scroll_gap_ms", SLOW_FRAME_MS_AT_MOST)?,
    ])
}
