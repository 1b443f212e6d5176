//! The suite: every request, and what must hold of its answer. Out: cases in an order that does not matter.

use api::{MAX_BODY_BYTES, MAX_TEXT_BYTES, MAX_TEXTS, MAX_TOP_WORDS};
use serde_json::{Value, json};

use crate::bad_texts;
use crate::case::{Case, Hold};
use crate::project::{BAD, GOOD, NOTHING};

const FIELDS: &str = "'text', 'texts', 'model', 'version', 'alias', 'words'";
const UNCLEAR: &str = "The fields 'version' and 'alias' choose among a model's versions: give one of them, and its name as 'model'.";

/// Every case.
pub fn cases() -> Vec<Case> {
    let parts =
        [answers(), addresses(), words(), lists(), bodies(), fields(), unknown_models(), bad_texts::cases()];
    parts.into_iter().flatten().collect()
}

fn at(pointer: &str, value: impl Into<Value>) -> Hold {
    Hold::At(pointer.to_owned(), value.into())
}

fn near(pointer: &str, value: f64) -> Hold {
    Hold::Near(pointer.to_owned(), value)
}

fn answers() -> Vec<Case> {
    let tones = json!({ "texts": ["good", ""], "model": "tones" });
    let in_doubt = json!({ "texts": ["good", "nothing known"], "model": "shop", "alias": "challenger" });
    let most: Vec<String> = (0..MAX_TEXTS).map(|number| format!("text {number}, good")).collect();
    vec![
        Case::predict("one text is answered by the newest champion", json!({ "text": "Good!" }))
            .from("models:/shop/1")
            .says(0, "positive", GOOD)
            .and(near("/predictions/0/probability", GOOD))
            .and(near("/predictions/0/probabilities/negative", 1.0 - GOOD))
            .and(at("/predictions/0/abstains", false))
            .and(at("/model/name", "shop"))
            .and(at("/model/version", 1))
            .and(at("/model/labels", json!(["negative", "positive"])))
            .and(Hold::Absent("/predictions/0/words"))
            .and(Hold::Length("/predictions", 1)),
        Case::predict(
            "many texts are answered in their order",
            json!({ "texts": ["good", "bad", "neither"] }),
        )
        .says(0, "positive", GOOD)
        .says(1, "negative", BAD)
        .says(2, "positive", NOTHING)
        .and(Hold::Length("/predictions", 3)),
        Case::predict("as many texts as may be", json!({ "texts": most }))
            .says(MAX_TEXTS - 1, "positive", GOOD)
            .and(Hold::Length("/predictions", MAX_TEXTS)),
        Case::predict("a band of doubt is the model's own", in_doubt)
            .from("models:/shop/2")
            .says(0, "positive", 0.817_574_476_193_643_7)
            .says(1, "positive", NOTHING)
            .and(at("/predictions/0/abstains", false))
            .and(at("/predictions/1/abstains", true)),
        Case::predict("three classes share what there is", tones)
            .from("models:/tones/1")
            .and(at("/predictions/0/label", "good"))
            .and(near("/predictions/0/probabilities/good", 0.603_748_896_148_625_8))
            .and(near("/predictions/0/probabilities/so so", 0.366_192_216_281_800_2))
            .and(at("/predictions/1/label", "so so"))
            .and(near("/predictions/1/probabilities/bad", 0.154_280_772_981_886_17)),
        Case::predict("white space around JSON is none of its matter", " \r\n\t{ \"text\" : \"good\" }\n")
            .says(0, "positive", GOOD),
        Case::predict("a charset may be named", json!({ "text": "good" }))
            .typed(Some("Application/JSON; charset=utf-8"))
            .says(0, "positive", GOOD),
    ]
}

fn addresses() -> Vec<Case> {
    let of = |name, body: Value, address: &str| {
        let mut body = body;
        body["text"] = json!("good");
        Case::predict(name, body).from(address)
    };
    vec![
        of("a name means its champion", json!({ "model": "shop" }), "models:/shop/1"),
        of("a version by its number", json!({ "model": "shop", "version": 2 }), "models:/shop/2"),
        of("a version with a point", json!({ "model": "shop", "version": 2.0 }), "models:/shop/2"),
        of("a version by its alias", json!({ "model": "shop", "alias": "champion" }), "models:/shop/1"),
        of("an address with a number", json!({ "model": "models:/shop/3" }), "models:/shop/3"),
        of("an address with an alias", json!({ "model": "models:/shop@challenger" }), "models:/shop/2"),
        of("an address with a stage", json!({ "model": "models:/shop/staging" }), "models:/shop/2"),
        of("an address of the newest", json!({ "model": "models:/shop/latest" }), "models:/shop/3"),
        of("another model than the champion's", json!({ "model": "tones" }), "models:/tones/1"),
    ]
}

fn words() -> Vec<Case> {
    let of =
        |name, text: &str, n_words: usize| Case::predict(name, json!({ "text": text, "words": n_words }));
    vec![
        of("words come strongest first", "good good, great and bad", 2)
            .and(at(
                "/predictions/0/words",
                json!([{ "term": "good", "value": 4.0 }, { "term": "great", "value": 3.0 }]),
            ))
            .and(at("/predictions/0/toward", "positive")),
        of("as many words as may be, or there are", "good bad broken", MAX_TOP_WORDS)
            .and(Hold::Length("/predictions/0/words", 3))
            .and(at("/predictions/0/words/0/value", -3.0)),
        Case::predict("a number of words in another form", "{\"text\": \"good\", \"words\": 0.01E+2}")
            .and(Hold::Length("/predictions/0/words", 1)),
        of("no word is known", "nothing of that", 3).and(at("/predictions/0/words", json!([]))),
        of("no words are asked for", "good", 0)
            .and(Hold::Absent("/predictions/0/words"))
            .and(Hold::Absent("/predictions/0/toward")),
    ]
}

fn lists() -> Vec<Case> {
    let not_there = "There is nothing at 'predictions': ask for predict, models or openapi.json.";
    let slash = "There is nothing at 'models/': ask for predict, models or openapi.json.";
    vec![
        Case::get("the models are listed", "models")
            .and(at("/answering", "models:/shop/1"))
            .and(Hold::Length("/models", 4))
            .and(at("/models/2/name", "shop"))
            .and(at("/models/2/answering", 1))
            .and(Hold::Length("/models/2/versions", 3))
            .and(at("/models/2/versions/0/address", "models:/shop/3"))
            .and(at("/models/2/versions/1/stage", "Staging"))
            .and(at("/models/2/versions/1/aliases", json!(["challenger"])))
            .and(at("/models/2/versions/2/description", "The first „one“ 🙂"))
            .and(at("/models/3/name", "tones")),
        Case::get("the description is OpenAPI 3.1", "openapi.json").and(at("/openapi", api::OPENAPI_VERSION)),
        Case::get("models are not predicted by GET", "predict")
            .refused(405, "wrong_method", "GET is no way to ask for 'predict': use POST.")
            .and(Hold::Allow("POST")),
        Case::predict("models are not changed", json!({}))
            .at("models")
            .refused(405, "wrong_method", "POST is no way to ask for 'models': use GET, HEAD.")
            .and(Hold::Allow("GET, HEAD")),
        Case::get("nothing is deleted", "openapi.json").by("DELETE").refused(
            405,
            "wrong_method",
            "DELETE is no way to ask for 'openapi.json': use GET, HEAD.",
        ),
        Case::get("other paths lead nowhere", "predictions").refused(404, "no_such_path", not_there),
        Case::get("a path is what it is", "models/").refused(404, "no_such_path", slash),
    ]
}

fn bodies() -> Vec<Case> {
    let of_type = |name, found: Option<&'static str>, detail: &str| {
        Case::predict(name, json!({ "text": "good" })).typed(found).refused(415, "not_json_type", detail)
    };
    let not_json = |name, body: &str, detail: &str| {
        Case::predict(name, body).refused(400, "not_json", &format!("The body is not JSON: {detail}."))
    };
    let no_object = "The body must be one JSON object, such as {\"text\": \"…\"}.";
    let deep = format!("{{\"text\":{}", "[".repeat(100_000));
    let large = format!("{{\"text\":\"{}\"}}", "a".repeat(MAX_BODY_BYTES));
    vec![
        of_type(
            "a text is no JSON",
            Some("text/plain"),
            "The body must be application/json, and the request says 'text/plain': set its Content-Type.",
        ),
        of_type(
            "a form is no JSON",
            Some("application/x-www-form-urlencoded"),
            "The body must be application/json, and the request says 'application/x-www-form-urlencoded': set its Content-Type.",
        ),
        of_type(
            "no type is no JSON",
            None,
            "The body must be application/json, and the request says nothing of it: set its Content-Type.",
        ),
        not_json("an empty body", "", "expected a value at line 1 column 1"),
        not_json("a body cut short", "{\"text\": \"goo", "expected the end of a text at line 1 column 14"),
        not_json("more than one value", "{\"text\": \"good\"} {}", "expected the end at line 1 column 18"),
        not_json("a comma too many", "{\"text\": \"good\",}", "expected a key at line 1 column 17"),
        not_json("Python's quotes", "{'text': 'good'}", "expected a key at line 1 column 2"),
        not_json("nested without end", &deep, "it is nested too deeply at line 1 column 136"),
        Case::bytes("bytes that are no UTF-8", b"{\"text\": \"good \xff\"}".to_vec()).refused(
            400,
            "not_utf8",
            "The body is not UTF-8 from byte 15 on: encode it as UTF-8.",
        ),
        Case::predict("a list", json!(["good"])).refused(422, "bad_request_fields", no_object),
        Case::predict("a text alone", json!("good")).refused(422, "bad_request_fields", no_object),
        Case::predict("null", "null").refused(422, "bad_request_fields", no_object),
        Case::predict("a body too large", large).and(Hold::BeyondSchema).refused(
            413,
            "body_too_large",
            "The body has more than 4,194,304 bytes: send fewer texts at a time.",
        ),
    ]
}

fn fields() -> Vec<Case> {
    let bad = |name, body: Value, detail: &str| {
        Case::predict(name, body).refused(422, "bad_request_fields", detail)
    };
    let either = "A prediction takes either one 'text' or a list of 'texts'.";
    let unknown = |name: &str| format!("A prediction has no field '{name}': it takes {FIELDS}.");
    let version = "The field 'version' must be a whole number from 1 to 4,294,967,295.";
    let words = "The field 'words' must be a whole number from 0 to 50.";
    let many = "The field 'texts' has 1,001 texts: send 1 to 1,000.";
    vec![
        bad("no text", json!({}), either),
        bad("a text and texts", json!({ "text": "a", "texts": ["b"] }), either),
        bad("a number for a text", json!({ "text": 5 }), "The field 'text' must be a text."),
        bad("null for a text", json!({ "text": null }), "The field 'text' must be a text."),
        bad("a list for a text", json!({ "text": ["good"] }), "The field 'text' must be a text."),
        bad("a text for texts", json!({ "texts": "good" }), "The field 'texts' must be a list of texts."),
        bad("no texts", json!({ "texts": [] }), "The field 'texts' has 0 texts: send 1 to 1,000."),
        bad("too many texts", json!({ "texts": vec!["a"; MAX_TEXTS + 1] }), many),
        bad(
            "texts and others",
            json!({ "texts": ["a", null] }),
            "Element 2 of 'texts' is no text: send a list of texts.",
        ),
        bad("a field misspelt", json!({ "text": "a", "modle": "shop" }), &unknown("modle")),
        bad("a field's name that goes on", json!({ "text": "a", "m\nx": 1 }), &unknown("m x")),
        Case::predict("a field twice", "{\"text\": \"a\", \"text\": \"b\"}")
            .refused(422, "bad_request_fields", "The field 'text' stands there twice: send it once.")
            .and(Hold::BeyondSchema),
        bad(
            "no name",
            json!({ "text": "a", "model": "" }),
            "The field 'model' must be a text that is not empty.",
        ),
        bad(
            "a number for a name",
            json!({ "text": "a", "model": 1 }),
            "The field 'model' must be a text that is not empty.",
        ),
        bad("version 0", json!({ "text": "a", "model": "shop", "version": 0 }), version),
        bad("a version in words", json!({ "text": "a", "model": "shop", "version": "2" }), version),
        bad("a version too high", json!({ "text": "a", "model": "shop", "version": 1_u64 << 32 }), version),
        bad("half a version", json!({ "text": "a", "model": "shop", "version": 1.5 }), version),
        bad("a version of no model", json!({ "text": "a", "version": 1 }), UNCLEAR),
        bad("an alias of no model", json!({ "text": "a", "alias": "champion" }), UNCLEAR),
        bad(
            "version and alias",
            json!({ "text": "a", "model": "shop", "version": 1, "alias": "champion" }),
            UNCLEAR,
        ),
        bad(
            "a version beside an address",
            json!({ "text": "a", "model": "models:/shop/1", "version": 1 }),
            UNCLEAR,
        )
        .and(Hold::BeyondSchema),
        bad("a negative number of words", json!({ "text": "a", "words": -1 }), words),
        bad("too many words", json!({ "text": "a", "words": MAX_TOP_WORDS + 1 }), words),
        bad("true for words", json!({ "text": "a", "words": true }), words),
    ]
}

fn unknown_models() -> Vec<Case> {
    let none = |name, body: Value, detail: &str| {
        let mut body = body;
        body["text"] = json!("good");
        Case::predict(name, body).refused(404, "no_such_model", &format!("No model answers: {detail}."))
    };
    let lost = "models:/lost/1 cannot answer: its bytes are not here: register it again, or use another copy of the project.";
    let broken =
        "models:/broken/1 cannot answer: this is not a saved model: choose a file that Reviewlab saved.";
    let runs = "Models answer by their registered names, and 'runs:/01/model' is a run's: register it first.";
    vec![
        none("a name that nobody has", json!({ "model": "shopp" }), "there is no registered model 'shopp'"),
        none(
            "a name that is gone",
            json!({ "model": "moods" }),
            "there is no registered model 'moods': it is called 'tones' now",
        ),
        none(
            "a version that is not there",
            json!({ "model": "shop", "version": 4 }),
            "'shop' has no version 4: its newest is 3",
        ),
        none(
            "an alias that is not there",
            json!({ "model": "shop", "alias": "best" }),
            "no version of 'shop' has the alias best",
        ),
        none(
            "a stage that is empty",
            json!({ "model": "models:/shop/Production" }),
            "no version of 'shop' is in Production",
        ),
        none(
            "an address that is none",
            json!({ "model": "models:/shop" }),
            "'models:/shop' is no address of a model: write models:/name/3, models:/name@champion, models:/name/Production or runs:/id/model",
        ),
        Case::predict("a run", json!({ "text": "good", "model": "runs:/01/model" }))
            .refused(422, "bad_request_fields", runs)
            .and(Hold::BeyondSchema),
        Case::predict("a model without its bytes", json!({ "text": "good", "model": "lost" })).refused(
            503,
            "model_unusable",
            lost,
        ),
        Case::predict("a model of other bytes", json!({ "text": "good", "model": "broken" })).refused(
            503,
            "model_unusable",
            broken,
        ),
        Case::predict("a text that is too long by a byte", json!({ "text": "a".repeat(MAX_TEXT_BYTES + 1) }))
            .refused(
                422,
                "text_too_long",
                "Text 1 has 1,048,577 bytes, and at most 1,048,576 are taken: shorten it.",
            ),
        Case::predict(
            "a text too long in bytes alone",
            json!({ "texts": ["a", "ö".repeat(MAX_TEXT_BYTES / 2 + 1)] }),
        )
        .refused(
            422,
            "text_too_long",
            "Text 2 has 1,048,578 bytes, and at most 1,048,576 are taken: shorten it.",
        )
        .and(Hold::BeyondSchema),
    ]
}
