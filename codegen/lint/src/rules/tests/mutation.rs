//! Documents with parts taken out or exchanged: whatever their shape, the rules answer.

use super::assert_agreement;
use crate::testing::{MANIFEST, SHOP, looked_up, run};
use crate::{Format, render};
use proptest::prelude::*;
use serde_json::{Value, json};
use uaps_spec::Diagnostic;

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(object) => object.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// Puts `with` in the place of the `at`th value, or takes it out. `true` where that was found.
fn mutate(value: &mut Value, at: &mut usize, with: &Option<Value>) -> bool {
    let mut step = |child: &mut Value| {
        if *at == 0 {
            return Some(true);
        }
        *at -= 1;
        mutate(child, at, with).then_some(false)
    };
    match value {
        Value::Object(object) => {
            for key in object.keys().cloned().collect::<Vec<_>>() {
                match object.get_mut(&key).and_then(&mut step) {
                    Some(true) => {
                        match with {
                            Some(with) => object.insert(key, with.clone()),
                            None => object.remove(&key),
                        };
                        return true;
                    }
                    Some(false) => return true,
                    None => {}
                }
            }
            false
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                match step(&mut items[index]) {
                    Some(true) => {
                        match with {
                            Some(with) => items[index] = with.clone(),
                            None => drop(items.remove(index)),
                        }
                        return true;
                    }
                    Some(false) => return true,
                    None => {}
                }
            }
            false
        }
        _ => false,
    }
}

fn shop() -> Value {
    let mut sources = uaps_spec::Sources::default();
    let file = sources.add("openapi.yaml", looked_up("not_sold: [declined], missing: not_sold", &[]));
    uaps_spec::parse(&sources, file).0.unwrap().to_json()
}

fn intruder() -> impl Strategy<Value = Option<Value>> {
    let values = [
        json!(null),
        json!(3),
        json!(-1.5),
        json!(true),
        json!(""),
        json!("text \u{1f980}"),
        json!([]),
        json!({}),
        json!([[{}], "a", null]),
        json!({"$ref": "#"}),
        json!({"$ref": "#/components/schemas/Order"}),
        json!({"$ref": "#/components/schemas/Pricing"}),
        json!({"$ref": "#/nowhere"}),
        json!({"$ref": 3}),
        json!({"allOf": [{"$ref": "#/components/schemas/Order"}, {"$ref": "#/components/schemas/Quote"}]}),
        json!({"oneOf": [{"$ref": "#/components/schemas/Pricing"}, {"nullable": true}], "anyOf": []}),
        json!("$.pricing[0]['total_cents']"),
        json!("#/components/schemas/Order"),
    ];
    prop_oneof![1 => Just(None), 4 => proptest::sample::select(values.to_vec()).prop_map(Some)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn no_shape_makes_the_rules_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), intruder()), 1..6)) {
        let mut document = shop();
        for (index, with) in &changes {
            let mut at = index.index(count(&document));
            mutate(&mut document, &mut at, with);
        }
        let (sources, provider, diagnostics) = run(MANIFEST, &document.to_string());
        for format in Format::ALL {
            render(format, &sources, &diagnostics, true);
        }
        if let Some(provider) = provider {
            assert_agreement(&provider, &diagnostics);
        }
    }
}

#[test]
fn every_single_part_taken_out_or_exchanged() {
    let document = shop();
    for with in [None, Some(json!(3)), Some(json!("text")), Some(json!([null])), Some(json!({"$ref": "#/paths"}))] {
        for at in 0..count(&document) {
            let mut document = document.clone();
            mutate(&mut document, &mut at.clone(), &with);
            let (_, provider, diagnostics) = run(MANIFEST, &document.to_string());
            if let Some(provider) = provider {
                assert_agreement(&provider, &diagnostics);
            }
        }
    }
}

#[test]
fn schemas_without_end_come_to_an_end() {
    let bomb = |schemas: &str| format!("{}{schemas}", SHOP.replace("    Pricing:\n", "    Old:\n"));
    let doubling: String = (0..40)
        .map(|n| format!("    P{n}: {{ oneOf: [{{ $ref: '#/components/schemas/P{0}' }}, {{ $ref: '#/components/schemas/P{0}' }}] }}\n", n + 1))
        .collect();
    let schemas = [
        "    Pricing: { oneOf: [{ $ref: '#/components/schemas/Pricing' }] }\n".to_owned(),
        "    Pricing: { properties: { total_cents: { $ref: '#/components/schemas/Pricing' } } }\n".to_owned(),
        "    Pricing: { allOf: [{ anyOf: [{ $ref: '#/components/schemas/Order' }] }] }\n".to_owned(),
        format!("    Pricing: {{ $ref: '#/components/schemas/P0' }}\n{doubling}"),
    ];
    for text in schemas {
        let (_, provider, diagnostics) = run(MANIFEST, &bomb(&text));
        // What doubles with each level is not even read.
        let told = |d: &Diagnostic| d.code.name == if provider.is_some() { "amount-path" } else { "too-large" };
        assert!(diagnostics.iter().any(told), "{text}");
        if let Some(provider) = &provider {
            assert_agreement(provider, &diagnostics);
        }
    }
}
