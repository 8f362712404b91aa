//! Flux's CustomResourceDefinitions, from the Go modules that they are released in.
//!
//! Invariant: what is installed is what the sums say, whatever a proxy answers.

use std::{path::Path, process::Command};

use serde_json::Value;
use testkit::cluster::Kubectl;

/// A released module with definitions in it.
struct Module {
    /// The version that kustomize-controller in `tests/cluster-tools/flux` is built with.
    version: &'static str,
    /// As in a `go.sum`.
    sum: &'static str,
    /// The definitions that the controller watches or would not start without.
    files: &'static [&'static str],
}

const MODULES: [Module; 2] = [
    Module {
        version: "github.com/fluxcd/kustomize-controller@v1.7.3",
        sum: "h1:SzNnGn/4ObAPEHHleM5U7y/AKxKXph3Vj6ZhteeXw8M=",
        files: &["kustomize.toolkit.fluxcd.io_kustomizations.yaml"],
    },
    // Its code is not built: the sources here are written by the test.
    Module {
        version: "github.com/fluxcd/source-controller@v1.7.2",
        sum: "h1:PQLzvgHNEYsstl8uATBZg/70b/i0tj63e0IqnYDeJyg=",
        files: &[
            "source.toolkit.fluxcd.io_buckets.yaml",
            "source.toolkit.fluxcd.io_gitrepositories.yaml",
            "source.toolkit.fluxcd.io_ocirepositories.yaml",
        ],
    },
];

/// Installs them, and waits until they are served.
pub fn install(kubectl: &Kubectl) {
    for module in &MODULES {
        let folder = module.folder();
        let folder = Path::new(&folder).join("config/crd/bases");
        for file in module.files {
            let path = folder.join(file);
            let path = path.to_str().unwrap();
            kubectl.call(&["apply", "--server-side", "-f", path]).ok();
            kubectl.call(&["wait", "--for=condition=Established", "--timeout=60s", "-f", path]).ok();
        }
    }
}

impl Module {
    /// Where Go keeps it; it is downloaded if it is not there yet.
    fn folder(&self) -> String {
        let output = Command::new("go")
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster-tools/flux"))
            .args(["mod", "download", "-json", self.version])
            .output()
            .unwrap_or_else(|error| panic!("go cannot be started ({error}): install Go 1.26 or later"));
        let said: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(said["Sum"], self.sum, "{said:#}");
        said["Dir"].as_str().unwrap().to_owned()
    }
}
