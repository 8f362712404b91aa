//! `apply`: carries a plan out, verifies it, and stops.

use std::{
    collections::BTreeSet,
    io::{self, IsTerminal as _, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use jiff::SignedDuration;
use tenant_contacts_api::{digest::Digest, reason::Handling};
use tenant_contacts_core::desired::{DesiredApproval, ObjectKey};
use tenant_contacts_engine::{
    Mode, PassReport,
    port::{Clock as _, Fence, Listening, Records},
};
use tenant_contacts_report::plan::{PlanView, StepView};
use tokio::time::{Instant, sleep};

use super::{
    Around, Failure, Output,
    interrupt::{INTERRUPTED, Intents, Interrupt},
    plan::{NoPlan, exit_code, preview, print, print_failing, print_problems, reading, shown},
    progress::Progress,
    source::{Setup, Source},
};
use crate::{driver::Driver, gather::TenantSet};

/// How long an approval given on the command line holds: as long as its own run takes, verification included.
const APPROVAL_HOLDS: SignedDuration = SignedDuration::from_hours(1);

/// Arguments of `apply`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Where manifests come from and which tenant answers.
    #[command(flatten)]
    pub source: Source,
    /// Go on only if the plan still has this plan hash; write the steps that it shows as to be written, and no others.
    #[arg(long, value_name = "HASH")]
    pub plan: Option<Digest>,
    /// Approve the steps that wait and have this approval hash.
    #[arg(long, value_name = "HASH")]
    pub approve: Option<Digest>,
    /// Give up after this many seconds. What was written by then stays written.
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    pub timeout: u64,
    /// Show everything that is left of a large plan, one by one.
    #[arg(long)]
    pub all: bool,
}

/// Plans, writes and verifies. Exit code 0: everything is as declared; 2: it is not, or is not known to be; 1: something is
/// wrong.
pub async fn run(args: &Args, output: Output, around: &Around) -> Result<ExitCode, Failure> {
    let remembered = args.source.state.is_some();
    let interrupt = if around.is_process() { Interrupt::listen(remembered) } else { Interrupt::never(remembered) };
    if let Some(done) = interrupt.unless_asked(Box::pin(carry_out(args, output, &interrupt, around))).await {
        return done;
    }
    writeln!(around.err(), "\n{}", interrupt.left()).map_err(Failure::Print)?;
    Ok(ExitCode::from(INTERRUPTED))
}

async fn carry_out(
    args: &Args,
    output: Output,
    interrupt: &Arc<Interrupt>,
    around: &Around,
) -> Result<ExitCode, Failure> {
    let setup = Setup::new(&args.source, around).await.map_err(Failure::Source)?;
    let records: Arc<dyn Records> =
        Arc::new(Listening::new(Arc::clone(&setup.records), Intents(Arc::clone(interrupt))));
    let (read, mut sets) = setup.read();
    let mut wrong = !read.problems.is_empty() || !sets.problems.is_empty();
    print_problems(read.problems.iter().chain(&sets.problems), around.err()).map_err(Failure::Print)?;
    setup.need_tenant(&sets).map_err(Failure::Source)?;
    let deadline = Instant::now() + Duration::from_secs(args.timeout);
    let several = sets.tenants.len() > 1;
    let mut views = Vec::new();
    let mut came_to = Vec::new();
    for (key, set) in &mut sets.tenants {
        let fence: Arc<dyn Fence> = Arc::<Interrupt>::clone(interrupt);
        let mut driver = Driver::new(key.clone(), Arc::clone(&records), fence, setup.network.clone());
        // What was shown was shown without the approval that is given here, so it is compared before that.
        let mode = match setup.progress.of(&reading(key), only(&mut driver, set, args)).await? {
            Ok(mode) => mode,
            Err(why) => {
                // That very plan was asked for, and it was not carried out: suspended or not.
                wrong = true;
                why.print(key, around.err()).map_err(Failure::Print)?;
                continue;
            }
        };
        approve(set, args.approve, setup.network.clock.now());
        let waiting = Waiting { progress: &setup.progress, deadline, around };
        let report = waiting.converge(&mut driver, set, &mode, args.source.reach.read_only).await?;
        if set.gathered.tenant.suspend {
            NoPlan::Suspended.print(key, around.err()).map_err(Failure::Print)?;
        }
        print_failing(key, report.problem.as_slice(), around.err()).map_err(Failure::Print)?;
        print_failing(key, &report.failing, around.err()).map_err(Failure::Print)?;
        if report.unfinished {
            let why = if args.source.reach.read_only {
                "--read-only: what is to be written was not"
            } else {
                "not finished in time; run apply again to go on"
            };
            writeln!(around.err(), "error: Tenant {}/{}: {why}", key.namespace, key.name).map_err(Failure::Print)?;
        }
        wrong |= report.problem.is_some() || !report.failing.is_empty() || report.unfinished || report.refused > 0;
        let view = driver.view(set);
        if let Some(view) = view.as_ref().filter(|_| report.gated > 0) {
            not_for_these(args.approve, view, key, around.err()).map_err(Failure::Print)?;
        }
        came_to.extend(view.as_ref().map(|_| report));
        views.extend(view);
    }
    print(&views, |view| shown(&args.source, view, several, args.all, around), output, around)?;
    if output == Output::Text {
        for (view, report) in views.iter().zip(&came_to) {
            let line = tenant_contacts_report::applied(view, report.done, report.refused, !report.unfinished);
            writeln!(around.out(), "{line}").map_err(Failure::Print)?;
        }
    }
    Ok(exit_code(wrong, views.iter().all(|view| view.as_declared)))
}

/// An approval that was used leaves nothing of its own waiting: one that leaves something was for something else. There are two
/// hashes, and they are easily taken for each other.
fn not_for_these(given: Option<Digest>, view: &PlanView, key: &ObjectKey, mut err: impl Write) -> io::Result<()> {
    let (Some(given), Some(asked)) = (given, view.approval_hash) else { return Ok(()) };
    let ObjectKey { namespace, name, .. } = key;
    writeln!(
        err,
        "Tenant {namespace}/{name}: the approval of {given} is not for the steps that wait: their approval hash is {asked}. Look \
         at them, and approve that. (The plan hash is another one: it is for --plan.)"
    )
}

fn approve(set: &mut TenantSet, hash: Option<Digest>, now: jiff::Timestamp) {
    let until = now.saturating_add(APPROVAL_HOLDS).unwrap_or(now);
    set.gathered.tenant.approvals.extend(hash.map(|hash| DesiredApproval { hash, by: "command line".into(), until }));
}

/// What may be written: everything, or, for a plan by hash, exactly what that plan showed as to be written, and what it showed as
/// waiting if just that is approved. The inner error says why nothing may be.
async fn only(driver: &mut Driver, set: &TenantSet, args: &Args) -> Result<Result<Mode, NoPlan>, Failure> {
    let Some(hash) = args.plan else { return Ok(Ok(Mode::Run)) };
    let view = match preview(driver, set).await? {
        Ok((view, _)) => view,
        Err(why) => return Ok(Err(why)),
    };
    if view.hash != hash {
        let other = if view.approval_hash == Some(hash) {
            format!("{hash} is the approval hash of what waits, and the plan hash is {}: give that one", view.hash)
        } else {
            format!("the plan has changed: its plan hash is {} now", view.hash)
        };
        let message = format!("{other}. Nothing was written; run plan again and look at it");
        return Ok(Err(NoPlan::Problem(message)));
    }
    let approved = args.approve.is_some() && args.approve == view.approval_hash;
    // What waits for another step has passed the gates: it is written when that step is verified.
    let covered =
        |step: &&StepView| matches!(step.state, "write" | "waiting") || approved && step.state == "awaitingApproval";
    let steps: BTreeSet<Digest> = view.steps.iter().filter(covered).map(|step| step.digest).collect();
    Ok(Ok(Mode::Only(steps)))
}

/// What is said while a plan is carried out, and for how long that may take.
struct Waiting<'a> {
    progress: &'a Progress,
    deadline: Instant,
    around: &'a Around,
}

impl Waiting<'_> {
    /// Passes until nothing is left to write or verify; once where nothing can be written. What the
    /// whole of it came to is in the report.
    async fn converge(
        &self,
        driver: &mut Driver,
        set: &TenantSet,
        mode: &Mode,
        read_only: bool,
    ) -> Result<PassReport, Failure> {
        let mut whole = PassReport::default();
        let mut told = String::new();
        let key = &set.gathered.tenant.object;
        let mut what = reading(key);
        loop {
            let report = self.progress.of(&what, driver.pass(set, mode)).await.map_err(Failure::Records)?;
            whole = PassReport {
                sent: whole.sent + report.sent,
                done: whole.done + report.done,
                refused: whole.refused + report.refused,
                ..report
            };
            if read_only {
                return Ok(whole);
            }
            progress(&whole, &mut told, self.around)?;
            if !told.is_empty() {
                what = format!("Tenant {}/{}: {told}", key.namespace, key.name);
            }
            // A problem that only a person can mend ends the run; a passing one is waited out.
            let hopeless = whole.problem.as_ref().is_some_and(|problem| problem.reason.handling() == Handling::Stalled);
            let done = !whole.unfinished && whole.problem.is_none();
            if done || hopeless || Instant::now() + whole.next >= self.deadline {
                return Ok(whole);
            }
            sleep(whole.next).await;
        }
    }
}

/// A line that replaces itself on a terminal, plain lines elsewhere; only while there is something new to tell.
fn progress(report: &PassReport, told: &mut String, around: &Around) -> Result<(), Failure> {
    if report.sent == 0 {
        return Ok(());
    }
    let state = if report.unfinished { "verifying" } else { "verified" };
    let line = format!("{} written, {} refused, {state}", report.done, report.refused);
    // A terminal's line may have been written over since.
    let again = around.is_process() && io::stderr().is_terminal() && report.unfinished;
    if line == *told && !again {
        return Ok(());
    }
    told.clone_from(&line);
    let end = if again { "\r" } else { "\n" };
    write!(around.err(), "{line}{end}").map_err(Failure::Print)
}
