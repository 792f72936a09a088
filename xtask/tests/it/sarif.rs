//! `validate --format sarif` against the schema of SARIF 2.1.0.

use crate::project::{DOCUMENT, MANIFEST, Project};
use serde_json::Value;

/// The schema, out of the package of `serde-sarif`.
fn schema() -> Value {
    // Referred to, so that whoever removes the dependency as unused hears of it from the compiler.
    let _: Option<serde_sarif::sarif::Sarif> = None;
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .other_options(["--offline", "--filter-platform", "host-tuple"].map(String::from).to_vec())
        .exec()
        .unwrap();
    let package = metadata.packages.iter().find(|package| package.name.as_str() == "serde-sarif").unwrap();
    let folder = package.manifest_path.parent().unwrap();
    let path = folder.join("src/schema.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut schema = serde_json::from_str(&text).unwrap();
    mend(&mut schema);
    schema
}

/// The published schema has one expression with a bracket too many, which strict engines refuse. No log of ours names a
/// language, so it judges nothing here.
fn mend(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|key, value| key != "pattern" || !value.as_str().is_some_and(|text| text.ends_with("]?$")));
            members.values_mut().for_each(mend);
        }
        Value::Array(items) => items.iter_mut().for_each(mend),
        _ => {}
    }
}

fn log(project: &Project, arguments: &[&str]) -> Value {
    serde_json::from_str(&project.validate(&[&["--format", "sarif"], arguments].concat()).stdout).unwrap()
}

#[track_caller]
fn check(validator: &jsonschema::Validator, log: &Value) {
    let wrong: Vec<_> = validator.iter_errors(log).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_written_is_sarif() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    let valid = Project::with_weather();
    check(&validator, &log(&valid, &[]));

    // Findings with fixes, with related places, without either, in every text, and in a file that can't be read.
    let project = Project::with_weather();
    project.write("specs/torn/provider.yaml", &MANIFEST.replace("id: weather", "id: torn"));
    project.write("specs/torn/openapi.yaml", "openapi: 3.0.3\npaths: [\n");
    project.write("specs/lost/provider.yaml", &MANIFEST.replace("id: weather", "id: lost"));
    let document = DOCUMENT
        .replace("required: true, ", "")
        .replace("paths:\n", "paths:\n  /a b:\n    get: { operationId: \"get_forecast\", x-usage-fee-cent: 1, responses: { default: { $ref: '#/nowhere' } } }\n");
    project.write("specs/weather/openapi.yaml", &document);
    let log = log(&project, &[]);
    check(&validator, &log);

    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().unwrap();
    let have = |key: &str| results.iter().filter(|result| result.get(key).is_some()).count();
    assert!(have("fixes") > 0 && have("relatedLocations") > 0 && results.len() >= 6, "{results:#?}");
    assert_eq!(have("partialFingerprints"), results.len());
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("specs/") && place["artifactLocation"]["uriBaseId"] == "%SRCROOT%", "{place}");
        let number = |key: &str| place["region"][key].as_u64().unwrap();
        let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
        assert!((1, 1) <= start && start <= end, "{place}");
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let words =
            ["shortDescription", "fullDescription", "help"].map(|key| rule[key]["text"].as_str().unwrap().len());
        assert!(words.iter().all(|length| *length > 10), "{rule}");
    }
}

/// The test could not fail if the schema took everything.
#[test]
fn the_schema_refuses_what_is_no_sarif() {
    let validator = jsonschema::draft7::new(&schema()).unwrap();
    let mut log = log(&Project::with_weather(), &[]);
    log["runs"][0]["columnKind"] = "bytes".into();
    assert!(!validator.is_valid(&log));
}

/// A provider that lies elsewhere is named by its whole path.
#[test]
fn files_elsewhere_have_an_address() {
    let project = Project::with_weather();
    project.write("specs/weather/openapi.yaml", "openapi: [\n");
    let specs = project.path("specs");
    let output = Project::new().run(&["validate", "--specs", specs.to_str().unwrap(), "--format", "sarif"]).stdout;
    let log: Value = serde_json::from_str(&output).unwrap();
    let uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str();
    assert!(uri.unwrap().starts_with("file:///"), "{uri:?}");
}
