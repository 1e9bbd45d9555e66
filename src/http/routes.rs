//! For tests: whether an API's description names each address that is served, and no other.

use std::collections::BTreeSet;

use utoipa::openapi::{OpenApi, PathItem};

/// `GET /path` for each operation a description names.
pub fn described(document: &OpenApi) -> BTreeSet<String> {
    let of = |(path, item): (&String, &PathItem)| {
        let methods = [
            ("GET", item.get.is_some()),
            ("POST", item.post.is_some()),
            ("PUT", item.put.is_some()),
            ("DELETE", item.delete.is_some()),
        ];
        let there = methods.into_iter().filter(|(_, there)| *there);
        let named: Vec<String> = there
            .map(|(method, _)| format!("{method} {path}"))
            .collect();
        named
    };
    document.paths.paths.iter().flat_map(of).collect()
}

/// The same for the `.route("/path", get(…).put(…))` of a source text.
pub fn in_source(source: &str) -> BTreeSet<String> {
    let routes = source.split(".route(").skip(1);
    routes
        .flat_map(|route| {
            let path = route.split('"').nth(1).unwrap_or_default();
            let handlers = route.split('"').nth(2).unwrap_or_default();
            // Up to the end of the call: two brackets close it.
            let end = handlers.find("))").map_or(handlers.len(), |at| at + 1);
            let end = handlers.find("),\n").map_or(end, |at| end.min(at + 1));
            ["get", "post", "put", "delete"]
                .into_iter()
                .filter(|method| {
                    let call = format!("{method}(");
                    handlers[..end]
                        .match_indices(&call)
                        .any(|(at, _)| !handlers[..at].ends_with(|c: char| c.is_alphanumeric()))
                })
                .map(|method| format!("{} {path}", method.to_uppercase()))
                .collect::<Vec<_>>()
        })
        .collect()
}
