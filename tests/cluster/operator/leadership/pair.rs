//! Two replicas of one operator, each with a line of its own to the API server.

use std::time::Instant;

use serde_json::json;
use testkit::{
    cli::{
        binary::{Running, until},
        small,
    },
    line::Line,
    operator::Site,
};

/// Short, so that a take-over is quick; the proportions are those of the defaults.
const QUICK: [&str; 4] = ["--lease-duration", "6s", "--request-timeout", "3s"];

/// A replica.
pub struct Replica {
    pub process: Running,
    /// Its line to the API server.
    pub line: Line,
}

/// A site whose tenant is kept by the first of two replicas.
pub struct Pair {
    pub first: Replica,
    pub second: Replica,
    /// Dropped last: it looks whether anything was refused to them.
    pub site: Site,
}

impl Pair {
    /// Both run, the first one leads and has written everything. Each has more in its environment.
    pub fn start(name: &str, first: &[(&str, &str)], second: &[(&str, &str)]) -> Self {
        let site = Site::open(name);
        let replica = |name: &str, environment: &[(&str, &str)]| {
            let (line, access) = Line::before(&site.access, &format!("{name}.kubeconfig"));
            let more = [&QUICK[..], &["--replica", name]].concat();
            Replica { process: site.operator_by(&more, &access, environment), line }
        };
        let first = replica("first", first);
        until("the first one leads", || site.leader().starts_with("first-"));
        let second = replica("second", second);
        site.apply(small::SECRET);
        site.apply(&small::tenant("[Users]", "  interval: 10s"));
        site.apply(&small::contact("ann", small::ANN));
        site.ready("usercontact", "ann", "True InSync");
        second.process.says(&["serving"]);
        Self { first, second, site }
    }

    /// Writes to the tenant so far.
    pub fn written(&self) -> usize {
        self.site.office.journal().len()
    }

    /// Waits for the second one, which then corrects what somebody changed meanwhile: once, and nobody else does.
    pub fn second_takes_over(&self, since: Instant) {
        let site = &self.site;
        until("the second one leads", || site.leader().starts_with("second-"));
        let led = since.elapsed();
        let (before, mark) = (self.written(), self.first.process.mark());
        site.office.disturb("ann@contoso.com", &json!({"mobilePhone": "+1 425 555 0177"}));
        until("the phone is put back", || site.office.user("ann@contoso.com")["mobilePhone"] == "+1 425 555 0101");
        println!("the second one led after {led:.1?}, and wrote after {:.1?}", since.elapsed());
        assert_eq!(self.written(), before + 1, "one correction, and nothing that was done before");
        site.ready("usercontact", "ann", "True InSync");
        self.first_wrote_nothing_since(mark);
    }

    /// The first one has not sent a write since it had said so many lines.
    pub fn first_wrote_nothing_since(&self, mark: usize) {
        let said = self.first.process.said();
        let wrote = said.iter().skip(mark).find(|line| line.contains("operation=\"write\""));
        assert!(wrote.is_none(), "written after the lease was lost: {wrote:?}");
    }
}
