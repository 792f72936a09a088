//! The dialect as typify reads it: JSON Schema, in which null is a type.

use serde_json::{Map, Value};
use typify_schemars::schema::{
    ArrayValidation, InstanceType, Metadata, ObjectValidation, Schema, SchemaObject, SingleOrVec, SubschemaValidation,
};

/// A schema of the dialect. What is not of the dialect is anything.
pub(super) fn of(value: &Value) -> Schema {
    let Some(members) = value.as_object() else { return Schema::Bool(true) };
    let nullable = members.get("nullable") == Some(&Value::Bool(true));
    let text = |key: &str| members.get(key).and_then(Value::as_str);
    let metadata = text("description")
        .map(|description| Box::new(Metadata { description: Some(description.to_owned()), ..Metadata::default() }));
    let described = |schema: SchemaObject| Schema::Object(SchemaObject { metadata: metadata.clone(), ..schema });
    if let Some(reference) = text("$ref") {
        let reference = SchemaObject::new_ref(reference.to_owned());
        return match (nullable, &metadata) {
            (false, None) => reference.into(),
            (false, Some(_)) => described(all_of(reference)),
            (true, _) => described(or_null(all_of(reference))),
        };
    }
    if let Some(Value::Array(variants)) = members.get("oneOf") {
        let union = one_of(variants.iter().map(of).collect());
        return described(if nullable { or_null(union) } else { union });
    }
    let Some(kind) = text("type").and_then(kind) else { return described(SchemaObject::default()) };
    let instance_type = if nullable { SingleOrVec::Vec(vec![kind, InstanceType::Null]) } else { kind.into() };
    described(SchemaObject {
        instance_type: Some(instance_type),
        format: text("format").map(str::to_owned),
        enum_values: members.get("enum").and_then(Value::as_array).cloned(),
        object: (kind == InstanceType::Object).then(|| object(members)).map(Box::new),
        array: members.get("items").filter(|_| kind == InstanceType::Array).map(|items| Box::new(array(items))),
        ..SchemaObject::default()
    })
}

fn kind(name: &str) -> Option<InstanceType> {
    Some(match name {
        "boolean" => InstanceType::Boolean,
        "integer" => InstanceType::Integer,
        "number" => InstanceType::Number,
        "string" => InstanceType::String,
        "array" => InstanceType::Array,
        "object" => InstanceType::Object,
        _ => return None,
    })
}

fn object(members: &Map<String, Value>) -> ObjectValidation {
    let properties = members.get("properties").and_then(Value::as_object).into_iter().flatten();
    let required = members.get("required").and_then(Value::as_array).into_iter().flatten();
    ObjectValidation {
        properties: properties.map(|(name, schema)| (name.clone(), of(schema))).collect(),
        required: required.filter_map(Value::as_str).map(str::to_owned).collect(),
        additional_properties: members.get("additionalProperties").map(|more| {
            Box::new(match more {
                Value::Bool(any) => Schema::Bool(*any),
                schema => of(schema),
            })
        }),
        ..ObjectValidation::default()
    }
}

fn array(items: &Value) -> ArrayValidation {
    ArrayValidation { items: Some(SingleOrVec::Single(Box::new(of(items)))), ..ArrayValidation::default() }
}

fn all_of(schema: SchemaObject) -> SchemaObject {
    combined(SubschemaValidation { all_of: Some(vec![schema.into()]), ..SubschemaValidation::default() })
}

fn one_of(variants: Vec<Schema>) -> SchemaObject {
    combined(SubschemaValidation { one_of: Some(variants), ..SubschemaValidation::default() })
}

/// Typify reads this as an `Option`.
fn or_null(schema: SchemaObject) -> SchemaObject {
    let null = SchemaObject { instance_type: Some(InstanceType::Null.into()), ..SchemaObject::default() };
    one_of(vec![null.into(), schema.into()])
}

fn combined(subschemas: SubschemaValidation) -> SchemaObject {
    SchemaObject { subschemas: Some(Box::new(subschemas)), ..SchemaObject::default() }
}
