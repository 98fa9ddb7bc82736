//! Long lists being taken in and dropped folders being read: what is still to come.

use std::rc::Rc;

use filechute_engine::{Engine, Phase};

use super::{
    super::{intake::List, jobs::Task},
    Driver,
};

impl Driver {
    pub(super) fn is_taking_in(&self) -> bool {
        !self.lists.borrow().is_empty() || !self.intakes.borrow().is_empty()
    }

    /// A list or a folder began or ended.
    fn mind_intakes(&self) {
        let taking_in = self.is_taking_in();
        self.act(|engine, now| engine.set_taking_in(now, taking_in));
        self.start_rest();
    }

    /// Starts what came in behind an upload that was to have it, unless all was held meanwhile.
    pub(super) fn start_rest(&self) {
        if self.is_taking_in() || self.rest_held.get() || !self.rest_wanted.take() {
            return;
        }
        if self.look(|engine| engine.totals().count(Phase::Idle)) > 0 && self.may_start() {
            // A rule that forbids the start was told when the file was not taken in.
            let _ = self.act(Engine::upload);
        }
    }

    pub(crate) fn next_intake(&self) -> u32 {
        let slot = self.next_intake.get();
        self.next_intake.set(slot.wrapping_add(1));
        slot
    }

    pub(crate) fn keep_intake(&self, slot: u32, task: Task) {
        self.intakes.borrow_mut().insert(slot, task);
        self.mind_intakes();
    }

    pub(crate) fn end_intake(&self, slot: u32) {
        let over = (self.intakes.borrow_mut().remove(slot), self.lists.borrow_mut().remove(slot));
        drop(over);
        self.mind_intakes();
    }

    pub(crate) fn stop_intakes(&self) {
        drop(self.intakes.take());
        let lists = self.lists();
        self.lists.take();
        for list in lists {
            list.clear();
        }
        self.mind_intakes();
    }

    pub(crate) fn begin_list(&self, list: &Rc<List>) -> u32 {
        let slot = self.next_intake();
        self.lists.borrow_mut().insert(slot, Rc::clone(list));
        self.mind_intakes();
        slot
    }

    pub(crate) fn has_list(&self, slot: u32) -> bool {
        self.lists.borrow().get(slot).is_some()
    }

    /// The oldest one first.
    pub(crate) fn lists(&self) -> Vec<Rc<List>> {
        self.lists.borrow().iter().map(|(_, list)| Rc::clone(list)).collect()
    }
}
