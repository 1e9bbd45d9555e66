//! Dependencies point one way: a module may use only those before it in `src/lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("the source folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The modules named after `crate::` or `yingbin::` in `source`, comments left out.
fn modules_used(source: &str) -> impl Iterator<Item = String> + '_ {
    source
        .lines()
        .map(|l| l.split("//").next().unwrap_or(""))
        .flat_map(|line| {
            line.match_indices("crate::").map(|(at, m)| {
                line[at + m.len()..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect()
            })
        })
}

#[test]
fn imports_run_from_the_outer_layers_to_the_inner_ones_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let lib = fs::read_to_string(src.join("lib.rs")).expect("src/lib.rs");
    let order: Vec<&str> = lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert!(order.len() > 5, "src/lib.rs lists the layers");

    let mut wrong = Vec::new();
    for (rank, layer) in order.iter().enumerate() {
        let mut files = Vec::new();
        rust_files(&src.join(layer), &mut files);
        assert!(!files.is_empty(), "{layer} has no files");
        for file in files {
            let source = fs::read_to_string(&file).expect("a source file");
            for used in modules_used(&source) {
                let used_rank = order.iter().position(|l| *l == used);
                if used_rank.is_none_or(|r| r > rank) {
                    wrong.push(format!("{} uses {used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_reads_no_clock_no_disk_no_network_and_keeps_order() {
    const BANNED: [&str; 12] = [
        "std::fs",
        "std::net",
        "std::env",
        "std::thread",
        "tokio",
        "rusqlite",
        "reqwest",
        "slint",
        "HashMap",
        "HashSet",
        "::now(",
        "getrandom",
    ];
    let mut files = Vec::new();
    rust_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core"),
        &mut files,
    );
    let mut wrong = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a source file");
        let code = source.split("#[cfg(test)]").next().unwrap_or("");
        for line in code.lines().map(|l| l.split("//").next().unwrap_or("")) {
            for banned in BANNED.iter().filter(|b| line.contains(**b)) {
                wrong.push(format!("{}: {banned}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
