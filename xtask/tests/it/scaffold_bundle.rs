//! `scaffold-provider` of documents that are spread over files.

use crate::project::Project;
use crate::server::{answer, serve};

const ROOT: &str = r##"openapi: 3.0.3
info: { title: Weather, version: "1" }
servers: [ { url: https://api.weather.example } ]
paths:
  /forecast/{city}: { $ref: paths/forecast.yaml }
components:
  schemas:
    Forecast: { $ref: schemas/Forecast.yaml }
"##;

const PATH: &str = r##"get:
  operationId: get_forecast
  summary: The forecast of a city
  parameters: [ { $ref: "../common.json#/city" } ]
  responses:
    "200":
      description: The forecast
      content: { application/json: { schema: { $ref: ../schemas/Forecast.yaml } } }
"##;

const FORECAST: &str = "type: object\nrequired: [celsius]\nproperties: { celsius: { type: number } }\n";

const COMMON: &str = r#"{"city": {"name": "city", "in": "path", "required": true, "description": "Its name", "schema": {"type": "string"}}}"#;

/// The document and its files, below `vendor`.
fn vendor(project: &Project) {
    project.write("vendor/openapi.yaml", ROOT);
    project.write("vendor/paths/forecast.yaml", PATH);
    project.write("vendor/schemas/Forecast.yaml", FORECAST);
    project.write("vendor/common.json", COMMON);
}

#[test]
fn a_folder_becomes_one_document() {
    let project = Project::new();
    vendor(&project);
    insta::assert_snapshot!(project.scaffold("weather", "vendor/openapi.yaml", &[]).all(), @r"
    0
    --- stdout
    --- stderr
    bundled the document with 3 files that it refers to
    wrote specs/weather with 5 files and 1 operation
    it is valid; next: cargo xtask gen weather --specs specs
    ");
    insta::assert_snapshot!(project.read("specs/weather/openapi.yaml"), @r##"
    openapi: "3.0.3"
    info:
      title: Weather
      version: "1"
    servers:
      - url: "https://api.weather.example"
    paths:
      "/forecast/{city}":
        get:
          operationId: get_forecast
          summary: The forecast of a city
          parameters:
            - "$ref": "#/components/parameters/city"
          responses:
            "200":
              description: The forecast
              content:
                application/json:
                  schema:
                    "$ref": "#/components/schemas/Forecast"
    components:
      schemas:
        Forecast:
          type: object
          required:
            - celsius
          properties:
            celsius:
              type: number
      parameters:
        city:
          name: city
          in: path
          required: true
          description: Its name
          schema:
            type: string
    "##);
    insta::assert_snapshot!(project.read("specs/weather/provider.yaml"), @r#"
    # yaml-language-server: $schema=../provider.schema.json
    id: weather
    name: Weather API
    description: Weather
    category: general
    upstream: "https://api.weather.example"
    source:
      url: "openapi.yaml"
      sha256: "54f8c8a75774524d47e7def86acf8c583d2bcca39599c14ed1e304b8106f81dc"
      bundled:
        - { file: "openapi.yaml", sha256: "2e46f3a74fca4d10082301806e87268aa5127bf0ed415e0be5be74ed6192ec9d" }
        - { file: "schemas/Forecast.yaml", sha256: "a67d577d1a34932e85c6002a3154c99d9f361abd320a3bbd9e8139a2bb42ad53" }
        - { file: "paths/forecast.yaml", sha256: "f8da147c6804b55fff67cc2f78c5719f70bb3ad8b23d9b2ff33a513243e254bb" }
        - { file: "common.json", sha256: "0a426db9137a0bdd94e92d4212bc12e6bd36475db95d343366923ccd20f6d89e" }
    auth: { scheme: none }
    endpoints: openapi.yaml
    rate_limits: { default_per_minute: 120, burst: 30 }
    access: { read: anonymous, write: identified, purchase: authenticated }
    "#);
    project.validate(&[]).expect(0);
    assert!(project.read("specs/weather/README.md").contains("bundled from the 4 files"));

    // The hash is that of the bundle, so that an edit in it is found.
    project
        .write("specs/weather/openapi.yaml", &project.read("specs/weather/openapi.yaml").replace("celsius", "kelvin"));
    assert!(project.validate(&[]).expect(1).stdout.contains("UAPS007"));
}

#[test]
fn a_server_gives_the_files_of_its_document() {
    let base = serve(|path| match path {
        "/latest" => answer("302 Found", "Location: /v1/openapi.yaml\r\n", ""),
        "/v1/openapi.yaml" => answer("200 OK", "", ROOT),
        "/v1/paths/forecast.yaml" => answer("200 OK", "", PATH),
        "/v1/schemas/Forecast.yaml" => answer("200 OK", "Content-Type: text/html\r\n", FORECAST),
        "/v1/common.json" => answer("200 OK", "", COMMON),
        _ => answer("404 Not Found", "", "no"),
    });
    let project = Project::new();
    project.scaffold("weather", &format!("{base}/latest"), &[]).expect(0);
    let manifest = project.read("specs/weather/provider.yaml");
    assert!(manifest.contains(&format!("url: \"{base}/latest\"")), "{manifest}");
    assert!(manifest.contains(&format!("file: \"{base}/v1/paths/forecast.yaml\"")), "{manifest}");
    let folder = Project::new();
    vendor(&folder);
    folder.scaffold("weather", "vendor/openapi.yaml", &[]).expect(0);
    assert_eq!(project.read("specs/weather/openapi.yaml"), folder.read("specs/weather/openapi.yaml"));
    project.validate(&[]).expect(0);
}

#[test]
fn what_is_out_of_reach_is_told_and_the_rest_is_valid() {
    let project = Project::new();
    vendor(&project);
    project.write("secret.yaml", "type: string\n");
    std::fs::remove_file(project.path("vendor/common.json")).unwrap();
    project.write(
        "vendor/schemas/Forecast.yaml",
        "properties: { a: { $ref: ../../secret.yaml }, b: { $ref: 'https://other.example/x.yaml' } }\n",
    );
    insta::assert_snapshot!(project.scaffold("weather", "vendor/openapi.yaml", &[]).expect(0).all(), @r#"
    0
    --- stdout
    warning[UAPS301 reference-external]: the reference `../common.json#/city` leads to common.json, which can't be had: there is no such file
     --> paths/forecast.yaml:4:25
      |
    4 |   parameters: [ { $ref: "../common.json#/city" } ]
      |                         ^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: put the file there and scaffold again, or say by the overlay what stands there

    warning[UAPS301 reference-external]: the reference `../../secret.yaml` leads above the document's folder
     --> schemas/Forecast.yaml:1:26
      |
    1 | properties: { a: { $ref: ../../secret.yaml }, b: { $ref: 'https://other.example/x.yaml' } }
      |                          ^^^^^^^^^^^^^^^^^
      |
      = help: only files below the document's folder are read; move the document up to the folder that holds them all

    warning[UAPS301 reference-external]: the reference `https://other.example/x.yaml` leads away from the document's folder
     --> schemas/Forecast.yaml:1:58
      |
    1 | properties: { a: { $ref: ../../secret.yaml }, b: { $ref: 'https://other.example/x.yaml' } }
      |                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: save that file beside the document and make the reference relative; or give the document by its URL, where both have one host

    decide: the document refers to `../../secret.yaml`, which is not a part of it; any value is accepted there
     where: specs/weather/overlay.yaml
      edit: scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    decide: the document refers to `common.json#/city`, which is not a part of it; it is left out
     where: specs/weather/overlay.yaml
      edit: scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    decide: the document refers to `https://other.example/x.yaml`, which is not a part of it; any value is accepted there
     where: specs/weather/overlay.yaml
      edit: scaffold again from a folder or host that has the file, or write at the action for it what belongs there
    --- stderr
    bundled the document with 2 files that it refers to
    wrote specs/weather with 5 files and 1 operation
    it is valid; next: cargo xtask gen weather --specs specs
    "#);
    assert!(!project.read("specs/weather/openapi.yaml").contains("type: string"));
    project.validate(&[]).expect(0);
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_folder_is_not_followed() {
    let project = Project::new();
    vendor(&project);
    project.write("secret.yaml", "type: string\n");
    std::fs::remove_file(project.path("vendor/schemas/Forecast.yaml")).unwrap();
    std::os::unix::fs::symlink(project.path("secret.yaml"), project.path("vendor/schemas/Forecast.yaml")).unwrap();
    let run = project.scaffold("weather", "vendor/openapi.yaml", &[]).expect(0);
    assert!(run.stdout.contains("a link that leads out of the document's folder"), "{}", run.all());
}

/// The bytes that an editor of another machine leaves behind.
#[test]
fn one_file_keeps_its_bytes() {
    for (name, text) in [
        ("mark.yaml", format!("\u{feff}{}", crate::project::DOCUMENT)),
        ("windows.yaml", crate::project::DOCUMENT.replace('\n', "\r\n")),
        ("tabs.json", "{\n\t\"openapi\": \"3.0.3\",\r\n\t\"info\": {\"title\": \"W\", \"version\": \"1\"},\n\t\"paths\": {}\n}\n\n".to_owned()),
    ] {
        let project = Project::new();
        project.write(name, &text);
        project.scaffold("weather", name, &[]).expect(0);
        let kept = project.read(&format!("specs/weather/openapi.{}", name.rsplit('.').next().unwrap()));
        assert_eq!(kept, text, "{name}");
        project.validate(&[]).expect(0);
    }
}
