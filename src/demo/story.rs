//! The story: plan, ask for the approval, get it, apply, be disturbed, heal, compare.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::PathBuf,
    process,
    sync::Arc,
    time::Duration,
};

use jiff::SignedDuration;
use serde_json::{Value, json};
use tenant_contacts_api::{
    digest::Digest,
    manifest::{Checker, SchemaError},
};
use tenant_contacts_engine::{
    Mode, PassReport,
    port::{Clock as _, NoFence, RecordsError},
};
use tenant_contacts_m365::{
    net::{NetError, NetOptions, NetTransport},
    observe::Unobserved,
    send::RetryPolicy,
};
use tenant_contacts_report::Shown;
use tenant_contacts_simulator::Options;
use tokio::time::sleep;

use super::{
    end_state,
    files::FILES,
    other_client::{OtherClient, OtherError},
};
use crate::{
    connect::Network,
    directory,
    driver::Driver,
    gather::{self, Secrets, TenantSet},
    simulated::{self, Server, SimulatedError},
    state::Ephemeral,
    world::ProcessClock,
};

/// Passes until something must have gone wrong: each writes up to 200 steps, and verification takes a handful.
const MOST_PASSES: usize = 40;

/// The demonstration could not be told to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The story could not be printed.
    #[error("the story could not be printed")]
    Print(#[from] io::Error),
    /// The folder could not be written.
    #[error("the folder {path} could not be written")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The embedded tenant could not be started.
    #[error("the embedded tenant could not be started")]
    Simulated(#[from] SimulatedError),
    /// The network could not be set up.
    #[error("the network could not be set up")]
    Net(#[from] NetError),
    /// The manifests could not be checked.
    #[error("the manifests could not be checked")]
    Schema(#[from] SchemaError),
    /// Records could not be kept.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The other client failed.
    #[error("the other client failed")]
    Other(#[from] OtherError),
    /// Something is not as the story needs it.
    #[error("{0}")]
    Unexpected(String),
}

/// Tells the story on `out`. Returns whether the end state equals the files.
pub async fn tell(seed: u64, keep: bool, out: &mut (impl Write + Send)) -> Result<bool, DemoError> {
    let folder = Folder::write(keep)?;
    let server =
        Server::start(simulated::simulator(&simulated::seed(None)?, Options { seed, ..Options::default() })?).await?;
    let mut demo = Demo::start(&folder, &server)?;
    writeln!(
        out,
        "A tenant is simulated at http://{}; the manifests are in {}.\n",
        server.address,
        folder.path.display()
    )?;

    writeln!(out, "1. Plan: what would be written, what waits for a person, and what stays as it is.\n")?;
    let report = demo.pass(&Mode::Preview).await?;
    write!(out, "{}", demo.plan_text())?;
    let hash = demo.approval_hash().ok_or_else(|| DemoError::Unexpected("the plan asks for no approval".into()))?;
    writeln!(
        out,
        "\n2. Apply. What needs no approval is written; {} steps on administrators' recovery data wait.\n",
        report.gated
    )?;
    demo.settle(out).await?;

    writeln!(
        out,
        "\n3. Somebody approves exactly those steps, by adding their hash to the Tenant's manifest: {hash}\n"
    )?;
    folder.approve(hash, demo.clock.now())?;
    demo.reload()?;
    demo.settle(out).await?;
    let mut good = demo.expect_end_state(out, "after the approval").await?;

    writeln!(out, "\n4. A script of somebody else changes the tenant:\n")?;
    let kept = demo.disturb(seed, out).await?;
    writeln!(out, "\n5. The next pass finds it, puts back what is declared, and leaves alone what is not.\n")?;
    demo.settle(out).await?;
    good &= demo.expect_end_state(out, "after the disturbance").await?;
    good &= demo.expect_kept(&kept, out).await?;
    let again = demo.pass(&Mode::Preview).await?;
    let left = demo.driver.worker().plan().map_or(usize::MAX, |plan| plan.steps().count());
    writeln!(out, "   A last plan has {left} steps.")?;
    good &= left == 0 && again.problem.is_none();
    writeln!(
        out,
        "\n{}",
        if good { "The tenant is as the files say." } else { "The tenant is NOT as the files say." }
    )?;
    Ok(good)
}

/// The folder of manifests, gone with the story unless it is to be kept.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    fn write(keep: bool) -> Result<Self, DemoError> {
        let path = std::env::temp_dir().join(format!("tenant-contacts-demo-{}", process::id()));
        let failed = |source| DemoError::Folder { path: path.clone(), source };
        fs::create_dir_all(&path).map_err(failed)?;
        for (name, content) in FILES {
            fs::write(path.join(name), content).map_err(failed)?;
        }
        Ok(Self { path, keep })
    }

    /// What a person would commit.
    fn approve(&self, hash: Digest, now: jiff::Timestamp) -> Result<(), DemoError> {
        let path = self.path.join("tenant.yaml");
        let failed = |source| DemoError::Folder { path: path.clone(), source };
        let mut text = fs::read_to_string(&path).map_err(failed)?;
        let until = now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now).strftime("%Y-%m-%dT%H:%M:%SZ");
        let approval =
            format!("\n  approvals:\n    - hash: {hash}\n      by: helena.marsh\n      until: \"{until}\"\n");
        text.push_str(&approval);
        fs::write(&path, text).map_err(failed)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            // Nothing depends on it; the system's own cleaning finds what is left.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

struct Demo<'a> {
    folder: &'a Folder,
    server: &'a Server,
    checker: Checker,
    clock: ProcessClock,
    driver: Driver,
    set: TenantSet,
}

impl<'a> Demo<'a> {
    fn start(folder: &'a Folder, server: &'a Server) -> Result<Self, DemoError> {
        let clock = ProcessClock::start();
        let network = Network {
            transport: Arc::new(NetTransport::new(&NetOptions::default())?),
            endpoints: Some(server.endpoints()?),
            clock,
            policy: RetryPolicy::default(),
            limited: false,
            mail_exchangers: Arc::new(crate::survey::NotAsked),
            observer: Arc::new(Unobserved),
            federation: None,
        };
        let checker = Checker::new()?;
        let set = read(&checker, folder)?;
        let key = set.gathered.tenant.object.clone();
        let driver = Driver::new(key, Arc::new(Ephemeral::default()), Arc::new(NoFence), network);
        Ok(Self { folder, server, checker, clock, driver, set })
    }

    fn reload(&mut self) -> Result<(), DemoError> {
        self.set = read(&self.checker, self.folder)?;
        Ok(())
    }

    async fn pass(&mut self, mode: &Mode) -> Result<PassReport, DemoError> {
        let report = self.driver.pass(&self.set, mode).await?;
        match report.problem.iter().chain(&report.failing).next() {
            Some(problem) => Err(DemoError::Unexpected(format!("{}: {}", problem.reason, problem.message))),
            None => Ok(report),
        }
    }

    /// Passes until nothing is left to write or verify.
    async fn settle(&mut self, out: &mut (impl Write + Send)) -> Result<(), DemoError> {
        for _ in 0..MOST_PASSES {
            let report = self.pass(&Mode::Run).await?;
            if report.sent > 0 {
                writeln!(
                    out,
                    "   {} steps sent, {} taken, {} refused; now they are read back.",
                    report.sent, report.done, report.refused
                )?;
            }
            if !report.unfinished {
                writeln!(out, "   Verified: two reads, five seconds apart, agree on every written value.")?;
                return Ok(());
            }
            sleep(report.next.min(Duration::from_secs(10))).await;
        }
        Err(DemoError::Unexpected(format!("not settled after {MOST_PASSES} passes")))
    }

    fn plan_text(&self) -> String {
        self.driver
            .view(&self.set)
            .map_or_else(String::new, |view| tenant_contacts_report::plan_text(&view, &Shown::default()))
    }

    fn approval_hash(&self) -> Option<Digest> {
        self.driver.worker().plan()?.approval_hash
    }

    async fn other_client(&self) -> Result<OtherClient, DemoError> {
        let base = format!("http://{}", self.server.address);
        let tenant = self.set.gathered.tenant.key.id.to_string();
        Ok(OtherClient::sign_in(&base, &tenant).await?)
    }

    /// Changes declared values, and one that is not declared. Returns the latter: path, property, value.
    async fn disturb(
        &self,
        seed: u64,
        out: &mut (impl Write + Send),
    ) -> Result<(&'static str, &'static str, Value), DemoError> {
        let client = self.other_client().await?;
        // None of it goes back to what was there before step 3: that could be a replica which is behind, and would be waited
        // for before anything is written again.
        let people = [
            (
                "noah.fitzgerald@contoso.com",
                json!({"otherMails": ["noah@example.com"]}),
                "gives Noah another alternate email",
            ),
            ("aisha.rahman@contoso.com", json!({"mobilePhone": "+1 206 555 0199"}), "changes Aisha's mobile phone"),
            (
                "piotr.zielinski@contoso.com",
                json!({"businessPhones": ["+1 206 555 0198"]}),
                "changes Piotr's business phone",
            ),
            (
                "victor.almeida@fabrikam-partners.example",
                json!({"mobilePhone": "+1 206 555 0197"}),
                "changes Victor's mobile phone",
            ),
        ];
        let first = usize::try_from(seed % 4).unwrap_or(0);
        for (name, change, story) in [&people[first], &people[(first + 1) % 4]] {
            writeln!(out, "   - {story}")?;
            client.patch(&format!("/v1.0/users/{name}"), change).await?;
        }
        writeln!(out, "   - makes a single employee the technical contact")?;
        let tenant = self.set.gathered.tenant.key.id;
        let technical = json!({"technicalNotificationMails": ["marcus.oyelaran@contoso.com"]});
        client.patch(&format!("/v1.0/organization/{tenant}"), &technical).await?;
        writeln!(out, "   - gives Hannah a new job title, which nobody declares")?;
        let (name, property, value) = ("hannah.cole@contoso.com", "jobTitle", json!("Head of Demonstrations"));
        client.patch(&format!("/v1.0/users/{name}"), &json!({property: value})).await?;
        Ok((name, property, value))
    }

    async fn expect_end_state(&self, out: &mut (impl Write + Send), when: &str) -> Result<bool, DemoError> {
        let truth = self.other_client().await?.truth().await?;
        let read = directory::read(&self.checker, &self.folder.path);
        let secrets: &Secrets = &self.set.secrets;
        let differences = end_state::differences(&read.manifests, secrets, &truth);
        for difference in &differences {
            writeln!(out, "   DIFFERENT {when}: {difference}")?;
        }
        if differences.is_empty() {
            writeln!(out, "   An independent comparison of the tenant with the files finds no difference.")?;
        }
        Ok(differences.is_empty())
    }

    async fn expect_kept(
        &self,
        (name, property, value): &(&'static str, &'static str, Value),
        out: &mut (impl Write + Send),
    ) -> Result<bool, DemoError> {
        let truth = self.other_client().await?.truth().await?;
        let users = truth["users"].as_array().cloned().unwrap_or_default();
        let by_name: BTreeMap<&str, &Value> =
            users.iter().filter_map(|user| Some((user["userPrincipalName"].as_str()?, user))).collect();
        let kept = by_name.get(name).is_some_and(|user| user[*property] == *value);
        writeln!(out, "   What nobody declares was {}.", if kept { "left alone" } else { "CHANGED" })?;
        Ok(kept)
    }
}

fn read(checker: &Checker, folder: &Folder) -> Result<TenantSet, DemoError> {
    let read = directory::read(checker, &folder.path);
    if let Some(problem) = read.problems.first() {
        return Err(DemoError::Unexpected(problem.to_string()));
    }
    let sets = gather::sets(&read);
    sets.tenants.into_values().next().ok_or_else(|| DemoError::Unexpected("the example declares no Tenant".into()))
}
