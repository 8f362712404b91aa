//! Who hears of every request: which service it went to, what it was for, how it ended.
//!
//! Invariant: an observer gets closed words only. No address, no identifier and no text of a service reaches it.

use http::StatusCode;

/// A service that requests go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Microsoft Graph.
    Graph,
    /// Exchange Online's administration interface.
    Exchange,
    /// Partner Center.
    Partner,
    /// Azure billing.
    Billing,
    /// The token service.
    Login,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 5] = [Self::Graph, Self::Exchange, Self::Partner, Self::Billing, Self::Login];

    /// Its word in labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Exchange => "exchange",
            Self::Partner => "partner",
            Self::Billing => "billing",
            Self::Login => "login",
        }
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// It reads. Exchange's cmdlets that read are POSTs, and read all the same.
    Read,
    /// It writes.
    Write,
    /// It carries several requests, which read or write.
    Batch,
    /// It asks for a token.
    Token,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Batch, Self::Token];

    /// Its word in labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Batch => "batch",
            Self::Token => "token",
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusClass {
    /// 200 to 299.
    Success,
    /// 300 to 399.
    Redirection,
    /// 400 to 499.
    ClientError,
    /// 500 to 599.
    ServerError,
    /// No complete answer, or one with a status outside of HTTP.
    Error,
}

impl StatusClass {
    /// Every class.
    pub const ALL: [Self; 5] = [Self::Success, Self::Redirection, Self::ClientError, Self::ServerError, Self::Error];

    /// The class of a status.
    pub fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            200..=299 => Self::Success,
            300..=399 => Self::Redirection,
            400..=499 => Self::ClientError,
            500..=599 => Self::ServerError,
            _ => Self::Error,
        }
    }

    /// Its word in labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "2xx",
            Self::Redirection => "3xx",
            Self::ClientError => "4xx",
            Self::ServerError => "5xx",
            Self::Error => "error",
        }
    }
}

/// Hears of requests. It is called on the way of every request, so it only counts.
pub trait Observer: Send + Sync {
    /// A request ended, a repeated one and one that never got an answer included. What did not leave is not told: a write that
    /// the fence or `--read-only` held back, or one that waits for our own limits.
    fn ended(&self, service: Service, operation: Operation, class: StatusClass);

    /// A service asked to slow down: in an answer, or in the answer to one item of a batch.
    fn throttled(&self, service: Service);
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn ended(&self, _: Service, _: Operation, _: StatusClass) {}

    fn throttled(&self, _: Service) {}
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    use http::Method;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        cloud::{Cloud, Scope},
        exchange::{Cmdlet, Command, Exchange},
        graph::{BatchItem, Order, send_batch},
        send::{Call, Effect, Sender},
        testing::{Script, TENANT, endpoints, observed},
        transport::{Cause, Reached},
    };

    /// What it heard, in words.
    #[derive(Default)]
    struct Heard(Mutex<BTreeMap<String, usize>>);

    impl Heard {
        fn note(&self, words: String) {
            *self.0.lock().unwrap().entry(words).or_default() += 1;
        }

        fn all(&self) -> Vec<(String, usize)> {
            self.0.lock().unwrap().clone().into_iter().collect()
        }
    }

    impl Observer for Heard {
        fn ended(&self, service: Service, operation: Operation, class: StatusClass) {
            self.note(format!("{} {} {}", service.as_str(), operation.as_str(), class.as_str()));
        }

        fn throttled(&self, service: Service) {
            self.note(format!("{} throttled", service.as_str()));
        }
    }

    fn scene(scope: Scope) -> (Script, Arc<Heard>, Sender) {
        let (script, heard) = (Script::new(), Arc::new(Heard::default()));
        let listener: Arc<dyn Observer> = Arc::<Heard>::clone(&heard);
        // One address for every service, as where endpoints are overridden: only the scope tells them apart.
        let base = endpoints().graph().join("v1.0/").unwrap();
        (script.clone(), heard, observed(&script, scope, base, listener))
    }

    fn words(all: &[(&str, usize)]) -> Vec<(String, usize)> {
        all.iter().map(|(words, times)| ((*words).to_owned(), *times)).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn every_attempt_is_told_with_what_it_was_for_and_how_it_ended() {
        let (script, heard, sender) = scene(Cloud::Global.graph_scope());
        script.reply_with(503, &[("retry-after", "1")], "");
        script.reply(500, "");
        script.fail(Reached::Unknown, Cause::Broken);
        script.reply(200, "{}");
        assert!(sender.read::<Value>(Call::get("test", "users/x")).await.is_ok());
        script.reply(403, "");
        let write = || Call::with_effect("test", Method::PATCH, "users/x", Effect::Absolute);
        assert!(sender.write_empty(write()).await.is_err());
        let told = [
            ("graph read 2xx", 1),
            ("graph read 5xx", 2),
            ("graph read error", 1),
            ("graph throttled", 1),
            ("graph write 4xx", 1),
            ("login token 2xx", 1),
        ];
        assert_eq!(heard.all(), words(&told));
    }

    #[tokio::test(start_paused = true)]
    async fn what_did_not_leave_is_not_told() {
        let (script, heard, sender) = scene(Cloud::Global.arm_scope());
        script.fail(Reached::BeforeSend, Cause::ReadOnly);
        let write = Call::with_effect("test", Method::PATCH, "x", Effect::Absolute);
        assert!(sender.write_empty(write).await.is_err());
        assert_eq!(heard.all(), words(&[("login token 2xx", 1)]));
        script.fail(Reached::BeforeSend, Cause::Connect);
        script.reply(200, "{}");
        assert!(sender.read::<Value>(Call::get("test", "x")).await.is_ok());
        let told = [("billing read 2xx", 1), ("billing read error", 1), ("login token 2xx", 1)];
        assert_eq!(heard.all(), words(&told));
    }

    #[tokio::test(start_paused = true)]
    async fn an_item_of_a_batch_that_is_throttled_counts_and_is_no_request_of_its_own() {
        let (script, heard, sender) = scene(Cloud::Global.graph_scope());
        let later = json!({"id": "1", "status": 429, "headers": {"Retry-After": "1"}});
        script.reply(200, &json!({"responses": [{"id": "0", "status": 204}, later]}).to_string());
        script.reply(200, &json!({"responses": [{"id": "1", "status": 204}]}).to_string());
        let item = |index: usize| BatchItem::with_effect(Method::PATCH, format!("users/{index}"), Effect::Absolute);
        send_batch(&sender, "write", &[item(0), item(1)], Order::Parallel).await;
        let told = [("graph batch 2xx", 2), ("graph throttled", 1), ("login token 2xx", 1)];
        assert_eq!(heard.all(), words(&told));
    }

    #[tokio::test(start_paused = true)]
    async fn exchange_throttles_by_an_exception_as_well_and_its_posts_read() {
        const BUDGET: &str = "Ex1|Microsoft.Exchange.Data.Directory.OverBudgetException|The budget is used up.";
        let (script, heard, sender) = scene(Cloud::Global.exchange_scope());
        let error = json!({"error": {"code": "BadRequest", "message": BUDGET}});
        let exchange = Exchange::new(Arc::new(sender), TENANT);
        // Both items of a batch, which are then asked for alone.
        let answer = |id: &str| json!({"id": id, "status": 400, "body": error});
        script.reply(200, &json!({"responses": [answer("0"), answer("1")]}).to_string());
        let commands = [Command::new(Cmdlet::Mailbox), Command::new(Cmdlet::Mailbox)];
        assert!(exchange.run_all(&commands).await.iter().all(Result::is_err));
        script.reply(400, &error.to_string());
        assert!(exchange.run_all(&commands[..1]).await[0].is_err());
        let told =
            [("exchange batch 2xx", 1), ("exchange read 4xx", 1), ("exchange throttled", 3), ("login token 2xx", 1)];
        assert_eq!(heard.all(), words(&told));
    }

    #[test]
    fn a_status_outside_of_http_is_an_error() {
        let class = |status| StatusClass::of(StatusCode::from_u16(status).unwrap());
        let classes = [100, 200, 304, 404, 503, 799].map(class);
        let all = StatusClass::ALL;
        assert_eq!(classes, [all[4], all[0], all[1], all[2], all[3], all[4]]);
    }
}
