//! A document's blocks in, one HTML file that needs nothing else out: it reads on a screen, light and dark, and prints.

use crate::date::utc_minute;
use crate::document::{Block, html};
use crate::escaped::escaped_html;

/// Nothing is loaded and nothing runs, whatever stands in the file.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2733;--soft:#5b6776;--line:#d4dae1;--paper:#fff;--shade:#f4f6f8}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaee;--soft:#a5b0bc;--line:#3a444f;--paper:#14191f;--shade:#1d242c}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main,footer{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
h3{font-size:1.1rem;margin:1.5rem 0 .5rem}
p,li{overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.85rem}
figure{margin:1rem 0}
svg{max-width:100%;height:auto}
.table-scroll{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;min-width:50%}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}
thead th{background:var(--shade)}
tbody th{font-weight:400}
.number{text-align:right;font-variant-numeric:tabular-nums}
@page{margin:16mm}
@media print{
:root{color-scheme:light;--ink:#000;--soft:#333;--line:#bbb;--paper:#fff;--shade:#eee}
body{font-size:10pt}
main,footer{max-width:none;padding:0}
.table-scroll{overflow:visible}
table{width:100%}
td:last-child{overflow-wrap:anywhere}
thead{display:table-header-group}
tr,figure,li{break-inside:avoid}
h1,h2,h3,caption{break-after:avoid}
svg,thead th{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
";

/// The file.
pub(super) fn page(title: &str, blocks: &[Block], made_ms: u64) -> String {
    let title = escaped_html(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}</main>\n<footer>Made with Reviewlab \
         on {}.</footer>\n</body>\n</html>\n",
        html(blocks, 0),
        utc_minute(made_ms)
    )
}
