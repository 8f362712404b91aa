//! Who takes a domain's mail, asked beside the tenant: no service of Microsoft's tells it.

use std::{collections::BTreeSet, sync::Arc};

use futures::future::{BoxFuture, join_all};
use tenant_contacts_core::{
    landscape::{self, Landscape, Wanted},
    model::{Fact, Unknown},
};
use tenant_contacts_engine::port::{Survey, TenantError};
use tenant_contacts_probe::MailExchangers;

/// Asks nobody, and says how to have it asked.
#[derive(Clone, Copy, Debug)]
pub struct NotAsked;

impl MailExchangers for NotAsked {
    fn hosts<'a>(&'a self, _domain: &'a str) -> BoxFuture<'a, Fact<landscape::MailExchangers>> {
        let what = "the mail exchanger of a domain (DNS is asked only with --dns)";
        Box::pin(std::future::ready(Fact::Unknown(Unknown::ReadFailed(what.into()))))
    }

    fn forget(&self) {}
}

/// A survey whose questions about mail exchangers go elsewhere than to the tenant.
pub struct WithMailExchangers<S> {
    tenant: S,
    exchangers: Arc<dyn MailExchangers>,
}

impl<S: Survey> WithMailExchangers<S> {
    /// Asks `tenant` everything but who takes a domain's mail, and `exchangers` that.
    pub fn new(tenant: S, exchangers: Arc<dyn MailExchangers>) -> Self {
        Self { tenant, exchangers }
    }
}

impl<S: Survey> Survey for WithMailExchangers<S> {
    fn listings<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
        // Listings begin a survey: what a domain said for the last one may have changed since.
        self.exchangers.forget();
        self.tenant.listings(landscape)
    }

    fn directory<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
        self.tenant.directory(landscape)
    }

    fn details<'a>(
        &'a self,
        wanted: &'a BTreeSet<Wanted>,
        landscape: &'a mut Landscape,
    ) -> BoxFuture<'a, Result<(), TenantError>> {
        Box::pin(async move {
            let (domains, rest): (Vec<&Wanted>, Vec<&Wanted>) =
                wanted.iter().partition(|one| matches!(one, Wanted::MailExchangers(_)));
            let rest: BTreeSet<Wanted> = rest.into_iter().cloned().collect();
            let domains = domains.into_iter().filter_map(|one| match one {
                Wanted::MailExchangers(domain) => Some(domain),
                _ => None,
            });
            // Whoever is asked has its own limit of questions at once.
            let asked = join_all(domains.map(async |domain| (domain.clone(), self.exchangers.hosts(domain).await)));
            let tenant = async {
                // A round may want nothing else.
                if rest.is_empty() { Ok(()) } else { self.tenant.details(&rest, landscape).await }
            };
            let (heard, read) = futures::join!(asked, tenant);
            landscape.mail_exchangers.extend(heard);
            read
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tenant_contacts_api::reason::Reason;
    use tenant_contacts_core::model::Fact;
    use uuid::Uuid;

    use super::*;

    /// Notes what it is asked.
    #[derive(Default)]
    struct Asked {
        details: Mutex<Vec<BTreeSet<Wanted>>>,
        domains: Mutex<Vec<String>>,
        forgotten: Mutex<usize>,
        fails: bool,
    }

    /// The tenant's side of it.
    struct Tenant(Arc<Asked>);

    impl Survey for Tenant {
        fn directory<'a>(&'a self, landscape: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
            self.listings(landscape)
        }

        fn listings<'a>(&'a self, _: &'a mut Landscape) -> BoxFuture<'a, Result<(), TenantError>> {
            Box::pin(async { Ok(()) })
        }

        fn details<'a>(
            &'a self,
            wanted: &'a BTreeSet<Wanted>,
            _: &'a mut Landscape,
        ) -> BoxFuture<'a, Result<(), TenantError>> {
            self.0.details.lock().unwrap().push(wanted.clone());
            let error = TenantError { reason: Reason::NotReadable, message: "gone".into(), retry_after: None };
            Box::pin(std::future::ready(if self.0.fails { Err(error) } else { Ok(()) }))
        }
    }

    impl MailExchangers for Asked {
        fn hosts<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Fact<landscape::MailExchangers>> {
            self.domains.lock().unwrap().push(domain.to_owned());
            let fact =
                if domain == "fabrikam.com" { Fact::Present(["mx.fabrikam.com".into()].into()) } else { Fact::Absent };
            Box::pin(std::future::ready(fact))
        }

        fn forget(&self) {
            *self.forgotten.lock().unwrap() += 1;
        }
    }

    fn both(asked: &Arc<Asked>) -> WithMailExchangers<Tenant> {
        let exchangers: Arc<dyn MailExchangers> = Arc::<Asked>::clone(asked);
        WithMailExchangers::new(Tenant(Arc::clone(asked)), exchangers)
    }

    fn domain(name: &str) -> Wanted {
        Wanted::MailExchangers(name.into())
    }

    #[tokio::test]
    async fn the_tenant_is_asked_everything_but_who_takes_mail() {
        let asked = Arc::new(Asked::default());
        let (survey, mut landscape) = (both(&asked), Landscape::default());
        let group = Wanted::GroupMembers(Uuid::nil());
        let wanted = BTreeSet::from([group.clone(), domain("fabrikam.com"), domain("gone.example")]);
        survey.listings(&mut landscape).await.unwrap();
        survey.details(&wanted, &mut landscape).await.unwrap();
        assert_eq!(*asked.details.lock().unwrap(), [BTreeSet::from([group])]);
        assert_eq!(*asked.domains.lock().unwrap(), ["fabrikam.com", "gone.example"]);
        let hosts = Fact::Present(["mx.fabrikam.com".into()].into());
        let expected = [("fabrikam.com".into(), hosts), ("gone.example".into(), Fact::Absent)];
        assert_eq!(landscape.mail_exchangers, expected.into());
    }

    #[tokio::test]
    async fn a_round_that_wants_only_domains_does_not_trouble_the_tenant() {
        let asked = Arc::new(Asked::default());
        let wanted = BTreeSet::from([domain("fabrikam.com")]);
        both(&asked).details(&wanted, &mut Landscape::default()).await.unwrap();
        assert!(asked.details.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn each_survey_asks_anew() {
        let asked = Arc::new(Asked::default());
        let survey = both(&asked);
        for count in 1..=2 {
            survey.listings(&mut Landscape::default()).await.unwrap();
            assert_eq!(*asked.forgotten.lock().unwrap(), count);
        }
    }

    #[tokio::test]
    async fn what_dns_said_stays_where_the_tenant_fails() {
        let asked = Arc::new(Asked { fails: true, ..Asked::default() });
        let mut landscape = Landscape::default();
        let wanted = BTreeSet::from([Wanted::GroupMembers(Uuid::nil()), domain("fabrikam.com")]);
        let error = both(&asked).details(&wanted, &mut landscape).await.unwrap_err();
        assert_eq!(error.reason, Reason::NotReadable);
        assert_eq!(landscape.mail_exchangers.len(), 1);
    }
}
