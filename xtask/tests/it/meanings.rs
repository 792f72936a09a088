//! `gen`, and what it keeps of what the encoder has read.

use crate::project::{DOCUMENT, Project};
use serde_json::Value;
use uaps_gen::lock::{Line, Lock, output_hash};

const FILE: &str = "out/search/weather.json";

fn read(project: &Project) -> Value {
    serde_json::from_str(&project.read(FILE)).unwrap()
}

/// Another vector for the service, as if another processor had read its text.
fn as_elsewhere(project: &Project) -> String {
    let text = project.read(FILE);
    let (service, tool) =
        (read(project)["service"]["vector"].clone(), read(project)["tools"]["get_forecast"]["vector"].clone());
    let elsewhere = text.replacen(service.as_str().unwrap(), tool.as_str().unwrap(), 1);
    assert_ne!(elsewhere, text);
    elsewhere
}

#[test]
fn what_was_read_elsewhere_is_not_read_again() {
    let project = Project::with_weather();
    project.generate(&[]).expect(0);
    let elsewhere = as_elsewhere(&project);
    project.write(FILE, &elsewhere);
    let files = project.tree("out");
    let own = files.iter().filter(|(path, _)| {
        let path = path.to_string_lossy();
        ["out/catalog/", "out/clients/", "out/search/"].iter().any(|folder| path.starts_with(folder))
    });
    let own = own.map(|(path, text)| (path.strip_prefix("out").unwrap().to_string_lossy().into_owned(), text));
    let mut lock = Lock::parse(&project.read("out/gen.lock")).unwrap();
    let line = Line { output: output_hash(own), ..lock.get("weather").unwrap().clone() };
    lock.set(line);
    project.write("out/gen.lock", &lock.format());

    project.generate(&["--check"]).expect(0);
    project.generate(&["--force"]).expect(0);
    assert_eq!(project.read(FILE), elsewhere);
}

#[test]
fn only_what_changed_is_read() {
    let project = Project::with_weather();
    project.generate(&[]).expect(0);
    let before = read(&project);
    assert!(before["words"].as_array().unwrap().len() > 20, "{before}");

    project.write("specs/weather/openapi.yaml", &DOCUMENT.replace("how warm it will be", "how much snow will fall"));
    project.generate(&[]).expect(0);
    let after = read(&project);
    assert_eq!(after["service"], before["service"]);
    assert_ne!(after["tools"]["get_forecast"]["text"], before["tools"]["get_forecast"]["text"]);
    assert_ne!(after["tools"]["get_forecast"]["vector"], before["tools"]["get_forecast"]["vector"]);
}

#[test]
fn a_vector_that_a_hand_changed_is_noticed_and_read_again() {
    let project = Project::with_weather();
    project.generate(&[]).expect(0);
    let before = project.read(FILE);
    project.write(FILE, &as_elsewhere(&project));
    let run = project.generate(&["--check"]).expect(1);
    insta::assert_snapshot!(run.stdout, @r"
    problem: out/search/weather.json is out of date
    fix: cargo xtask gen --specs specs --out out
    ");
    project.generate(&[]).expect(0);
    assert_eq!(project.read(FILE), before);
}
