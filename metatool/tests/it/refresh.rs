//! The catalogue of a remote gateway, kept current.

use crate::catalog;
use crate::session::block_on;
use crate::stand::{Given, Running, Stand, given};
use metatool::{Backend, Refresh, RemoteBackend};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uaps_model::{Method, Service};

fn backend(url: &str, every: Duration, cache: Option<&Path>) -> RemoteBackend {
    let refresh = Refresh { every, cache: cache.map(Path::to_owned) };
    RemoteBackend::new(url, catalog::three()).unwrap().refreshing(refresh)
}

/// A backend that has looked at the gateway once.
async fn looked(gateway: &Running, cache: Option<&Path>) -> RemoteBackend {
    let backend = backend(&gateway.url, Duration::from_secs(300), cache);
    until(&backend, |backend| !backend.catalog_state().unwrap().contains("not told")).await;
    backend
}

async fn until(backend: &RemoteBackend, done: impl Fn(&RemoteBackend) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    backend.ready().await;
    while !done(backend) {
        assert!(Instant::now() < end, "{:?}", backend.catalog_state());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// `id layer`, a line each.
fn shown(backend: &RemoteBackend) -> String {
    let catalog = backend.catalog();
    catalog
        .entries()
        .iter()
        .map(|e| format!("{} {}", e.id, json!(e.layer).as_str().unwrap()))
        .collect::<Vec<_>>()
        .join("\n")
}

fn small(id: &str) -> Service {
    let wash = catalog::operation("wash", Method::Get, "/wash", "Wash clothes");
    catalog::service(id, id, "household", "Clothes washed and ironed", vec![wash])
}

/// The state without its times.
fn state(backend: &RemoteBackend) -> String {
    let text = backend.catalog_state().unwrap();
    let words: Vec<&str> = text.split(' ').collect();
    let timeless = words.iter().enumerate().map(|(at, word)| match words.get(at + 1) {
        Some(unit) if unit.starts_with("s") && unit.len() < 4 && word.parse::<u64>().is_ok() => "N",
        _ => word,
    });
    timeless.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_gateways_services_take_the_place_of_those_compiled_in() {
    block_on(async {
        let mut rides = catalog::rides();
        rides.description = "Cars with a driver".into();
        let mut all = given(&catalog::of([catalog::weather(), rides, small("parking")]), "built_in");
        all.extend(given(&catalog::of([small("laundry")]), "external"));
        let gateway = Stand::start(all).await;
        let backend = looked(&gateway, None).await;
        insta::assert_snapshot!(shown(&backend), @r"
        laundry external
        open-meteo built_in
        parking gateway
        rideshare built_in
        ");
        assert_eq!(backend.catalog().get("rideshare").unwrap().unwrap().description, "Cars with a driver");
        insta::assert_snapshot!(state(&backend), @"4 services of the gateway as of N s ago");
        let mut asked = gateway.stand.asked();
        asked.sort();
        assert_eq!(asked, ["200 /catalog", "200 /catalog/laundry", "200 /catalog/parking", "200 /catalog/rideshare"]);
    });
}

#[test]
fn a_second_look_that_finds_nothing_new_is_a_304() {
    block_on(async {
        let gateway = Stand::start(given(&catalog::of([small("laundry")]), "external")).await;
        let backend = backend(&gateway.url, Duration::from_millis(50), None);
        until(&backend, |_| gateway.stand.asked().len() >= 2).await;
        let before = backend.catalog();
        until(&backend, |_| gateway.stand.asked().len() >= 5).await;
        assert_eq!(
            gateway.stand.asked()[..4],
            ["200 /catalog", "200 /catalog/laundry", "304 /catalog", "304 /catalog"]
        );
        assert!(Arc::ptr_eq(&before, &backend.catalog()), "so that nothing is indexed anew");

        gateway.stand.give(given(&catalog::of([small("laundry"), small("tailor")]), "external"));
        until(&backend, |backend| backend.catalog().entries().len() == 2).await;
        let fetched = gateway.stand.asked().iter().filter(|asked| asked.contains("/laundry")).count();
        assert_eq!(fetched, 1, "what is known is not fetched again");
    });
}

/// What is left out where a gateway gives `bad` beside a good service.
#[track_caller]
fn check_left_out(bad: impl IntoIterator<Item = Given>) -> String {
    block_on(async {
        let mut all = given(&catalog::of([small("laundry")]), "external");
        all.extend(bad);
        let gateway = Stand::start(all).await;
        let backend = looked(&gateway, None).await;
        assert_eq!(shown(&backend), "laundry external");
        state(&backend)
    })
}

fn as_is(id: &str, body: impl Into<Vec<u8>>) -> Given {
    Given { id: id.into(), layer: "built_in", digest: None, body: body.into() }
}

/// A service of a gateway after `change` of its JSON.
fn changed(id: &str, pointer: &str, to: serde_json::Value) -> Given {
    let mut value: serde_json::Value =
        serde_json::from_slice(&given(&catalog::of([small(id)]), "built_in")[0].body).unwrap();
    *value.pointer_mut(pointer).unwrap() = to;
    as_is(id, value.to_string())
}

#[test]
fn what_can_not_be_used_is_left_out_and_named() {
    let disguised = as_is("other", given(&catalog::of([small("parking")]), "built_in")[0].body.clone());
    let negative = {
        let mut service = small("negative");
        service.operations[0].fee_cents = -5;
        given(&catalog::of([service]), "built_in")
    };
    let deep = (0..200).fold(json!({}), |inner, _| json!([inner]));
    let deep = changed("deep", "/service/operations/0/input", deep);
    insta::assert_snapshot!(
        check_left_out([as_is("empty", ""), as_is("heavy", " ".repeat(9 << 20)), disguised, deep].into_iter().chain(negative)),
        @"1 service of the gateway as of N s ago. Left out: `deep`: recursion limit exceeded at line 1 column 607; `empty`: EOF while parsing a value at line 1 column 0; `heavy`: it is over 8 MiB; `negative`: /operations/0/fee_cents is less than nothing; `other`: it calls itself `parking`"
    );
    insta::assert_snapshot!(
        check_left_out([
            changed("later", "/service/format", json!(7)),
            changed("out", "/service/operations/0/path", json!("/../admin")),
            as_is("red\u{1b}[31m", "{}"),
        ]),
        @"1 service of the gateway as of N s ago. Left out: `red [31m`: may hold only lower-case letters, digits and hyphens; `later`: it has format 7, this build reads 1; `out`: /operations/0/path is `/../admin`, which leads elsewhere"
    );
}

#[test]
fn what_can_not_be_had_is_tried_again_and_the_one_before_stays() {
    block_on(async {
        let mut all = given(&catalog::of([small("laundry"), catalog::weather()]), "external");
        let wrong = Given { digest: Some("0".repeat(64)), ..as_is("rideshare", "{}") };
        all.push(wrong);
        let gateway = Stand::start(all).await;
        let backend = looked(&gateway, None).await;
        let before = "laundry external\nopen-meteo built_in\nrideshare built_in";
        assert_eq!(shown(&backend), before, "what is compiled in stands in for it");
        insta::assert_snapshot!(state(&backend), @"3 services of the gateway as of N s ago. Not all of them could be fetched: `rideshare`: it changed while it was fetched; the next look is in N s");
    });
}

#[test]
fn the_disk_answers_while_the_gateway_is_away() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let services = || {
            let mut all = given(&catalog::of([catalog::weather(), small("parking")]), "built_in");
            all.extend(given(&catalog::of([small("laundry"), small("tailor")]), "external"));
            all
        };
        let gateway = Stand::start(services()).await;
        looked(&gateway, Some(folder.path())).await;
        let address = gateway.url.trim_start_matches("http://").to_owned();
        let url = gateway.url.clone();
        let kept = kept(folder.path());
        assert_eq!(kept.len(), 4, "an index and what is not compiled in: {kept:?}");
        gateway.stop().await;

        // One file is damaged, and one is no file of ours.
        std::fs::write(kept.iter().find(|path| holds(path, "tailor") && !path.ends_with("index.json")).unwrap(), "{}")
            .unwrap();
        let alone = backend(&url, Duration::from_secs(300), Some(folder.path()));
        until(&alone, |alone| alone.catalog_state().unwrap().contains("failed")).await;
        assert_eq!(shown(&alone), "laundry external\nopen-meteo built_in\nparking gateway");
        insta::assert_snapshot!(state(&alone), @"3 services of the gateway as an earlier start found them. The latest look failed: nobody answers there; the next look is in N s");

        // It is back, as it was: only what is missing is fetched.
        let gateway = Stand::start_at(&address, services()).await;
        let back = backend(&url, Duration::from_secs(300), Some(folder.path()));
        until(&back, |back| back.catalog().entries().len() == 4).await;
        assert_eq!(gateway.stand.asked(), ["304 /catalog", "200 /catalog/tailor"]);
    });
}

fn holds(path: &Path, text: &str) -> bool {
    std::fs::read_to_string(path).unwrap().contains(text)
}

/// The files of the one gateway that was kept, which are the user's alone.
fn kept(root: &Path) -> Vec<std::path::PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folders: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!((folders.len(), mode(&folders[0])), (1, 0o700));
    let files: Vec<_> = std::fs::read_dir(&folders[0]).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.iter().all(|file| mode(file) == 0o600), "{files:?}");
    files
}

#[test]
fn a_disk_full_of_rubbish_is_as_good_as_empty() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let gateway = Stand::start(given(&catalog::of([small("laundry")]), "external")).await;
        looked(&gateway, Some(folder.path())).await;
        for file in kept(folder.path()) {
            std::fs::write(file, b"\xff\x00{").unwrap();
        }
        let backend = looked(&gateway, Some(folder.path())).await;
        assert_eq!(shown(&backend), "laundry external");
        // A place that can't be written to is no reason to stop.
        let backend = looked(&gateway, Some(Path::new("/proc/nowhere"))).await;
        assert_eq!(shown(&backend), "laundry external");
    });
}

#[test]
fn a_folder_that_others_may_write_to_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let gateway = Stand::start(given(&catalog::of([small("laundry")]), "external")).await;
        looked(&gateway, Some(folder.path())).await;
        let inner = kept(folder.path())[0].parent().unwrap().to_owned();
        std::fs::set_permissions(&inner, PermissionsExt::from_mode(0o777)).unwrap();
        let url = gateway.url.clone();
        gateway.stop().await;
        let alone = backend(&url, Duration::from_secs(300), Some(folder.path()));
        until(&alone, |alone| alone.catalog_state().unwrap().contains("failed")).await;
        assert!(state(&alone).starts_with("the services that are compiled in"), "{}", state(&alone));
    });
}

#[test]
fn a_gateway_that_says_nothing_useful_changes_nothing() {
    block_on(async {
        let old = Stand::start(Vec::new()).await;
        let old = backend(&format!("{}/old", old.url), Duration::from_secs(300), None);
        until(&old, |old| old.catalog_state().unwrap().contains("failed")).await;
        insta::assert_snapshot!(state(&old), @"the services that are compiled in; the gateway has not told its own yet. The latest look failed: it has no catalogue to give; it may be older than this program; the next look is in N s");
        assert_eq!(old.catalog().entries().len(), 3);

        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", silent.local_addr().unwrap());
        let backend = backend(&url, Duration::from_secs(300), None);
        let before = Instant::now();
        backend.ready().await;
        backend.ready().await;
        assert!(before.elapsed() < Duration::from_millis(900), "{:?}", before.elapsed());
        assert_eq!(backend.catalog().entries().len(), 3);
    });
}

#[test]
fn a_thousand_services_come_in_one_look() {
    block_on(async {
        let many: Vec<Service> = (0..1000).map(|n| small(&format!("laundry-{n}"))).collect();
        let gateway = Stand::start(given(&catalog::of(many), "built_in")).await;
        let backend = looked(&gateway, None).await;
        assert_eq!(backend.catalog().entries().len(), 1000);
        assert_eq!(gateway.stand.asked().len(), 1001);
    });
}

/// Neither of the words is the service's own.
#[cfg(feature = "encoder")]
#[test]
fn what_only_the_gateway_has_is_found_by_what_it_is_about() {
    use crate::session::{self, Era};
    block_on(async {
        let all = catalog::described(catalog::of([catalog::weather(), small("laundry")]));
        let gateway = Stand::start(given(&all, "external")).await;
        let backend = Arc::new(looked(&gateway, None).await);
        let client = session::open(backend, None, Era::Discover).await;
        let found = session::call(&client, "search_services", json!({"query": "dirty shirts"})).await.unwrap();
        let first = &found.structured_content.unwrap()["services"][0];
        assert_eq!(
            (&first["id"], &first["layer"], &first["why"]),
            (&json!("laundry"), &json!("external"), &json!("related: dirty, shirts"))
        );
    });
}
