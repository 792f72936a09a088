//! `generated/` is what the compiler makes of `specs/`, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use tests::{workspace_root, xtask};

fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn a_deleted_tree_comes_back_the_same_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("generated");
    // What has been read once is not read again: another processor's vectors may differ in a last bit.
    std::fs::create_dir_all(out.join("search")).unwrap();
    for entry in std::fs::read_dir(workspace_root().join("generated/search")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, out.join("search").join(path.file_name().unwrap())).unwrap();
    }
    let output = xtask(&["gen", "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (made, committed) = (tree(&out), tree(&workspace_root().join("generated")));
    assert_eq!(made.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, text) in made {
        assert_eq!(Some(&text), committed.get(&name), "{name} is stale: cargo xtask gen");
    }
}

#[test]
fn the_shipped_providers_have_no_findings() {
    let output = xtask(&["validate", "--format", "concise"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}
