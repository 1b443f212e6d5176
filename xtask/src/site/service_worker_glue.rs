//! The glue for a service worker, where `import()` throws and modules are not everywhere.
//! In: the built glue. Out: an expression of a classic script that gives the function which loads the program.
//! Never: a way to the network: what of the program's imports asks for one throws.

use anyhow::{Context, Result, ensure};

use super::calls::is_way_out;
use super::glue::split_table;
use super::script::{self, Token};

/// What the glue gives a module.
const EXPORT: &str = "export{";
/// Where a module lies, by which the glue would find a program that it was not given.
const PLACE: &str = "import.meta.url";
/// How the glue would fetch it.
const FETCH: &str = "fetch(module_or_path)";
/// What stands for an import that a service worker has no use for.
const CUT: &str = "()=>{throw Error('not in a service worker')}";

/// The glue as `(()=>{…})()`.
///
/// # Errors
/// When it is not of the form that `glue` writes.
pub fn of(glue: &str) -> Result<String> {
    let (before, imports, after) =
        split_table(script::tokens(glue)).context("the glue's table of imports has another form")?;
    let mut tokens = before;
    for import in imports {
        tokens.extend([Token::new(import.name), Token::new(":")]);
        let is_cut = import.body.iter().any(is_way_out);
        tokens.extend(if is_cut { script::tokens(CUT) } else { import.body });
        tokens.push(Token::new(","));
    }
    tokens.extend(after);
    let text = script::text(&tokens);
    let (body, exported) = text.rsplit_once(EXPORT).context("the glue exports nothing")?;
    let load = exported.split_whitespace().next().context("the glue exports nothing")?;
    ensure!(exported.trim_end() == format!("{load} as default}};"), "the glue exports {exported}");
    for known in [PLACE, FETCH] {
        ensure!(body.contains(known), "the glue holds no {known}");
    }
    let body = body.replace(PLACE, "location.href").replace(FETCH, "undefined");
    Ok(format!("(()=>{{'use strict';{body}\nreturn {load};}})()"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "function $e(){const import0={__proto__:null,a:function(arg0){return arg0.fetch(1);},\
        b:function(arg0){return arg0+1;},c:(a)=>new WebSocket(a),later:()=>reviewlab.later.add(wasm),};\
        return{__proto__:null,\"w\":import0,};}\nasync function $g(module_or_path){if(module_or_path===undefined)\
        {module_or_path=new URL('a.wasm',import.meta.url);}const imports=$e();module_or_path=fetch(module_or_path);}\n\
        export{$g as default};";

    #[test]
    fn a_module_becomes_an_expression_without_a_way_to_the_network() {
        let text = of(GLUE).expect("the known form");
        assert!(text.starts_with("(()=>{'use strict';function $e()"), "{text}");
        assert!(text.ends_with("\nreturn $g;})()"), "{text}");
        assert!(text.contains("b:function(arg0){return arg0+1;}"), "{text}");
        assert_eq!(text.matches("not in a service worker").count(), 2, "{text}");
        for gone in ["fetch", "WebSocket", "import.meta", "export"] {
            assert!(!text.contains(gone), "{gone} in {text}");
        }
    }

    #[test]
    fn another_form_is_an_error() {
        assert!(of("function a(){}").is_err());
        assert!(of(&GLUE.replace("export{$g as default};", "")).is_err());
        assert!(of(&GLUE.replace("import.meta.url", "''")).is_err());
    }
}
