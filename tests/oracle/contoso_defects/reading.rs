//! A simulated tenant read as any tenant is read: by the observer's application, over every service.

use std::{collections::BTreeSet, sync::Arc};

use futures::future::BoxFuture;
use tenant_contacts::{
    simulated::{InProcess, in_process_endpoints},
    survey::WithMailExchangers,
    world::ProcessClock,
};
use tenant_contacts_api::rule::Rule;
use tenant_contacts_core::{
    answer::{self, Answer, Subject},
    landscape::{self, Landscape},
    model::Fact,
};
use tenant_contacts_engine::survey;
use tenant_contacts_m365::{
    auth::{Credential, Identity, TokenProvider},
    clock::Clock,
    cloud::{Cloud, Scope},
    ports::Ports,
    send::{RetryPolicy, Sender},
    survey::{Services, TenantSurvey},
};
use tenant_contacts_probe::MailExchangers;
use tenant_contacts_simulator::{Options, Simulator};
use url::Url;
use uuid::Uuid;

use super::world::{World, now};

/// The application that reads; see `applications` in the seed.
const OBSERVER: &str = "tenant-contacts-observer";

/// What was found, and on whom or what.
pub type Finding = (Rule, String);

/// Every domain takes mail: nothing in Contoso is about domains that take none.
struct EverybodyTakesMail(landscape::MailExchangers);

impl MailExchangers for EverybodyTakesMail {
    fn hosts<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Fact<landscape::MailExchangers>> {
        Box::pin(async { Fact::Present(self.0.clone()) })
    }

    fn forget(&self) {}
}

/// Reads the tenant, and answers.
pub async fn read(world: &World) -> Answer {
    let simulator = Simulator::new(&world.seed, Options { epoch: Some(now()), ..Options::default() }).unwrap();
    let survey = survey_of(&simulator, world);
    let wanted = |landscape: &Landscape| answer::explain(landscape, &world.declared, now()).wanted;
    let landscape = survey::read(&survey, now(), &wanted).await.unwrap();
    answer::explain(&landscape, &world.declared, now()).answer
}

fn survey_of(simulator: &Simulator, world: &World) -> WithMailExchangers<TenantSurvey> {
    let application = world.seed.applications.iter().find(|application| application.name == OBSERVER).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ProcessClock::start_at(now()));
    let ports = Ports { clock: Arc::clone(&clock), ..Ports::system(Arc::new(InProcess(simulator.clone()))) };
    let endpoints = in_process_endpoints().unwrap();
    let tenant: Uuid = world.seed.tenant.id.parse().unwrap();
    let identity = Identity { tenant, client_id: application.client_id.parse().unwrap() };
    let secret = Credential::Secret(application.secrets[0].value.clone().into());
    let policy = RetryPolicy::default();
    let tokens = TokenProvider::new(ports.clone(), policy.clone(), &endpoints, identity, Arc::new(secret));
    let tokens = Arc::new(tokens);
    let sender = |scope: Scope, base: Url| {
        Arc::new(Sender::new(ports.clone(), Arc::clone(&tokens), scope, base, policy.clone()))
    };
    let services = Services {
        graph: sender(Cloud::Global.graph_scope(), endpoints.graph().join("v1.0/").unwrap()),
        exchange: sender(Cloud::Global.exchange_scope(), endpoints.exchange().join("adminapi/").unwrap()),
        partner: Some(sender(
            Cloud::Global.partner_scope().unwrap(),
            endpoints.partner().unwrap().join("v1/").unwrap(),
        )),
        billing: sender(Cloud::Global.arm_scope(), endpoints.arm().join("providers/Microsoft.Billing/").unwrap()),
    };
    let hosts = world.hosts.iter().map(|host| (*host).into()).collect();
    WithMailExchangers::new(
        TenantSurvey::new(tenant, services, clock, Arc::default()),
        Arc::new(EverybodyTakesMail(hosts)),
    )
}

/// What counts of an answer's findings; what somebody has answered for does not.
pub fn findings(answer: &Answer) -> BTreeSet<Finding> {
    let counted = answer.findings.iter().filter(|finding| finding.excepted.is_none());
    let mut found = BTreeSet::new();
    for finding in counted {
        let finding = (finding.rule, subject(&finding.subject));
        assert!(found.insert(finding.clone()), "{finding:?} is found twice");
    }
    found
}

/// A subject's name; that of an address with the field that names it.
pub fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Address { field, address } => format!("{field}: {address}"),
        other => other.name().to_owned(),
    }
}
