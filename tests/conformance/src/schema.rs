//! JSON Schema, as much of it as `openapi.json` uses. In: a document, a schema, a value. Out: what does not fit.
//! Never: a keyword passed over: one that is not known is a fault.

use serde_json::{Map, Value};

/// An OpenAPI document and the schemas in it.
#[derive(Clone, Debug)]
pub struct Schemas {
    document: Value,
}

impl Schemas {
    /// The schemas of a document.
    pub fn new(document: Value) -> Self {
        Self { document }
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// What of `value` does not fit a schema, with its place.
    pub fn faults(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let mut faults = Vec::new();
        match schema.as_object() {
            None => faults.push(format!("{place}: {schema} is no schema")),
            Some(schema) => {
                for (keyword, limit) in schema {
                    self.keyword((keyword, limit), schema, value, place, &mut faults);
                }
            }
        }
        faults
    }

    /// What `$ref` leads to, or the value itself.
    pub fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(path) => {
                self.document.pointer(path.trim_start_matches('#')).expect("references lead somewhere")
            }
            None => value,
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        self.faults(schema, value, "").is_empty()
    }

    fn keyword(
        &self,
        (keyword, limit): (&str, &Value),
        schema: &Map<String, Value>,
        value: &Value,
        place: &str,
        faults: &mut Vec<String>,
    ) {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let has = |name: &Value| value.get(name.as_str().unwrap_or_default()).is_some();
        let at_least = |found: Option<f64>| found.is_none_or(|found| found >= limit.as_f64().unwrap());
        let at_most = |found: Option<f64>| found.is_none_or(|found| found <= limit.as_f64().unwrap());
        let n_chars = value.as_str().map(|text| text.chars().count() as f64);
        let n_items = value.as_array().map(|items| items.len() as f64);
        let n_members = value.as_object().map(|members| members.len() as f64);
        let holds = match keyword {
            "description" | "examples" => true,
            "$ref" => {
                faults.extend(self.faults(self.resolved(&Value::Object(schema.clone())), value, place));
                true
            }
            "type" if limit.is_array() => list(limit).iter().any(|name| is_of_type(name, value)),
            "type" => is_of_type(limit, value),
            "const" => value == limit,
            "enum" => list(limit).contains(value),
            "minLength" => at_least(n_chars),
            "maxLength" => at_most(n_chars),
            "minItems" => at_least(n_items),
            "maxItems" => at_most(n_items),
            "minProperties" => at_least(n_members),
            "minimum" => at_least(value.as_f64()),
            "maximum" => at_most(value.as_f64()),
            "required" => !value.is_object() || list(limit).iter().all(has),
            "oneOf" => list(limit).iter().filter(|one| self.fits(one, value)).count() == 1,
            "not" => !self.fits(limit, value),
            "dependentRequired" => {
                let names = limit.as_object().unwrap();
                names.iter().all(|(name, others)| value.get(name).is_none() || list(others).iter().all(has))
            }
            "items" => {
                for (idx, item) in value.as_array().into_iter().flatten().enumerate() {
                    faults.extend(self.faults(limit, item, &format!("{place}[{idx}]")));
                }
                true
            }
            "properties" => {
                for (name, of) in limit.as_object().unwrap() {
                    let found = value.get(name);
                    faults.extend(
                        found
                            .into_iter()
                            .flat_map(|found| self.faults(of, found, &format!("{place}.{name}"))),
                    );
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                let others = value.as_object().into_iter().flatten();
                for (name, found) in
                    others.filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)))
                {
                    let place = format!("{place}.{name}");
                    if *limit == false {
                        faults.push(format!("{place} is not in the schema"));
                    } else {
                        faults.extend(self.faults(limit, found, &place));
                    }
                }
                true
            }
            unknown => panic!("the schema says `{unknown}`, which this suite does not know"),
        };
        if !holds {
            faults.push(format!("{place} breaks {keyword} {limit}"));
        }
    }
}

fn is_of_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        unknown => panic!("the schema says the type `{unknown}`, which this suite does not know"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(schema: Value, value: Value, expected: &[&str]) {
        let schemas = Schemas::new(json!({ "a": { "type": "integer", "minimum": 3 } }));
        assert_eq!(schemas.faults(&schema, &value, "it"), expected);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        check(json!({ "$ref": "#/a" }), json!(3), &[]);
        check(json!({ "$ref": "#/a" }), json!(2), &["it breaks minimum 3"]);
        check(json!({ "$ref": "#/a" }), json!("3"), &["it breaks type \"integer\""]);
        check(
            json!({ "type": ["string", "null"], "maxLength": 2 }),
            json!("äöü"),
            &["it breaks maxLength 2"],
        );
        let object = json!({ "properties": { "a": { "enum": [1, 2] } }, "required": ["a"], "additionalProperties": false });
        check(object.clone(), json!({ "a": 2 }), &[]);
        check(
            object.clone(),
            json!({ "b": 2 }),
            &["it.b is not in the schema", "it breaks required [\"a\"]"],
        );
        check(object, json!({ "a": 3 }), &["it.a breaks enum [1,2]"]);
        let list = json!({ "items": { "const": 1 }, "minItems": 1, "maxItems": 2 });
        check(list.clone(), json!([]), &["it breaks minItems 1"]);
        check(list, json!([1, 2]), &["it[1] breaks const 1"]);
        let either = json!({ "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] });
        check(either.clone(), json!({ "b": 2 }), &[]);
        assert!(!Schemas::new(json!({})).fits(&either, &json!({ "a": 1, "b": 2 })));
        let needs = json!({ "dependentRequired": { "a": ["b"] }, "not": { "required": ["c"] } });
        check(needs.clone(), json!({ "a": 1, "b": 2 }), &[]);
        assert!(!Schemas::new(json!({})).fits(&needs, &json!({ "a": 1 })));
        assert!(!Schemas::new(json!({})).fits(&needs, &json!({ "c": 1 })));
    }
}
