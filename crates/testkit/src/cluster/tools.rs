//! The programs that cluster tests start: those of `KUBEBUILDER_ASSETS` if it is set, else built on demand, each once, from
//! the Go modules under `tests/cluster-tools`.
//!
//! Invariant: never a silent skip. What cannot be found or built fails the test with what to install.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::places;

/// The version that the Kubernetes programs report; the modules' own version, which a plain `go build` does not tell them.
const KUBERNETES: &str = "v1.36.3";

/// The Go module of what is part of Kubernetes.
const MODULE: &str = "tests/cluster-tools";

/// A program that tests need.
struct Program {
    name: &'static str,
    /// The package it is built from.
    package: &'static str,
    /// The folder of the Go module that fixes the package's version and all below it.
    module: &'static str,
    /// Whether a folder named by `KUBEBUILDER_ASSETS` has it: the others are built whatever is set.
    in_assets: bool,
}

const PROGRAMS: [Program; 6] = [
    Program { name: "etcd", package: "go.etcd.io/etcd/server/v3", module: MODULE, in_assets: true },
    kubernetes("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", true),
    kubernetes("kubectl", "k8s.io/kubernetes/cmd/kubectl", true),
    kubernetes("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager", false),
    // A module of its own: its Kubernetes libraries are of another version.
    Program { name: "helm", package: "helm.sh/helm/v4/cmd/helm", module: "tests/cluster-tools/helm", in_assets: false },
    // As Helm's: the newest that the tests' Go builds, which is of an older Kubernetes.
    Program {
        name: "kustomize-controller",
        package: "github.com/fluxcd/kustomize-controller",
        module: "tests/cluster-tools/flux",
        in_assets: false,
    },
];

const fn kubernetes(name: &'static str, package: &'static str, in_assets: bool) -> Program {
    Program { name, package, module: MODULE, in_assets }
}

/// Where a program is.
pub fn program(name: &str) -> PathBuf {
    let program = PROGRAMS.iter().find(|program| program.name == name).unwrap();
    match env::var_os("KUBEBUILDER_ASSETS") {
        Some(given) if program.in_assets => {
            let path = Path::new(&given).join(name);
            assert!(path.is_file(), "{} is not there: unset KUBEBUILDER_ASSETS to build it", path.display());
            path
        }
        _ => program.built(),
    }
}

impl Program {
    fn built(&self) -> PathBuf {
        let target = places::target();
        let folder = target.join("cluster-tools");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(self.name);
        // Test binaries may run side by side: the first one builds, the others wait.
        let lock = File::create(folder.join(format!("{}.lock", self.name))).unwrap();
        lock.lock().unwrap();
        let sums = self.module().join("go.sum");
        let wanted = format!("{KUBERNETES}\n{}", fs::read_to_string(sums).unwrap());
        let stamp = folder.join(format!("{}.built-from", self.name));
        if path.is_file() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return path;
        }
        let _ = fs::remove_file(&stamp); // a build that is cut off is not taken for a whole one
        self.build(&path);
        fs::write(stamp, wanted).unwrap();
        path
    }

    fn module(&self) -> PathBuf {
        places::root().join(self.module)
    }

    fn build(&self, to: &Path) {
        let minor = KUBERNETES.split('.').nth(1).unwrap();
        let version = "-X k8s.io/component-base/version";
        // Programs that are not part of Kubernetes ignore the versions.
        let flags = format!("-s -w {version}.gitVersion={KUBERNETES} {version}.gitMajor=1 {version}.gitMinor={minor}");
        let built = Command::new("go")
            .current_dir(self.module())
            .args(["build", "-trimpath", "-ldflags", &flags, "-o"])
            .arg(to)
            .arg(self.package)
            .env("CGO_ENABLED", "0")
            .output();
        let package = self.package;
        let remedy = if self.in_assets {
            "Install Go 1.26 or later, or point KUBEBUILDER_ASSETS at a folder with etcd, kube-apiserver and kubectl"
        } else {
            "Install Go 1.26 or later"
        };
        match built {
            Ok(output) if output.status.success() => {}
            Ok(output) => {
                panic!("go cannot build {package}. {remedy}.\n{}", String::from_utf8_lossy(&output.stderr))
            }
            Err(error) => panic!("go cannot be started ({error}), and {package} is needed. {remedy}."),
        }
    }
}
