//! The contract and the permission table are generated, complete and committed.
//!
//! `make contract` writes `public/openapi.json` and `docs/permissions.md` from the code; here they are compared.

mod permissions;

use edgedesk::http::{ROUTES, openapi};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn generated() -> Value {
    serde_json::to_value(openapi()).expect("the contract is JSON")
}

/// That the committed copy is what the code says; writes it where the environment asks for it.
fn require_committed(file: &str, generated: &str) {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_CONTRACT").is_some() {
        std::fs::write(&path, generated).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "{file} is stale: run `make contract`");
}

/// Method and path of every operation of the contract.
fn operations(contract: &Value) -> BTreeSet<(String, String)> {
    let paths = contract["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        let methods = METHODS.into_iter().filter(|method| item.get(method).is_some());
        methods.map(|method| (method.to_owned(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_committed_contract_is_the_handlers_contract() {
    require_committed(
        "public/openapi.json",
        &format!("{}\n", serde_json::to_string_pretty(&generated()).expect("JSON")),
    );
}

#[test]
fn every_route_is_in_the_contract_and_nothing_else() {
    let routes: BTreeSet<_> =
        ROUTES.iter().map(|route| (route.method.to_owned(), route.path.replace("{*", "{"))).collect();
    assert_eq!(routes.len(), ROUTES.len(), "a route is declared twice");
    assert_eq!(routes, operations(&generated()));
}

#[test]
fn every_operation_says_what_it_does_and_every_parameter_of_its_path() {
    let contract = generated();
    for (method, path) in operations(&contract) {
        let operation = &contract["paths"][&path][&method];
        assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{method} {path}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let named: BTreeSet<_> = parameters.filter(|p| p["in"] == "path").filter_map(|p| p["name"].as_str()).collect();
        let in_path: BTreeSet<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
        assert_eq!(named, in_path, "{method} {path}");
    }
}

/// Of two schemas with one name the contract has only one, and shows it in the place of the other.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut homes = BTreeMap::<String, PathBuf>::new();
    for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        for name in schemas(&std::fs::read_to_string(&file).expect("a source file")) {
            if let Some(other) = homes.insert(name.clone(), file.clone()) {
                panic!("{name} is in {} and in {}: give one `#[schema(as = …)]`", other.display(), file.display());
            }
        }
    }
    assert!(homes.len() > 100, "the schemas are found");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let of_entry = |path: PathBuf| if path.is_dir() { rust_files(&path) } else { vec![path] };
    entries.flat_map(of_entry).filter(|path| path.extension().is_some_and(|kind| kind == "rs")).collect()
}

/// The names that a file's types have in the contract.
fn schemas(source: &str) -> Vec<String> {
    let derives =
        source.split("#[derive(").skip(1).filter(|rest| rest.split(']').next().unwrap_or("").contains("ToSchema"));
    let name = |rest: &str| {
        let declared = rest.lines().find(|line| line.contains("struct ") || line.contains("enum "))?;
        let renamed = rest.split(declared).next()?.split("schema(as = ").nth(1);
        let name =
            renamed.or_else(|| declared.split_once("struct ").or(declared.split_once("enum ")).map(|(_, name)| name));
        name.map(|name| name.chars().take_while(|c| c.is_alphanumeric()).collect::<String>())
    };
    derives.filter_map(name).filter(|name| !name.is_empty()).collect()
}
