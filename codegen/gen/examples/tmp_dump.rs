//! Temporary.
use uaps_spec::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut sources = Sources::default();
    let t = |p: &str| Text { path: p.into(), text: std::fs::read_to_string(p).unwrap() };
    let manifest = if args.len() > 3 { t(&args[3]) } else { Text { path: "m".into(), text: "id: kiosk\nname: K\ndescription: D\ncategory: c\nupstream: https://kiosk.example\nauth: { scheme: none }\nendpoints: openapi.yaml\n".into() } };
    let overlay = args.get(4).map(|p| t(p));
    let folder = if args.len() > 3 { args[3].rsplit('/').nth(1).unwrap().to_owned() } else { "kiosk".into() };
    let s0 = std::time::Instant::now();
    let (p, d) = read(&mut sources, Input { folder, manifest, document: t(&args[2]), overlay });
    let Some(p) = p else { eprintln!("{d:?}"); return };
    let s1 = std::time::Instant::now();
    let service = uaps_gen::compile(&p);
    let s2 = std::time::Instant::now();
    match service {
        Ok(s) => {
            let text = uaps_gen::catalog_text(&s);
            eprintln!("{} read {:?} compile {:?} text {:?} {} ops {} bytes", args[2], s1 - s0, s2 - s1, s2.elapsed(), s.operations.len(), text.len());
            if args[1] == "v" { for f in uaps_gen::verify(&s) { println!("{f}"); } } else if args[1] == "p" { print!("{text}"); }
        }
        Err(d) => eprintln!("{d:?}"),
    }
}
