"""What each move does, by name. A verb asks its guards, changes the step's order and lines, and calls what must follow;
`moving.transition` locks before it and writes after it."""

from .answering import approve, decline, lapse, withdraw
from .cancelling import cancel, delete, hold_expire, refuse_cancel, request_cancel
from .deciding import accept, claim, counter, reject, release
from .delivering import answer_return, ask_return, confirm, deliver, dispute, refuse_all, resolve, settle, track
from .preparing import amend, approve_amend, decline_amend, prepare, short_pick, unprepare
from .shipping import manifest, ship, void_manifest, void_ship
from .submitting import hold, propose, submit

VERBS = {
    verb.__name__: verb
    for verb in (
        accept,
        amend,
        answer_return,
        approve,
        approve_amend,
        ask_return,
        cancel,
        claim,
        confirm,
        counter,
        decline,
        decline_amend,
        delete,
        deliver,
        dispute,
        hold,
        hold_expire,
        lapse,
        manifest,
        prepare,
        propose,
        refuse_all,
        refuse_cancel,
        reject,
        release,
        request_cancel,
        resolve,
        settle,
        ship,
        short_pick,
        submit,
        track,
        unprepare,
        void_manifest,
        void_ship,
        withdraw,
    )
}
