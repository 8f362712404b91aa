//! `suspend`: nothing is read or written for a Tenant until it is resumed.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use kube::{
    ResourceExt as _,
    api::{Patch, PatchParams},
};
use serde_json::json;
use tenant_contacts_api::v1alpha1::Tenant;
use tenant_contacts_core::suspension::{self, Change, Contested};
use tenant_contacts_report::answers::{self, SuspensionView};

use super::{
    Failure, Output,
    called::called,
    cluster::{Access, Cluster, ClusterError, changing, envelope},
};

/// Owns `spec.suspend` as far as it is set here.
const MANAGER: &str = "tenant-contacts-suspend";

/// Arguments of `suspend` and `resume`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The Tenant, by name. May be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Go on even where another field manager, a GitOps tool say, declares something else.
    #[arg(long)]
    pub force_conflicts: bool,
    /// Which cluster.
    #[command(flatten)]
    pub access: Access,
}

/// Somebody else declares something else.
#[derive(Debug, thiserror::Error)]
#[error(
    "Tenant {tenant}: not {verb}: suspend: {value} is declared by {by}\n    \
     Change it there, in git where that is a GitOps tool. To go on all the same: {verb_again} --force-conflicts; \
     whoever declares it will put it back when it applies next"
)]
pub struct DeclaredElsewhere {
    tenant: String,
    verb: &'static str,
    verb_again: String,
    value: bool,
    by: String,
}

/// Suspends. Exit code 0: it is suspended; 1: it is not.
pub async fn run(args: &Args, output: Output) -> Result<ExitCode, Failure> {
    change(args, output, true).await
}

/// Suspends, or lets go on.
pub(super) async fn change(args: &Args, output: Output, suspend: bool) -> Result<ExitCode, Failure> {
    let (what, verb) = if suspend { ("suspend", "suspended") } else { ("resume", "resumed") };
    let cluster = args.access.connect().await?;
    let tenant = cluster.find_one(args.tenant.as_deref()).await?;
    let name = format!("{}/{}", cluster.namespace(), tenant.name_any());
    let decide = if suspend { suspension::suspend } else { suspension::resume };
    let wanted = decide(&tenant, MANAGER, args.force_conflicts).map_err(|Contested { by }| {
        Failure::DeclaredElsewhere(Box::new(DeclaredElsewhere {
            tenant: name.clone(),
            verb,
            verb_again: format!(
                "{} {what} --namespace {} --tenant {}",
                called(),
                cluster.namespace(),
                tenant.name_any()
            ),
            value: !suspend,
            by: by.into_iter().collect::<Vec<_>>().join(", "),
        }))
    })?;
    write(&cluster, &tenant, wanted, what).await?;
    let overruled = suspension::others(&tenant, MANAGER);
    if wanted != Change::Nothing && !overruled.is_empty() {
        let by = overruled.into_iter().collect::<Vec<_>>().join(", ");
        writeln!(io::stderr(), "warning: {by} declared something else, and will put it back when it applies next")
            .map_err(Failure::Print)?;
    }
    tell(&name, suspend, wanted != Change::Nothing, output).map_err(Failure::Print)?;
    Ok(ExitCode::SUCCESS)
}

async fn write(cluster: &Cluster, tenant: &Tenant, change: Change, what: &str) -> Result<(), ClusterError> {
    let mut object = envelope(tenant, true);
    // By force where we declare: whom that overrules was decided.
    let (parameters, patch) = match change {
        Change::Nothing => return Ok(()),
        Change::Declare => {
            object["spec"] = json!({"suspend": true});
            (PatchParams::apply(MANAGER).force(), Patch::Apply(object))
        }
        Change::Withdraw => (PatchParams::apply(MANAGER), Patch::Apply(object)),
        Change::Remove => {
            object["spec"] = json!({"suspend": null});
            (PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() }, Patch::Merge(object))
        }
    };
    let (api, name) = (cluster.tenants(), tenant.name_any());
    cluster.ask(&changing(cluster, what), api.patch(&name, &parameters, &patch)).await.map(|_| ())
}

fn tell(tenant: &str, suspended: bool, changed: bool, output: Output) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let text = match (suspended, changed) {
        (true, true) => "suspended: once the pass in hand has ended, nothing is read or written until it is resumed",
        (true, false) => "suspended already",
        (false, true) => "resumed: the operator looks at the tenant now",
        (false, false) => "is not suspended",
    };
    match output {
        Output::Text => writeln!(out, "Tenant {tenant}: {text}"),
        Output::Json => {
            let schema_version = answers::SCHEMA_VERSION;
            let answer = SuspensionView { schema_version, tenant: tenant.to_owned(), suspended, changed };
            writeln!(out, "{:#}", json!(answer))
        }
    }
}
