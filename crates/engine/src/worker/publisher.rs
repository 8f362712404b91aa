//! What was published last, and what would be news.
//!
//! Invariant: what says the same is not published again, also after a restart.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use jiff::Timestamp;
use tenant_contacts_api::status::{ChildStatus, TenantStatus};
use tenant_contacts_core::{
    desired::{DesiredObject, ObjectKey},
    status::{self, Arrivals, ChildFacts, Published, Standing, TenantFacts},
};

/// A status to publish, what it says and a fingerprint of what it was made from.
pub(super) struct News {
    pub(super) status: ChildStatus,
    published: Published,
    made_from: u64,
}

/// What the Tenant's new status says.
#[derive(Clone, Copy)]
pub(super) struct Said {
    standing: Standing,
    fingerprint: u64,
}

/// See the module.
#[derive(Default)]
pub(super) struct Publisher {
    /// What was last published of each object, and a fingerprint of what it was made from.
    published: BTreeMap<ObjectKey, (Published, u64)>,
    tenant_standing: Option<Standing>,
    tenant_fingerprint: u64,
}

impl Publisher {
    /// Takes up what an earlier process published of an object, or what was published of it without a plan.
    pub(super) fn found(&mut self, key: ObjectKey, published: Published) {
        self.published.insert(key, (published, 0));
    }

    /// The same of the Tenant.
    pub(super) fn found_tenant(&mut self, standing: Option<Standing>) {
        self.tenant_standing = standing;
    }

    /// Whether anything was ever published of an object.
    pub(super) fn has_told(&self, key: &ObjectKey) -> bool {
        self.published.contains_key(key)
    }

    /// Objects of which nothing needs to be known any more.
    pub(super) fn forget(&mut self, released: &[ObjectKey]) {
        for key in released {
            self.published.remove(key);
        }
    }

    /// Remembers that it was published.
    pub(super) fn told(&mut self, key: ObjectKey, news: &News) {
        self.published.insert(key, (news.published, news.made_from));
    }

    /// The same of the Tenant.
    pub(super) fn told_tenant(&mut self, said: Said) {
        self.tenant_fingerprint = said.fingerprint;
        self.tenant_standing = Some(said.standing);
    }

    /// An object's status, if there is anything new to publish. `is_dirty`: what is remembered of it has to be persisted.
    pub(super) fn news(
        &mut self,
        facts: &ChildFacts<'_>,
        arrivals: impl FnOnce() -> Option<Arc<Arrivals>>,
        is_dirty: bool,
        now: Timestamp,
    ) -> Option<News> {
        let object = facts.object;
        let made_from = {
            let mut hasher = DefaultHasher::new();
            let claims = (&object.business_email, object.target.gateways(), &object.mail);
            (object.generation, facts.plan, claims, &object.requested_at).hash(&mut hasher);
            hasher.finish()
        };
        let before = self.published.get_mut(&object.key);
        if before.as_ref().is_some_and(|(_, known)| *known == made_from) && !is_dirty && !is_timed(object) {
            return None;
        }
        let standing = before.as_ref().map(|(published, _)| &published.standing);
        let arrivals = object.mail.is_some().then(arrivals).flatten();
        let child = status::child(&ChildFacts { arrivals: arrivals.as_deref(), ..*facts }, standing, now);
        let published = Published::new(child.standing, &child.status);
        match before {
            // Made from something else, after a restart say, and the same all the same.
            Some(before) if before.0 == published && !is_dirty => {
                before.1 = made_from;
                None
            }
            _ => Some(News { status: child.status, published, made_from }),
        }
    }

    /// The Tenant's status, if there is anything new to publish.
    pub(super) fn tenant_news(&self, facts: &TenantFacts<'_>, now: Timestamp) -> Option<(TenantStatus, Said)> {
        let (standing, status) = status::tenant(facts, self.tenant_standing.as_ref(), now);
        let bytes = serde_json::to_vec(&status).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let fingerprint = hasher.finish();
        (fingerprint != self.tenant_fingerprint).then_some((status, Said { standing, fingerprint }))
    }
}

/// Whether an object's status may change while its plan does not: an attestation expires, and an account is disabled, or its
/// mail gets lost, without a field differing.
pub(super) fn is_timed(object: &DesiredObject) -> bool {
    object.business_email.is_some() || object.mail.is_some() || !object.target.gateways().is_empty()
}
