//! kubectl with the plugin in its `PATH`, as a person has it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use testkit::{
    cluster::{Answer, Kubectl},
    operator::Site,
    schemas::valid,
};

/// A folder with a link to the program, under the name that kubectl looks for.
pub fn plugins() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins");
        let link = folder.join("kubectl-tenant_contacts");
        let program = Path::new(env!("CARGO_BIN_EXE_tenant-contacts"));
        fs::create_dir_all(&folder).unwrap();
        if fs::read_link(&link).is_ok_and(|found| found == program) {
            return folder;
        }
        let _ = fs::remove_file(&link); // left by a run before
        std::os::unix::fs::symlink(program, &link).unwrap();
        folder
    })
}

/// `kubectl tenant-contacts VERB` with somebody's access. What is printed as JSON is valid against the verb's published schema.
pub fn with(kubectl: &Kubectl, args: &[&str]) -> Answer {
    let answer = kubectl.call_with_plugins(plugins(), &[&["tenant-contacts"], args].concat());
    if args.contains(&"json") && !answer.out.is_empty() {
        valid(args[0], &answer.out);
    }
    answer
}

/// `kubectl tenant-contacts VERB` in the namespace of a site.
pub fn plugin(site: &Site, args: &[&str]) -> Answer {
    with(&site.kubectl, &[args, &["-n", &site.namespace]].concat())
}
