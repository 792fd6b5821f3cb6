"""The warehouse: picking what was accepted, short picks, and amendments before picking begins."""

from decimal import Decimal

from django.utils.translation import gettext as _

from apps.accounts.rules import local_date
from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import Pick
from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import guards, parts, stock
from apps.orders.actions.moving import Step
from apps.orders.actions.proposing import proposed, take_over
from apps.orders.models import Proposal

from .answering import answered, confirmed, in_time


def prepare(step: Step) -> None:
    """T18. `data.packages` are `{id: line, package, quantity, tag?}`; lines without one keep their first-expiry
    packages. Of what holds more than is taken a new package will be made: its METRC tag is reserved now, `tag` or the
    next."""
    guards.no_open_change(step.order)
    chosen = [
        Pick(step.line(one["id"]).pk, int(one["package"]), one["quantity"]) for one in step.data.get("packages") or ()
    ]
    if chosen:
        stock.allocate(step, chosen)
    _passed(step)
    parts.still_here(step)
    parts.reserve_tags(step, _named(step))


def _named(step: Step) -> dict[str, str]:
    """Staff's own tags, by the tag of the package that the part is taken out of."""
    named: dict[str, str] = {}
    asked = {int(one["package"]): one["tag"].strip() for one in step.data.get("packages") or () if one.get("tag")}
    for one in reserving.picks(seller=step.order.seller_id, order=step.order.pk) if asked else ():
        tag = asked.pop(one.package_id, "") or named.get(one.package.tag, "")
        if tag and named.setdefault(one.package.tag, tag) != tag:
            raise Refused(_("One new package is made of each: name one tag for it."), code="tag-not-needed", status=422)
    return named


def _passed(step: Step) -> None:
    """Every batch has a passing lab result and has not expired (a blank result is not a failed one)."""
    today = local_date(step.order.site_zone, step.now)
    for pick in reserving.picks(seller=step.order.seller_id, order=step.order.pk):
        package = pick.package
        result = package.lab_status.strip().lower()
        failed = bool(result) and not result.endswith("passed")
        expired = package.expires_date is not None and package.expires_date < today
        if failed or expired:
            words = (
                _("Batch %(b)s has expired. Choose another batch.")
                if expired
                else _("Batch %(b)s has no passing lab result. Choose another batch.")
            )
            raise Refused(words % {"b": package.batch or package.tag or package.inventory_id}, code="coa-required")


def unprepare(step: Step) -> None:
    """T20."""
    guards.no_open_manifest(step.order)
    parts.give_back(step)


def short_pick(step: Step) -> None:
    """T19: less was found than accepted. Where the retailer allowed it at submit it is so at once; else it is asked."""
    guards.no_open_manifest(step.order)
    guards.no_open_change(step.order)
    step.data["lines"] = [
        {"id": one["id"], "quantity": one["picked"]} for one in step.data.get("lines") or () if "picked" in one
    ]
    for one in step.data["lines"]:
        if not 0 <= one["quantity"] <= step.line(one["id"]).accepted:
            raise Refused(_("A short pick lowers what was accepted."), code="quantity-rule", status=422)
    proposal = proposed(step, Proposal.Kind.AMEND)
    step.told["proposal"] = proposal.pk
    if _agreed_before(step):
        proposal.state, proposal.answered_at = Proposal.State.APPROVED, step.now
        proposal.save(update_fields=["state", "answered_at"])
        _apply(step, proposal)


def _agreed_before(step: Step) -> bool:
    """Who wants short lines left out agreed to none of a line, not to a part of it."""
    wanted = step.order.on_short
    left_out = all(one["quantity"] == 0 for one in step.data["lines"])
    return wanted == rules.OnShort.SHIP_AVAILABLE or (wanted == rules.OnShort.CANCEL_LINE and left_out)


def amend(step: Step) -> None:
    """T16: proposed while the order stays accepted; nothing moves until the retailer agrees."""
    guards.no_open_change(step.order)
    step.told["proposal"] = proposed(step, Proposal.Kind.AMEND).pk


def approve_amend(step: Step) -> None:
    guards.no_open_manifest(step.order)
    proposal = in_time(step, answered(step, Proposal.Kind.AMEND, Proposal.State.APPROVED))
    confirmed(step, proposal)
    _apply(step, proposal)


def decline_amend(step: Step) -> None:
    answered(step, Proposal.Kind.AMEND, Proposal.State.DECLINED)


def _apply(step: Step, proposal: Proposal) -> None:
    """Packages are touched only where a quantity changed (medusa 16406)."""
    before = {line.pk: line.accepted for line in step.lines}
    take_over(step, proposal)
    if not any(line.accepted for line in step.lines):
        raise Refused(_("Nothing would be left. Cancel the order instead."), code="nothing-accepted", status=422)
    if any(line.accepted != before[line.pk] for line in step.lines):
        stock.allocate(step)
        if step.order.state == rules.State.PREPARING:
            parts.reserve_tags(step)
    step.told["lines"] = {str(line.pk): str(Decimal(line.accepted)) for line in step.lines}
