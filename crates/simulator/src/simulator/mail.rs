//! Mail as it flows at this moment, and whom notices would reach.

use std::collections::BTreeSet;

use super::Simulator;
use crate::{
    mailflow::{self, Delivery, Mailflow, Message, Posted},
    notices::{self, Notice, NoticeCategory, NoticeRecipient},
};

impl Simulator {
    /// The mail flow at this moment.
    pub fn mailflow(&self) -> Mailflow {
        Mailflow::of(&self.lock())
    }

    /// Where a message would end at this moment; nothing is recorded.
    pub fn deliver(&self, message: &Message) -> Delivery {
        self.mailflow().deliver(message)
    }

    /// See [`Mailflow::readers`].
    pub fn readers(&self, recipient: &str) -> Option<BTreeSet<String>> {
        self.mailflow().readers(recipient)
    }

    /// See [`Mailflow::who_gets`].
    pub fn who_gets(&self, message: &Message) -> BTreeSet<String> {
        self.mailflow().who_gets(message)
    }

    /// Sends a message. With `count`, the statistics of the mailboxes it ends in grow too.
    pub(super) fn post(&self, message: &Message, count: bool) -> Posted {
        mailflow::post(&mut self.lock(), message, count)
    }

    /// Whom a notice would be sent to at this moment.
    pub fn notice_recipients(&self, category: NoticeCategory) -> BTreeSet<NoticeRecipient> {
        notices::recipients(&self.lock(), category)
    }

    /// Every notice, its recipients, and who would really get it.
    pub fn notices(&self) -> Vec<Notice> {
        notices::all(&self.lock())
    }

    /// Where a user is told that their password was reset: primary and alternate addresses, else the sign-in name
    /// `[SSPR2]`; none when there is no such user.
    pub fn password_reset_notice(&self, user: &str) -> Option<Vec<String>> {
        notices::of_reset(&self.lock(), user)
    }
}
