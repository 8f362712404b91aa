//! The Dockerfile fits the repository and the chart.

use std::path::Path;

use serde_json::Value;
use testkit::chart::{VALUES, file, of_kind, rendered};

#[test]
fn it_compiles_with_the_compiler_and_the_profile_of_the_repository() {
    let dockerfile = file("Dockerfile");
    let toolchain = file("rust-toolchain.toml");
    let channel = toolchain.lines().find_map(|line| line.strip_prefix("channel = ")).unwrap().trim_matches('"');
    assert!(dockerfile.contains(&format!("FROM rust:{channel}-alpine@sha256:")), "{channel}");
    assert!(dockerfile.contains(&format!("RUSTUP_TOOLCHAIN={channel} ")), "{channel}");
    assert!(dockerfile.contains("--profile dist") && file("Cargo.toml").contains("\n[profile.dist]\n"));
}

#[test]
fn b9_every_image_that_it_begins_from_is_named_by_digest() {
    let dockerfile = file("Dockerfile");
    let images = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM ")?.split(' ').next());
    let images: Vec<&str> = images.filter(|image| *image != "scratch").collect();
    assert_eq!(images.len(), 1, "{images:?}");
    for image in images {
        let digest = image.split_once("@sha256:").expect("a tag may be another image tomorrow").1;
        assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{image}");
    }
    // The syntax of a Dockerfile is an image as well.
    assert!(!dockerfile.contains("# syntax="), "it is read by the builder's own");
}

#[test]
fn what_it_copies_is_there() {
    for line in file(".dockerignore").lines().filter_map(|line| line.strip_prefix('!')) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(line).exists(), "{line}");
    }
}

#[test]
fn it_runs_as_the_user_and_on_the_port_of_the_chart() {
    let dockerfile = file("Dockerfile");
    let objects = rendered(VALUES);
    let pod = &of_kind(&objects, "Deployment")[0]["spec"]["template"]["spec"];
    let user = pod["securityContext"]["runAsUser"].as_u64().unwrap();
    assert!(dockerfile.contains(&format!("\nUSER {user}:{user}\n")));
    let container = &pod["containers"][0];
    let port = container["ports"][0]["containerPort"].as_u64().unwrap();
    assert!(dockerfile.contains(&format!("\nEXPOSE {port}\n")));
    // The image's own entry point is the binary, the chart gives its arguments.
    assert_eq!((container.get("command"), &container["args"][0]), (None, &Value::from("run")));
}
