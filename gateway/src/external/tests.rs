//! What is taken from a folder, and what is said of one that can't be used.

use super::*;
use crate::testing;
use serde_json::{Value, json};

/// A folder with these files, given as path and text.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// `testing::service` as JSON, after `change`.
fn shop(change: impl FnOnce(&mut Value)) -> String {
    let mut service = serde_json::to_value(testing::service("https://api.example.com")).unwrap();
    change(&mut service);
    service.to_string()
}

/// What is said of a folder with this `shop.json`, beside which nothing is compiled in.
fn refused(shop: &str) -> String {
    let folder = folder(&[("shop.json", shop)]);
    let error = extend(&Catalog::of(Vec::new()), folder.path()).unwrap_err();
    error.to_string().replace(&folder.path().display().to_string(), "DIR")
}

#[test]
fn a_folder_is_read_as_it_is_written() {
    let built_in = generated::catalog();
    let meaning = built_in.entries()[0].meaning().unwrap().to_text();
    let shop = shop(|_| {});
    for (file, about) in [("shop.json", "search/shop.json"), ("catalog/shop.json", "search/shop.json")] {
        let folder = folder(&[(file, &shop), (about, &meaning), ("README.md", "# Ours")]);
        let catalog = extend(&built_in, folder.path()).unwrap();
        assert_eq!(catalog.entries().len(), built_in.entries().len() + 1);
        let entry = catalog.entry("shop").unwrap();
        assert_eq!((entry.layer, entry.operations), (Layer::External, 6));
        assert_eq!(entry.meaning().unwrap().to_text(), meaning);
        assert_eq!(catalog.entry("rideshare").unwrap().layer, Layer::BuiltIn);
    }
}

#[test]
fn what_the_compiler_makes_passes() {
    for service in generated::catalog().services() {
        assert_eq!(service.check(), Ok(()), "{}", service.id);
    }
}

#[test]
fn a_file_that_is_no_service_is_told_with_its_place() {
    insta::assert_snapshot!(refused("{\n \"id\": 7"), @"DIR/shop.json: invalid type: integer `7`, expected a string at line 2 column 8; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(refused(&shop(|s| s["id"] = "admin".into())).split(" at ").next().unwrap(), @"DIR/shop.json: is reserved: the gateway answers on that path itself");
    insta::assert_snapshot!(refused(&shop(|s| s["id"] = "store".into())), @"DIR/shop.json: /id is `store`, so the file must be called store.json");
    insta::assert_snapshot!(refused(&shop(|s| s["format"] = 9.into())), @"DIR/shop.json: it has format 9, this build reads 1; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(refused(&shop(|s| s["upstream"] = "file:///etc/passwd".into())), @"DIR/shop.json: /upstream takes a URL that starts with https:// or http:// and names a host");
    insta::assert_snapshot!(refused(&shop(|s| s["upstream"] = "https://me:secret@x.example".into())), @"DIR/shop.json: /upstream may not hold a user or a password; set the provider's credential in its own variable");
    insta::assert_snapshot!(refused(&shop(|s| s["upstream"] = "http://api.example.com".into())), @"DIR/shop.json: /upstream is not encrypted, and http:// is accepted for this machine only; write https://, and set PROVIDER_SHOP_BASE_URL where the calls have to go another way");
    insta::assert_snapshot!(refused(&shop(|s| s["operations"][1]["fee_cents"] = (-500).into())), @"DIR/shop.json: /operations/1/fee_cents is less than nothing; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(refused(&shop(|s| s["operations"][0]["path"] = "/items/{it}".into())), @"DIR/shop.json: /operations/0/path has `{it}`, which no parameter fills; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(refused(&shop(|s| s["operations"][0]["path"] = "/../../admin".into())), @"DIR/shop.json: /operations/0/path is `/../../admin`, which leads elsewhere; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(refused(&shop(|s| s["operations"][1]["tool"] = "get_item".into())), @"DIR/shop.json: /operations/1/tool is `get_item`, as another operation's; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(refused(&shop(|s| s["operations"][5]["commerce"]["quote"] = "search".into())), @"DIR/shop.json: /operations/5/commerce/quote names `search`, which is no quote of this service; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(refused(&shop(|s| s["operations"][1]["input"] = json!({"$ref": "#/$defs/Nowhere"}))), @"DIR/shop.json: /operations/1/input can't be compiled: Pointer '/$defs/Nowhere' does not exist");
}

#[test]
fn a_folder_that_can_not_be_used_is_told() {
    let said = |files: &[(&str, &str)], below: &str| {
        let folder = folder(files);
        let error = extend(&generated::catalog(), &folder.path().join(below)).unwrap_err().to_string();
        error.replace(&folder.path().display().to_string(), "DIR")
    };
    let taken = shop(|s| s["id"] = "wikipedia".into());
    insta::assert_snapshot!(said(&[], "nowhere"), @"DIR/nowhere: No such file or directory (os error 2); PENUMBRA_CATALOG and --catalog take a folder");
    insta::assert_snapshot!(said(&[("wikipedia.json", &taken)], ""), @"DIR/wikipedia.json: a service of this id is compiled in; take the file away, or give the service another id");
    insta::assert_snapshot!(said(&[("shop.json", &shop(|_| {})), ("search/shop.json", "{}")], ""), @"DIR/search/shop.json: is no search file of a service; write it again with `cargo xtask gen --out`");
    insta::assert_snapshot!(said(&[("README.md", "# Ours")], ""), @"DIR/: holds no service; `cargo xtask gen --out` writes each as <id>.json");
    insta::assert_snapshot!(said(&[("catalog/a.json", ""), ("shop.json", "")], ""), @"DIR/shop.json: stands beside the folder `catalog`, where the services are; move it into that");
    let wide = shop(|s| s["schemas"]["Wide"] = json!({"description": "x".repeat(9 << 20)}));
    assert!(said(&[("shop.json", &wide)], "").contains("DIR/shop.json: is 94"), "what no other program takes");
    let large = " ".repeat(17 * 1024 * 1024);
    insta::assert_snapshot!(said(&[("shop.json", &large)], ""), @"DIR/shop.json: is over 16 MiB");
    let one = generated::catalog().entries()[0].clone();
    let many = (0..5_000).map(|n| Entry { id: format!("s{n}").into(), ..one.clone() }).collect();
    let full = folder(&[("shop.json", &shop(|_| {}))]);
    let error = extend(&Catalog::of(many), full.path()).unwrap_err();
    insta::assert_snapshot!(error.reason, @"makes 5001 services with those that are compiled in; 5000 are the most");
}
