//! The control plane's programs: those of `KUBEBUILDER_ASSETS` if it is set, else built once from `tests/cluster/go.mod`.
//!
//! Invariant: never a silent skip. What cannot be found or built fails the test with what to install.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

/// The version that the programs report; the modules' own version, which a plain `go build` does not tell them.
const KUBERNETES: &str = "v1.36.3";

/// What is needed, and the package each is built from.
const PROGRAMS: [(&str, &str); 3] = [
    ("etcd", "go.etcd.io/etcd/server/v3"),
    ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    ("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
];

/// The folder that holds all programs.
pub fn folder() -> PathBuf {
    let folder = match env::var_os("KUBEBUILDER_ASSETS") {
        Some(given) => PathBuf::from(given),
        None => built(),
    };
    for (program, _) in PROGRAMS {
        let path = folder.join(program);
        assert!(path.is_file(), "{} is not there: unset KUBEBUILDER_ASSETS to build it", path.display());
    }
    folder
}

fn built() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("cluster-tools");
    fs::create_dir_all(&folder).unwrap();
    // Test binaries may run side by side: the first one builds, the others wait.
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster");
    let wanted = format!("{KUBERNETES}\n{}", fs::read_to_string(module.join("go.sum")).unwrap());
    let stamp = folder.join("built-from");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return folder;
    }
    let _ = fs::remove_file(&stamp); // a build that is cut off is not taken for a whole one
    for (program, package) in PROGRAMS {
        build(&module, package, &folder.join(program));
    }
    fs::write(stamp, wanted).unwrap();
    folder
}

fn build(module: &Path, package: &str, to: &Path) {
    let minor = KUBERNETES.split('.').nth(1).unwrap();
    let version = "-X k8s.io/component-base/version";
    let flags = format!("-s -w {version}.gitVersion={KUBERNETES} {version}.gitMajor=1 {version}.gitMinor={minor}");
    let built = Command::new("go")
        .current_dir(module)
        .args(["build", "-trimpath", "-ldflags", &flags, "-o"])
        .arg(to)
        .arg(package)
        .env("CGO_ENABLED", "0")
        .output();
    let remedy =
        "Install Go 1.26 or later, or point KUBEBUILDER_ASSETS at a folder with etcd, kube-apiserver and kubectl";
    match built {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            panic!("go cannot build {package}. {remedy}.\n{}", String::from_utf8_lossy(&output.stderr))
        }
        Err(error) => panic!("go cannot be started ({error}), and {package} is needed. {remedy}."),
    }
}
