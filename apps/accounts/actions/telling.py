"""Tell the people of an organization who are concerned: in the app at once, by letter from a job. A fact may be told
twice by its teller; each person hears of it once a channel."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from apps.accounts.models import Membership, Notification, Organization, Told, User
from apps.accounts.rules import may
from apps.accounts.rules.told import Channel, Kind, usual
from apps.core import jobs, mail
from apps.core.push import push
from apps.core.scope import everyone


@transaction.atomic
def notify(
    *,
    organization: Organization,
    permissions: Iterable[str],
    event: str,
    kind: Kind,
    title: str,
    path: str,
    now: datetime,
    location=None,
    but: User | None = None,
) -> int:
    """Members who hold any of the permissions at the location, without who did it; how many rows that made. `event`
    names the fact: a second call with it tells nobody again."""
    with everyone("telling people"):
        people = _concerned(organization, list(permissions), location, but)
        choices = {(one.user_id, one.channel): one.wanted for one in Told.objects.filter(user__in=people, kind=kind)}
        wanted = [
            (user, channel)
            for user in people
            for channel in Channel.values
            if choices.get((user.pk, channel), usual(kind, channel))
        ]
        more = {"organization": organization, "kind": kind, "title": title[:300], "path": path, "at": now}
        return sum(_once(user, channel, event, more) for user, channel in wanted)


def _concerned(organization, permissions: list[str], location, but) -> list[User]:
    """In one order, so that two facts told at once wait for each other and never crosswise."""
    members = Membership.objects.filter(organization=organization, user__is_active=True).select_related("user")
    found = []
    for member in members.order_by("user_id"):
        member.organization = organization
        if member.user != but and any(may(one, member, location) for one in permissions):
            found.append(member.user)
    return found


def _once(user: User, channel: str, event: str, more: dict) -> bool:
    row, new = Notification.objects.get_or_create(user=user, event=event, channel=channel, defaults=more)
    if new and channel == Channel.EMAIL:
        jobs.enqueue("accounts.mail_notification", notification=row.pk)
    elif new:
        push(f"me.{user.pk}", "notification.new", id=row.pk, kind=row.kind, title=row.title, path=row.path)
    return new


def write_letter(*, notification: int, now: datetime) -> None:
    """Send the letter of a notification that has not been sent. A job that dies between the mail server's yes and the
    mark sends it again: better twice than never."""
    with everyone("a letter to a person"):
        row = Notification.objects.select_related("user", "organization").get(pk=notification)
        if row.sent_at or not row.user.is_active:
            return
        mail.send(row.user.email, "told", name=row.user.get_full_name(), what=row.title, path=row.path)
        row.sent_at = now
        row.save(update_fields=["sent_at"])


def mark_read(*, user: User, now: datetime, ids: list[int] | None = None) -> int:
    """All of a person's, or those of these ids; how many were unread."""
    unread = Notification.objects.shown(user).unread()
    done = (unread if ids is None else unread.filter(pk__in=ids)).update(read_at=now)
    if done:
        push(f"me.{user.pk}", "notification.read", count=done)
    return done


def choices_of(user: User) -> dict[tuple[str, str], bool]:
    """What holds for a person, by kind and channel."""
    chosen = {(one.kind, one.channel): one.wanted for one in Told.objects.filter(user=user)}
    return {
        (kind, channel): chosen.get((kind, channel), usual(kind, channel))
        for kind in Kind.values
        for channel in Channel.values
    }


@transaction.atomic
def choose(*, user: User, wanted: dict[tuple[str, str], bool]) -> None:
    for (kind, channel), is_wanted in wanted.items():
        Told.objects.update_or_create(user=user, kind=kind, channel=channel, defaults={"wanted": is_wanted})
