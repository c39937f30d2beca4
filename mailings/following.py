"""Follow-ups: an edition that was sent goes to those who did not receive it, once they can be reached.

They are looked for among those for whom it is meant today, so whoever took office since is offered it, too. The
edition stays as it is; a follow-up is a message like the others, with a moment of its own until which it may leave.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, Final, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.outbox.bell import ring
from hubportal.outbox.words import RIGHT_ENDED
from mailings import audience, freezing
from mailings.audience import Person
from mailings.models import Delivery, DeliveryEvent, DeliveryStatus, Mailing
from mailings.models.delivery import TASK
from mailings.models.delivery_queryset import LOST
from mailings.models.served import FIELDS, Right, Served

TIME: Final = timedelta(days=2)
"""How long a follow-up is tried."""
Kind = DeliveryEvent.Kind
TOO_LATE: Final = _("It is too late to send it: this edition is over.")
NOBODY: Final = _("Somebody sent it to them already, or their address changed: look at the list again.")


class Missed(NamedTuple):
    """An address, empty when none is known, and the people there who did not receive the edition."""

    address: str
    people: list[Person]
    rights: list[Right]
    before: list[Any]
    """Their messages that did not arrive."""
    is_ready: bool
    """Whether it can be sent to them now: what kept it from arriving is mended."""

    @property
    def places(self) -> list[str]:
        """As what, and where, they are to receive it."""
        return [audience.place_of(right) for right in self.rights]

    @property
    def recorded(self) -> list[tuple[Person, str]]:
        """Each of them, with the address at the desk where they are recorded."""
        return [(person, audience.recorded_at(person)) for person in self.people]

    @property
    def why(self) -> str | Promise:
        """What is different now, for those to whom it can be sent."""
        if not self.before:
            return _("no address, or not in office, when it left")
        is_same = any(row.address == self.address for row in self.before)
        return _("the address is not stopped any more") if is_same else _("another address now")


def missed(mailing: Mailing) -> list[Missed]:
    """Return those for whom it is meant today and who did not receive it: six queries at most, however many people."""
    every = list(_messages(mailing))
    rows = [row for row in every if row.replaced_at is None]
    here = {row.address for row in rows if _is_here(row)}
    having = {user for row in rows if _is_here(row) for user in row.users}
    found: dict[tuple[str, bool], Missed] = {}
    for reach in _meant(mailing):
        person, address = reach.person, audience.address_of(reach.person)
        if _key(person) in having or address in here:
            continue
        before = [row for row in rows if _key(person) in row.users or row.address == address]
        # A message that went there for somebody else says their name: nothing is sent there by itself.
        there = [row for row in every if row.address == address]
        is_theirs = all(_key(person) in row.users for row in there)
        is_ready = reach.state == "reached" and is_theirs and _is_mended(address, [*before, *there])
        # One message serves all who move to one mailbox, but nobody for whom nothing may be sent there.
        key = (address or f"nobody {_key(person)}", is_ready)
        item = found.setdefault(key, Missed(address, [], [], [], is_ready))
        item.before.extend(row for row in before if row not in item.before)
        item.people.extend([] if person in item.people else [person])
        item.rights.append(reach.right)
    return list(found.values())


@transaction.atomic
def follow_up(mailing: Mailing, *, by: User, addresses: Collection[str]) -> int:
    """Send it to these addresses of `missed` that are ready; return how many. Two clicks: one message each.

    PermissionDenied, and ValidationError when the edition is too old or nobody of them is left.
    """
    if not mailing.can_be_steered_by(by):
        raise PermissionDenied
    # A second click waits here, and then finds nobody.
    mailing._lock()
    if not mailing.can_be_followed_up():
        raise ValidationError(TOO_LATE, "expired")
    found = missed(mailing)
    chosen = [item for item in found if item.is_ready and item.address in addresses]
    if not chosen:
        raise ValidationError(NOBODY, "too_late")
    for item in chosen:
        _queue(mailing, item).events.create(kind=Kind.FOLLOW_UP, by=by, smtp_reply=item.address)
    _replace(chosen, {_key(person) for item in found if item not in chosen for person in item.people}, by)
    ring(TASK)
    return len(chosen)


def _meant(mailing: Mailing) -> list[audience.Reach[Any]]:
    """Return those for whom it is meant today: the people of communes, then those besides."""
    today = timezone.localdate()
    covered = [reach for row in audience.coverage(mailing, today) for reach in row.everybody]
    return [*covered, *audience.besides(mailing, today)]


def _key(person: Person) -> int:
    """Return the key of an account, that of an extra address below zero."""
    return person.pk if isinstance(person, User) else -person.pk


def _messages(mailing: Mailing) -> Any:
    """Return the messages of an edition with the keys of those they serve, and whether the address was stopped."""
    stops = DeliveryEvent.objects.filter(delivery=OuterRef("pk"), kind__in=(Kind.STOPPED, Kind.UNREACHABLE))
    rows = Delivery.objects.filter(mailing=mailing)
    extra = -F("served__extra")
    whose = Coalesce("served__mandate__user", "served__delegation__user", "served__grant__user", extra)
    users = ArrayAgg(whose, distinct=True, default=[], filter=Q(served__isnull=False))
    return rows.annotate(users=users, was_stopped=Exists(stops)).order_by("pk")


def _is_here(row: Any) -> bool:
    """Tell whether somebody has a message, may still get it, or read the edition on the portal."""
    return row.status not in LOST or row.acknowledged_at is not None


def _is_mended(address: str, before: Iterable[Any]) -> bool:
    """Tell whether a message may arrive now: at another address, or at one that was stopped and is not any more.

    Whose right had ended, and who holds one anew, is written to at the same address.
    """
    return all(
        row.address != address
        or row.was_stopped
        or row.status == DeliveryStatus.SUPPRESSED
        or row.smtp_reply == RIGHT_ENDED
        for row in before
    )


def _queue(mailing: Mailing, item: Missed) -> Delivery:
    """Write a message to a new address; let the one to the same address leave once more."""
    now = timezone.now()
    until = now + TIME
    row = Delivery.objects.filter(mailing=mailing, address=item.address).first()
    if row is None:
        recipient = audience.Recipient(item.address, item.people[0], item.rights, is_suppressed=False)
        row = freezing.deliveries(mailing, [recipient], now)[0]
        row.leave_by = until
        row.save(force_insert=True)
    else:
        Delivery.objects.filter(pk=row.pk).leave_again(until)
    for right in item.rights:
        of_right: dict[str, Any] = {FIELDS[type(right)]: right}
        Served.objects.get_or_create(delivery=row, **of_right)
    return row


def _replace(chosen: Iterable[Missed], waiting: Collection[int], by: User) -> None:
    """Note the follow-up at what did not arrive; once nobody of it waits, it counts no more."""
    for item in chosen:
        for row in item.before:
            if row.address == item.address:
                continue
            row.events.create(kind=Kind.FOLLOW_UP, by=by, smtp_reply=item.address)
            if not set(row.users) & set(waiting):
                Delivery.objects.filter(pk=row.pk).count_no_more()
