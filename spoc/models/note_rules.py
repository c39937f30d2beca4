"""What the database itself refuses of a relay note; what was sent is frozen by triggers (0017_concerns)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hubportal.workflow import known_status
from spoc.models.concern_choices import NOTE_UNSENT, NOTE_WAITS, Addressee, NoteStatus

_S = NoteStatus

NOTE_CONSTRAINTS: list[models.BaseConstraint] = [
    known_status(NoteStatus, "relay_note_known_status"),
    models.CheckConstraint(
        condition=Q(addressee__in=[Addressee.TASKFORCE, Addressee.CABINET], addressee_name="")
        | Q(addressee=Addressee.ADMINISTRATION) & ~Q(addressee_name=""),
        name="relay_note_known_addressee",
        violation_error_message=_("An administration has a name; the task force and the cabinet need none."),
    ),
    models.CheckConstraint(
        condition=Q(status__in=NOTE_UNSENT, reference__isnull=True, sent_at__isnull=True)
        | ~Q(status__in=NOTE_UNSENT)
        & Q(reference__isnull=False, sent_at__isnull=False, due_on__isnull=False)
        & ~Q(introduction_fr="")
        & ~Q(introduction_nl=""),
        name="relay_note_sent_has_its_facts",
        violation_error_message=_(
            "A note has a number if and only if it was sent: with its day, in French and in Dutch."
        ),
    ),
    models.CheckConstraint(
        condition=~Q(status__in=[_S.ACKNOWLEDGED, _S.PARTLY_ANSWERED, _S.ANSWERED])
        | Q(acknowledged_at__isnull=False),
        name="relay_note_acknowledged_has_its_moment",
        violation_error_message=_("A note that arrived says when."),
    ),
    models.CheckConstraint(
        condition=~Q(status__in=[*NOTE_UNSENT, _S.SENT])
        | Q(acknowledged_at__isnull=True, acknowledged_document__isnull=True),
        name="relay_note_not_acknowledged_yet",
        violation_error_message=_("Only a note that was sent is acknowledged."),
    ),
    models.CheckConstraint(
        condition=Q(status=_S.ANSWERED, answered_at__isnull=False)
        | Q(status=_S.CLOSED)
        | ~Q(status__in=[_S.ANSWERED, _S.CLOSED]) & Q(answered_at__isnull=True),
        name="relay_note_answered_has_its_moment",
        violation_error_message=_("A note says when it was answered as a whole, and not before."),
    ),
    models.CheckConstraint(
        condition=Q(status=_S.CLOSED, closed_at__isnull=False)
        | ~Q(status=_S.CLOSED) & Q(closed_at__isnull=True),
        name="relay_note_closed_has_its_moment",
        violation_error_message=_("A note is closed if and only if the moment is known."),
    ),
]

NOTE_INDEXES: list[models.Index] = [
    # Keyset pagination: the next page starts after (made_at, id) of the last row.
    models.Index(fields=["-made_at", "-id"], name="relay_note_newest"),
    models.Index(fields=["status", "-made_at", "-id"], name="relay_note_newest_by_status"),
    models.Index(fields=["due_on", "id"], condition=Q(status__in=NOTE_WAITS), name="relay_note_waits_by_due"),
]
