"""Faults on the way: the answer comes late, in another's name or not at all, before or after the vendor has acted."""

import threading
from dataclasses import replace

from apps.sandbox.wire import Answer, as_json

from .call import Fault

LATE, SLOW, SILENT = 2.0, 20.0, 60.0  # seconds, where the rule names none
LOST = Answer(status=0, lost=True)


def delay(call):
    call.wait(LATE)
    return call.run()


def timeout_before_commit(call):
    call.wait(SILENT)
    return LOST


def timeout_after_commit(call):
    answer = call.run()
    call.wait(SILENT)
    return replace(answer, lost=True)


def reset_before_commit(call):
    return LOST


def reset_after_commit(call):
    return replace(call.run(), lost=True)


def reset_mid_body(call):
    answer = call.run()
    return replace(answer, reset_at=len(answer.body) // 2)


def slow_body(call):
    return replace(call.run(), spread=call.how_long(SLOW))


def late_commit(call):
    """Answers 504 now; the vendor acts a little later all the same."""
    timer = threading.Timer(call.how_long(LATE), call.run)
    timer.daemon = True
    timer.start()
    return as_json({"Message": "Gateway timeout"}, status=504)


def status_after_commit(call):
    return as_json({"Message": "An error has occurred."}, status=500, committed=call.run().committed)


def stale_read(call):
    return call.run(call.world.as_of(call.how_long(SLOW)))


def status(code: int) -> Fault:
    return lambda call: as_json({"Message": "An error has occurred."}, status=code)


def refusal(code: int) -> Fault:
    return lambda call: call.vendor.refuse(code)


def server_fault(call):
    """A 400 that is no fault of the client's: the vendor's own server stumbled."""
    return as_json({"Message": call.vendor.stumble}, status=400)
