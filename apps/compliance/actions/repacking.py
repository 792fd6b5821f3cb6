"""Part of a package: METRC moves whole ones, so a new package is made of it first, under a tag out of the drawer. The
tag is what makes it happen once: METRC takes it for one package only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.compliance import rules
from apps.compliance.models import Facility, Package, Report, Tag
from apps.compliance.models.reports import ReportQuerySet
from apps.core.errors import Refused

from . import filing
from .differences import note_difference
from .moving import move

Kind, State, Drawer = rules.Kind, rules.State, Tag.State
NOT_GONE_OUT = frozenset({State.QUEUED, State.RETRY_WAIT, State.HELD, State.REJECTED, State.DEAD})
OVER = (State.CANCELLED, State.SUPERSEDED)
LEFT_OVER = "new package"  # a difference's kind: made for an order that no longer wants it
PLAIN = {
    "state": Drawer.FREE,
    "order": None,
    "order_number": "",
    "source": "",
    "item": "",
    "unit": "",
    "quantity": None,
}


@transaction.atomic
def reserve(*, facility: Facility, order: UUID, order_number: str, parts: Sequence[rules.Part], by) -> list[Tag]:
    """A tag for each part of the order, in the parts' order. Tags it has that still fit stay; the rest are given back.
    Two orders never get one tag: its row is locked and reserved in the caller's transaction. Refused where none is free
    (`no-free-tag`) and where one that somebody chose can't be had (`tag-not-free`)."""
    filing.lock_open(facility, order_number)
    mine, found = list(_of(order, facility)), {}
    for part in parts:
        if fitting := next((tag for tag in mine if _fits(tag, part)), None):
            mine.remove(fitting)
            found[part] = fitting
    _give_back(facility, mine, by)
    wanted = [part for part in parts if part not in found]
    for part, tag in _drawn(facility, wanted).items():
        tag.facility, tag.state, tag.order, tag.order_number = facility, Drawer.RESERVED, order, order_number
        tag.source, tag.item, tag.quantity, tag.unit = part.source, part.item, part.quantity, part.unit
        tag.save()
        found[part] = tag
    return [found[part] for part in parts]


@transaction.atomic
def give_back(*, facility: Facility, order: UUID, order_number: str, by) -> None:
    """The order takes no parts any more. Tags nobody has told METRC of are free again; a package that was made, or may
    have been, stays what it is, and staff are told that it has nobody to go to."""
    filing.lock_open(facility, order_number)
    _give_back(facility, list(_of(order, facility)), by)


def tags_of(order: UUID) -> dict[str, Tag]:
    """The order's new packages by the tag of the package each is made out of."""
    return {tag.source: tag for tag in Tag.objects.filter(order=order).select_related("facility").order_by("label")}


@transaction.atomic
def file_packages(
    *, facility: Facility, tags: Iterable[Tag], version: int, deadline: datetime, by, now: datetime
) -> list[Report]:
    """One report a new package, before the transfer that names it. What METRC has been told of already is told once: a
    later version of the manifest takes the same package; only what it has plainly refused is said anew."""
    return [_filed(facility, tag, version, deadline, by, now) for tag in tags]


def withdraw(*, facility: Facility, order_number: str, by, why: str) -> None:
    """In the caller's transaction: new packages that METRC hasn't been told of are not made; their tags stay the
    order's."""
    for report in _making(facility, order_number).open().order_by("pk"):
        _withdrawn(report, by, why)


def new_package_of(tag: Tag) -> Report | None:
    """The report that makes it, or has made it; None where there is none, or it was called off."""
    mine = _making(tag.facility, tag.order_number).filter(payload__tag=tag.label)
    return mine.exclude(state__in=OVER).order_by("pk").last()


def _making(facility: Facility, order_number: str) -> ReportQuerySet:
    own = {"organization": facility.organization_id, "order_number": order_number}
    return Report.objects.filter(**own, facility=facility, kind=Kind.PACKAGE_CREATE)


def _of(order: UUID, facility: Facility):
    mine = Tag.objects.filter(facility=facility, order=order).select_related("facility__location")
    return mine.order_by("label").select_for_update(of=("self",))


def _fits(tag: Tag, part: rules.Part) -> bool:
    same = (tag.source, tag.quantity, tag.unit) == (part.source, part.quantity, part.unit)
    return same and part.tag in ("", tag.label)


def _drawn(facility: Facility, parts: Sequence[rules.Part]) -> dict[rules.Part, Tag]:
    """Chosen ones first, then the lowest numbers; a tag that another order is just taking is passed over."""
    chosen = [part for part in parts if part.tag]
    plain = [part for part in parts if not part.tag]
    drawer = Tag.objects.filter(facility=facility, state=Drawer.FREE).order_by("label")
    by_label = {tag.label: tag for tag in drawer.filter(label__in=[p.tag for p in chosen]).select_for_update()}
    found = {part: by_label.pop(part.tag) for part in chosen if part.tag in by_label}
    if len(found) < len(chosen):
        raise _not_free(facility, [part.tag for part in chosen if part not in found])
    taken = [tag.pk for tag in found.values()]
    free = list(drawer.exclude(pk__in=taken).select_for_update(skip_locked=True)[: len(plain)])
    if len(free) < len(plain):
        raise _none_free(facility, len(parts), len(free) + len(taken))
    return found | dict(zip(plain, free, strict=True))


def _not_free(facility: Facility, labels: list[str]) -> Refused:
    text = _(
        "METRC doesn't list %(tags)s as unused at %(licence)s, or another order has it. Choose another tag, or press"
        " “Refresh tags” and try again."
    )
    words = {"tags": ", ".join(sorted(set(labels))), "licence": facility.number}
    return Refused(text % words, code="tag-not-free", errors={"packages": [text % words]})


def _none_free(facility: Facility, wanted: int, free: int) -> Refused:
    text = ngettext(
        "Part of %(n)s package leaves, and METRC moves whole ones: it needs a package tag of its own, and %(free)s are"
        " free at %(licence)s. Order package tags in METRC, then press “Refresh tags”.",
        "Parts of %(n)s packages leave, and METRC moves whole ones: each needs a package tag of its own, and %(free)s"
        " are free at %(licence)s. Order package tags in METRC, then press “Refresh tags”.",
        wanted,
    )
    words = {"n": wanted, "free": free, "licence": facility.number}
    return Refused(text % words, code="no-free-tag", extra={"wanted": wanted, "free": free})


def _filed(facility: Facility, tag: Tag, version: int, deadline: datetime, by, now: datetime) -> Report:
    old = new_package_of(tag)
    if old and (old.may_exist or old.state not in (State.REJECTED, State.DEAD)):
        return old
    if old:
        move(old, State.SUPERSEDED, by=by, why=_("said anew with the manifest"))
    report = filing.file(
        facility=facility,
        kind=Kind.PACKAGE_CREATE,
        key=rules.package_key(facility.number, tag.order_number, tag.label, version),
        payload=_payload(facility, tag, now),
        lanes=[rules.package_lane(tag.source), rules.package_lane(tag.label)],
        deadline=deadline,
        by=by,
        order_number=tag.order_number,
        supersedes=old,
    )
    tag.state = Drawer.USED
    tag.save(update_fields=["state", "updated_at"])
    return report


def _payload(facility: Facility, tag: Tag, now: datetime) -> dict:
    """It lies where its source lies."""
    source = Package.objects.filter(facility=facility, label=tag.source).first()
    return {
        "order": tag.order_number,
        "tag": tag.label,
        "source": tag.source,
        "item": tag.item,
        "quantity": str(tag.quantity),
        "unit": tag.unit,
        "location": source.location if source else "",
        "date": now.astimezone(facility.zone).date().isoformat(),
    }


def _give_back(facility: Facility, tags: list[Tag], by) -> None:
    for tag in tags:
        report = new_package_of(tag)
        if report is None or _withdrawn(report, by, _("the order no longer takes this part")):
            _freed(tag)
        else:
            _left_over(facility, tag)


def _withdrawn(report: Report, by, why: str) -> bool:
    """Called off, where METRC can't have made it."""
    if report.may_exist or report.state not in NOT_GONE_OUT:
        return False
    move(report, State.CANCELLED, by=by, why=why)
    Tag.objects.filter(facility=report.facility_id, label=report.payload["tag"], state=Drawer.USED).update(
        state=Drawer.RESERVED
    )
    return True


def _freed(tag: Tag) -> None:
    """One that METRC has refused is taken again only once METRC lists it anew."""
    tried = _making(tag.facility, tag.order_number).filter(payload__tag=tag.label, sends__gt=0).exists()
    for name, value in PLAIN.items():
        setattr(tag, name, value)
    tag.state = Drawer.GONE if tried else Drawer.FREE
    tag.save()


def _left_over(facility: Facility, tag: Tag) -> None:
    tag.order = None
    tag.save()
    amount = f"{tag.quantity.normalize():f} {tag.unit}"
    note_difference(
        facility=facility,
        kind=LEFT_OVER,
        subject=tag.label,
        ours=_("Order %(number)s no longer takes it; the POS counts it in package %(source)s.")
        % {"number": tag.order_number, "source": tag.source},
        theirs=_("A package of its own: %(amount)s of %(item)s.") % {"amount": amount, "item": tag.item},
    )
