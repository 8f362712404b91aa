//! The message trace of a simulated tenant (DOMAIN E4, contract §10.31).

use std::time::Duration;

use tenant_contacts_core::{
    landscape::{Landscape, TraceStatus},
    model::{Fact, ServiceFailure, Unknown},
};
use tenant_contacts_simulator::{ExchangeOptions, FaultScript, Options, SentSeed, Simulator, Verdict};
use testkit::rig::{World, on_paused_time};

use super::tenant::{contoso, listed, simulator};

/// What became of mail to an address, by sender.
fn seen(read: &Landscape, address: &str) -> Vec<(&'static str, TraceStatus)> {
    let traces = read.exchange.traces.present().expect("traces");
    traces.of(address).iter().map(|traced| (traced.sender, traced.status)).collect()
}

fn requests(simulator: &Simulator) -> usize {
    simulator.requests(0).iter().filter(|request| request.operation.contains("Get-MessageTraceV2")).count()
}

#[test]
fn e4_the_latest_mail_of_each_sender_is_read_in_one_request() {
    on_paused_time(async {
        let simulator = simulator(&contoso());
        let read = listed(&simulator).await;
        assert_eq!(requests(&simulator), 1);
        // Of two billing notices the second was taken for spam.
        assert_eq!(
            seen(&read, "marcus.oyelaran@contoso.com"),
            [("microsoft-noreply@microsoft.com", TraceStatus::FilteredAsSpam)]
        );
        assert_eq!(seen(&read, "anton.weiss@contoso.com"), [("maccount@microsoft.com", TraceStatus::Quarantined)]);
        // A list is expanded, and its mailbox behind it has a row of its own.
        assert_eq!(seen(&read, "billing@contoso.com"), [("microsoft-noreply@microsoft.com", TraceStatus::Expanded)]);
        assert_eq!(
            seen(&read, "beatrice.lam@contoso.com"),
            [("microsoft-noreply@microsoft.com", TraceStatus::Failed)],
            "her mailbox is full"
        );
        assert_eq!(seen(&read, "jonas.nobody@contoso.com"), [], "no row says nothing");
    });
}

#[test]
fn e4_a_forward_that_came_back_is_in_the_trace_and_what_is_too_old_or_too_new_is_not() {
    on_paused_time(async {
        let mut seed = contoso();
        let sent = |to: &str, at: &str| SentSeed {
            category: None,
            to: vec![to.into()],
            from: "mssecurity-noreply@microsoft.com".into(),
            at: at.into(),
            subject: String::new(),
            verdict: Verdict::Clean,
        };
        seed.notices.sent = vec![
            sent("anton.weiss@contoso.com", "-1d"),
            sent("helena.marsh@contoso.com", "-11d"),
            sent("claire.dubois@contoso.com", "-5m"),
        ];
        let exchange = ExchangeOptions { trace_latency: Duration::from_mins(30), ..ExchangeOptions::default() };
        let world = World::new(&seed, Options { exchange, ..Options::default() });
        let read = listed(&world.simulator).await;
        let failed = [("mssecurity-noreply@microsoft.com", TraceStatus::Failed)];
        assert_eq!(seen(&read, "anton.weiss.private@gmail.com"), failed);
        assert_eq!(seen(&read, "helena.marsh@contoso.com"), []);
        assert_eq!(seen(&read, "claire.dubois@contoso.com"), []);
    });
}

#[test]
fn a_trace_that_is_throttled_is_waited_for_or_unknown_and_holds_up_nothing_else() {
    on_paused_time(async {
        let faulty = |script: &str| {
            let simulator = simulator(&contoso());
            simulator.set_faults(script.parse::<FaultScript>().unwrap());
            simulator
        };
        let soon = faulty("POST Get-MessageTraceV2:429(3)");
        let began = tokio::time::Instant::now();
        let read = listed(&soon).await;
        assert!(began.elapsed() >= Duration::from_secs(3), "as long as the service asks for");
        assert!(read.exchange.traces.present().is_some());
        assert_eq!(requests(&soon), 2);

        let late = faulty("POST Get-MessageTraceV2:429(280)");
        let began = tokio::time::Instant::now();
        let read = listed(&late).await;
        assert!(began.elapsed() < Duration::from_secs(280), "a reading does not sleep for minutes");
        let why = Unknown::ServiceFailed("the message trace".into(), ServiceFailure::Busy);
        assert_eq!(read.exchange.traces, Fact::Unknown(why));
        assert!(read.exchange.quarantine.known().is_ok() && read.exchange.recipients.known().is_ok());
        assert_eq!(requests(&late), 1);
    });
}
