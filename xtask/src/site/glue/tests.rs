//! A glue in the small, of every form that wasm-bindgen's holds.

use super::*;

const GLUE: &str = "export class Unused {
    free() {
        UnusedFinalization.unregister(this);
        wasm.__wbg_unused_free(this.__wbg_ptr, 0);
    }
}
if (Symbol.dispose) Unused.prototype[Symbol.dispose] = Unused.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_altKey_f158b37d4bccf5ff: function(arg0) {
            const ret = arg0.altKey;
            return ret;
        },
        __wbg_close_294d3f727cb7a844: function() { return handleError(function (arg0) {
            arg0.close();
        }, arguments); },
        __wbg_close_70d38255291ae4c8: function() { return handleError(function (arg0) {
            arg0.close();
        }, arguments); },
        __wbg_gone_0123456789abcdef: function(arg0, arg1) {
            onlyForGone(arg0, arg1);
        },
        __wbindgen_cast_0000000000000001: function(arg0, arg1) {
            // Cast intrinsic for `Closure`.
            const ret = makeClosure(arg0, arg1, wasm_bindgen__invoke);
            return ret;
        },
    };
    return {
        __proto__: null,
        \"./app_bg.js\": import0,
    };
}

function wasm_bindgen__invoke(arg0, arg1) {
    wasm.wasm_bindgen__invoke(arg0, arg1);
}
const UnusedFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_unused_free(ptr, 1));

function handleError(f, args) {
    try {
        return f.apply(this, args);
    } catch (e) {
        wasm.__wbindgen_exn_store(e);
    }
}

function makeClosure(arg0, arg1, f) {
    return () => f(arg0, arg1);
}

function onlyForGone(arg0, arg1) {
    wasm.gone(arg0, arg1);
}

let wasmModule, wasm;
let cachedTextEncoder = new TextEncoder();
if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = null;
}

async function __wbg_init(module) {
    const { instance } = await WebAssembly.instantiate(module, __wbg_get_imports());
    wasmModule = module;
    wasm = instance.exports;
    wasm.__wbindgen_start();
    return wasm.memory;
}

function initSync(module) {
    return __wbg_init(module);
}

export { initSync, __wbg_init as default };
";

fn names() -> ShortNames {
    Glue::read(GLUE).expect("the glue is read").short_names()
}

fn imported(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn equal_imports_have_one_name() {
    let imports: Vec<(String, String)> = names().imports.into_iter().collect();
    let short: Vec<&str> = imports.iter().map(|(_, short)| short.as_str()).collect();
    assert_eq!(short, ["a", "b", "b", "c", "d"]);
    assert_eq!(imports[1].0, "__wbg_close_294d3f727cb7a844");
}

#[test]
fn only_exports_that_are_called_have_a_name() {
    let called: Vec<String> = names().exports.into_keys().collect();
    assert_eq!(
        called,
        ["__wbindgen_exn_store", "__wbindgen_start", "gone", "memory", "wasm_bindgen__invoke"]
    );
}

#[test]
fn the_script_holds_what_the_program_imports() {
    let names = names();
    let glue = Glue::read(GLUE).expect("the glue is read");
    let text = glue.shortened(&names, &imported(&["a", "b", "d"])).expect("all is there");
    let expected = [
        "function $a(){const import0={__proto__:null,a:function(arg0){return arg0.altKey;},",
        "b:function(){return $d(function(arg0){arg0.close();},arguments);},",
        "d:function(arg0,arg1){return $e(arg0,arg1,$h);},};return{__proto__:null,\"w\":import0,};}\n",
        "function $h(arg0,arg1){$f.a(arg0,arg1);}\n",
        "function $d(f,args){try{return f.apply(this,args);}catch(e){$f.b(e);}}\n",
        "function $e(arg0,arg1,f){return()=>f(arg0,arg1);}\n",
        "let $g,$f;let $c=new TextEncoder();if(!('encodeInto'in $c)){$c.encodeInto=null;}\n",
        "async function $b(module){const{instance}=await WebAssembly.instantiate(module,$a());",
        "$g=module;$f=instance.exports;$f.d();return $f.e;}\n",
        "export{$b as default};",
    ];
    assert_eq!(text, expected.concat());
}

#[test]
fn a_program_that_imports_more_is_refused() {
    let glue = Glue::read(GLUE).expect("the glue is read");
    let error = glue.shortened(&names(), &imported(&["a", "zz"])).expect_err("nothing is called zz");
    assert!(error.to_string().contains("zz"), "{error}");
    assert!(Glue::read("let a = 1;").is_err());
    assert!(Glue::read("function __wbg_get_imports() { return imports; }").is_err());
}

#[test]
fn letters_never_repeat() {
    let names: BTreeSet<String> = (0..10_000).map(letters).collect();
    assert_eq!(names.len(), 10_000);
    assert_eq!([letters(0), letters(51), letters(52), letters(53)], ["a", "Z", "aa", "ab"]);
}
