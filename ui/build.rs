fn main() {
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent-light".to_owned())
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        // Tests find elements by their ids.
        .with_debug_info(true);
    slint_build::compile_with_config("app.slint", config).expect("the screens compile");
}
