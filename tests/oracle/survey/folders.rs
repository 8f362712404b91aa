//! Public folders that have an address: recipients that no listing of mailboxes, lists or contacts has.

use tenant_contacts_api::{notice::Arrival, obstacle::Obstacle};
use tenant_contacts_core::{
    answer::{Answer, Declared, NodeKind, explain},
    landscape::{Landscape, RecipientKind},
    model::{Fact, ServiceFailure, Unknown},
};
use tenant_contacts_simulator::{End, FaultScript, Message, PublicFolderSeed, Seed, Simulator};
use testkit::rig::{EPOCH, on_paused_time};

use super::tenant::{contoso, read, simulator};

const FOLDER: &str = "board@contoso.com";
const ALIAS: &str = "old-board@contoso.com";
const NOBODY: &str = "nobody-at-all@contoso.com";

/// The example with a public folder. Technical notices go to both its addresses, and to one that nobody has.
fn seed() -> Seed {
    let mut seed = contoso();
    let folder = PublicFolderSeed { name: "Notice Board".into(), mail: FOLDER.into(), aliases: vec![ALIAS.into()] };
    seed.exchange.public_folders.push(folder);
    seed.organization.technical_notification_mails = [FOLDER, ALIAS, NOBODY].map(str::to_owned).to_vec();
    seed
}

async fn look(simulator: &Simulator) -> (Landscape, Answer) {
    let (declared, now) = (Declared::default(), EPOCH.parse().unwrap());
    let landscape = read(simulator, &|landscape| explain(landscape, &declared, now).wanted).await;
    let answer = explain(&landscape, &declared, now).answer;
    (landscape, answer)
}

/// What is said of an address, and the obstacle that decides it.
fn said(answer: &Answer, address: &str) -> (Arrival, Option<Obstacle>) {
    let is = |kind: &NodeKind| matches!(kind, NodeKind::Address(one) if &**one == address);
    let node = answer.nodes.iter().find(|node| is(&node.kind)).unwrap();
    (node.arrival, node.blockages.first().map(|blockage| blockage.obstacle))
}

#[test]
fn g2_mail_to_a_public_folder_does_not_bounce_and_who_reads_it_is_not_known() {
    on_paused_time(async {
        let simulator = simulator(&seed());
        let sent = |to: &str| simulator.deliver(&Message::outside("microsoft-noreply@microsoft.com", to)).outcomes;
        assert!(matches!(&sent(ALIAS)[0].end, End::PublicFolder { address } if address == FOLDER));
        assert!(matches!(&sent(NOBODY)[0].end, End::Bounced { .. }));

        let (landscape, answer) = look(&simulator).await;
        let recipients = landscape.exchange.recipients.present().unwrap();
        assert_eq!(recipients["notice board"].kind, RecipientKind::Other("PublicFolder".into()));
        for address in [FOLDER, ALIAS] {
            assert_eq!(said(&answer, address), (Arrival::Unknown, Some(Obstacle::NotReadable)), "{address}");
        }
        assert_eq!(said(&answer, NOBODY), (Arrival::Undeliverable, Some(Obstacle::NoRecipient)));
    });
}

#[test]
fn g1_g2_where_public_folders_cannot_be_read_no_address_is_said_to_be_nobodys() {
    on_paused_time(async {
        let simulator = simulator(&seed());
        simulator.set_faults("POST Get-Recipient:429(280)".parse::<FaultScript>().unwrap());
        let (landscape, answer) = look(&simulator).await;
        let why = Unknown::ServiceFailed("the public folders".into(), ServiceFailure::Busy);
        assert_eq!(landscape.exchange.recipients, Fact::Unknown(why.clone()));
        for address in [FOLDER, ALIAS, NOBODY] {
            assert_eq!(said(&answer, address).0, Arrival::Unknown, "{address}");
        }
        assert!(answer.gaps.iter().any(|gap| gap.why == why), "{:?}", answer.gaps);
    });
}
