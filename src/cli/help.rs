//! What `--help` says below the options: examples that can be typed as they stand, and the variables that are read.

/// The environment variables that are read.
pub(super) const ENVIRONMENT: &str = "\
Environment variables:
  TENANT_CONTACTS_LOG    what to log, as --log
  AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or
  AZURE_FEDERATED_TOKEN_FILE
                         the tenant and the application for explain, export and worklist without --manifests
  AZURE_AUTHORITY_HOST   the cloud it is in, where that is not the worldwide one
  KUBECONFIG             the cluster, for the verbs that talk to one
  HTTP_PROXY, HTTPS_PROXY, NO_PROXY
                         the proxy
  POD_NAMESPACE, POD_NAME
                         where the operator runs, as --lease-namespace and --identity
  NO_COLOR               no colours on a terminal
  COLUMNS                how wide lines may be

Exit codes: 0, done, and what was asked is so; 1, something is wrong; 2 and 3, as the verb says.";

pub(super) const RUN: &str = "\
Examples:
  tenant-contacts run --manifests contacts --state contacts.state
  tenant-contacts run --read-only";

#[cfg(feature = "simulator")]
pub(super) const DEMO: &str = "\
Examples:
  tenant-contacts demo";

pub(super) const PLAN: &str = "\
Examples:
  tenant-contacts plan --manifests contacts
  tenant-contacts plan --manifests contacts --all --read-only
  tenant-contacts plan --namespace contoso -o json";

pub(super) const APPLY: &str = "\
Examples:
  tenant-contacts apply --manifests contacts --state contacts.state
  tenant-contacts apply --manifests contacts --plan 00112233445566778899aabbccddeeff
  tenant-contacts apply --manifests contacts --approve ffeeddccbbaa99887766554433221100

There are two hashes. The plan hash covers all that a plan shows: with --plan, exactly that is written, or nothing. The approval
hash covers the steps that wait for somebody: with --approve they are written as well.";

pub(super) const APPROVE: &str = "\
Examples:
  tenant-contacts approve --namespace contoso --hash ffeeddccbbaa99887766554433221100";

pub(super) const SUSPEND: &str = "\
Examples:
  tenant-contacts suspend --namespace contoso --tenant contoso";

pub(super) const RESUME: &str = "\
Examples:
  tenant-contacts resume --namespace contoso --tenant contoso";

pub(super) const RECONCILE: &str = "\
Examples:
  tenant-contacts reconcile --namespace contoso
  tenant-contacts reconcile --tenant contoso --timeout 5m";

pub(super) const EXPLAIN: &str = concat!(
    "Examples:\n",
    if_embedded!("  tenant-contacts explain --simulate\n"),
    "  tenant-contacts explain Billing --manifests contacts\n",
    "  tenant-contacts explain --manifests contacts -o junit"
);

pub(super) const EXPORT: &str = concat!(
    "Examples:\n",
    "  tenant-contacts export --to contacts",
    if_embedded!("\n  tenant-contacts export --simulate --to contacts --private secrets")
);

pub(super) const WORKLIST: &str = concat!(
    "Examples:\n",
    "  tenant-contacts worklist --manifests contacts",
    if_embedded!("\n  tenant-contacts worklist --simulate -o json")
);

pub(super) const GRANTS: &str = "\
Examples:
  tenant-contacts grants
  tenant-contacts grants --surface Organization --surface Users --shell powershell
  tenant-contacts grants --surface Users --write

The script is run by an administrator, with the application's client id in APP. It asks for no
secret and prints none. Permissions are looked up by name in the tenant, and what is granted
already is left as it is.";

#[cfg(feature = "simulator")]
pub(super) const SIMULATE: &str = "\
Examples:
  tenant-contacts simulate
  tenant-contacts simulate --listen 127.0.0.1:9000 --generate users=1000";

pub(super) const CHECK: &str = "\
Examples:
  tenant-contacts check contacts
  tenant-contacts check contacts/tenant.yaml -o json";

pub(super) const CRDS: &str = "\
Examples:
  tenant-contacts crds
  tenant-contacts crds --write crds";

pub(super) const AUDIT: &str = "\
Examples:
  tenant-contacts audit verify --state contacts.state";

pub(super) const COMPLETIONS: &str = "\
Examples:
  tenant-contacts completions bash";

pub(super) const MAN: &str = "\
Examples:
  tenant-contacts man
  tenant-contacts man plan";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use crate::cli::Cli;

    /// The commands of a help text.
    fn examples(help: &str) -> Vec<Vec<&str>> {
        let lines = help.lines().filter_map(|line| line.strip_prefix("  tenant-contacts"));
        lines.map(|line| std::iter::once("tenant-contacts").chain(line.split_whitespace()).collect()).collect()
    }

    #[test]
    fn c6_every_verb_has_examples_and_each_of_them_can_be_typed() {
        for verb in Cli::command().get_subcommands() {
            let name = verb.get_name();
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = examples(&help);
            assert!(!examples.is_empty(), "{name} has no example");
            for example in examples {
                assert_eq!(example[1], name);
                if let Err(error) = Cli::try_parse_from(&example) {
                    panic!("{example:?}: {error}");
                }
            }
        }
    }

    #[test]
    fn c6_a_verb_offers_the_forms_that_it_has_and_no_others() {
        let forms = |verb: &str| -> Vec<String> {
            let command = Cli::command();
            let verb = command.find_subcommand(verb).unwrap();
            let output = verb.get_arguments().find(|argument| argument.get_id() == "output");
            let values = output.map(clap::Arg::get_possible_values).unwrap_or_default();
            values.iter().map(|value| value.get_name().to_owned()).collect()
        };
        assert_eq!(forms("plan"), ["text", "json"]);
        assert_eq!(forms("explain"), ["text", "json", "markdown", "sarif", "junit", "html"]);
        let embedded: &[&str] = if cfg!(feature = "simulator") { &["simulate", "demo"] } else { &[] };
        for verb in ["crds", "export", "grants", "audit", "completions", "man"].iter().chain(embedded) {
            assert_eq!(forms(verb), [""; 0], "{verb} prints one form only");
        }
        // In front of the verb it is understood as well.
        for verb in ["plan", "explain"] {
            let before = Cli::try_parse_from(["tenant-contacts", "-o", "json", verb]).unwrap();
            assert_eq!(before.output, Some(crate::cli::Format::Json));
        }
    }

    /// The names in source text behind a call or attribute that reads a variable.
    fn read_in(text: &str) -> Vec<&str> {
        let begins = ["env = \"", "variable(\"", "env::var(\"", "env::var_os(\""];
        let found =
            begins.iter().flat_map(|begin| text.match_indices(begin).map(|(at, begin)| &text[at + begin.len()..]));
        found
            .filter_map(|rest| rest.split('"').next())
            .filter(|name| name.contains('_') || *name == "COLUMNS")
            .collect()
    }

    fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn c6_every_variable_that_is_read_is_listed() {
        let mut read = 0;
        for file in files(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            let text = std::fs::read_to_string(&file).unwrap();
            for name in read_in(&text).into_iter().filter(|name| *name != "CARGO_MANIFEST_DIR") {
                assert!(super::ENVIRONMENT.contains(name), "{name}, read in {}, is not in the help", file.display());
                read += 1;
            }
        }
        assert!(read >= 8, "the variables are looked for where they are not read: {read}");
    }
}
