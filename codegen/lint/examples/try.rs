//! Temporary.
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "manual" {
        print!("{}", uaps_lint::manual());
        return;
    }
    let format: uaps_lint::Format = args[1].parse().unwrap();
    for path in &args[2..] {
        let text = std::fs::read_to_string(path).unwrap();
        let mut sources = uaps_spec::Sources::default();
        let manifest = "id: shop\nname: Shop\ndescription: d\ncategory: c\nupstream: http://localhost:1\nauth: { scheme: custom }\nendpoints: openapi.yaml\n";
        let input = uaps_spec::Input {
            folder: "shop".into(),
            manifest: uaps_spec::Text { path: "provider.yaml".into(), text: manifest.into() },
            document: uaps_spec::Text { path: path.clone(), text },
            overlay: None,
        };
        let t = Instant::now();
        let (provider, mut d) = uaps_spec::read(&mut sources, input);
        let read = t.elapsed();
        let t = Instant::now();
        if let Some(p) = &provider {
            d.extend(uaps_lint::lint(p));
        }
        let lint = t.elapsed();
        let t = Instant::now();
        for f in uaps_lint::Format::ALL {
            uaps_lint::render(f, &sources, &d, true);
        }
        let all = t.elapsed();
        let mut by = std::collections::BTreeMap::new();
        for x in &d {
            *by.entry(format!("{}{}", x.code.name, if x.is_error() { "" } else { "(w)" })).or_insert(0) += 1;
        }
        eprintln!("{path}: read {read:?} lint {lint:?} render {all:?} {by:?}");
        print!("{}", uaps_lint::render(format, &sources, &d, false));
    }
}
