"""What this app knows of a person: what they asked, wrote, read and did in requests, concerns and notes."""

from datetime import date
from typing import Any, Final

from django.db.models import Q

from hubportal.personal import Share, Subject
from hubportal.retention import CONTACT_MONTHS, Rule, hashed, retention
from spoc.models import CalendarFeed, NoteStatus, Partner, RelayNote, RelayNoteEvent

REQUEST: Final = ("request__reference",)
SUBJECT: Final = ("subject__reference", "at", "target", "comment")
SHARES: Final = (
    Share("spoc.ServiceRequest", "created_by", ("reference", "title", "description", "status", "created_at")),
    Share("spoc.ServiceRequest", "assigned_to", ("reference", "status", "accepted_at")),
    Share("spoc.Message", "author", (*REQUEST, "written_at", "text")),
    Share("spoc.RequestFile", "uploaded_by", (*REQUEST, "uploaded_at", "name")),
    Share("spoc.Deliverable", "added_by", (*REQUEST, "added_at", "title", "text")),
    Share("spoc.Measure", "proposed_by", (*REQUEST, "proposed_at", "title")),
    Share("spoc.Meeting", "planned_by", (*REQUEST, "planned_at", "starts_at", "agenda")),
    Share("spoc.Introduction", "contact", (*REQUEST, "made_at", "agreed_at")),
    Share("spoc.Introduction", "colleague", (*REQUEST, "made_at")),
    Share("spoc.Introduction", "made_by", (*REQUEST, "made_at", "text")),
    Share("spoc.RequestEvent", "by", SUBJECT),
    Share("spoc.RequestEvent", "assigned_to", ("subject__reference", "at")),
    Share("spoc.MeasureEvent", "by", ("at", "target", "comment")),
    Share("spoc.MeetingEvent", "by", ("at", "target", "comment")),
    Share("spoc.Reading", "user", (*REQUEST, "first_at", "last_at")),
    Share("spoc.Reminder", "user", (*REQUEST, "kind", "sent_on")),
    Share("spoc.HandoverNote", "giver", ("commune", "starts_on", "ends_on", "text")),
    Share("spoc.HandoverNote", "receiver", ("commune", "starts_on", "ends_on", "read_at")),
    Share("spoc.Concern", "raised_by", ("reference", "raised_at", "title", "text", "status")),
    Share("spoc.ConcernMessage", "author", ("concern__reference", "written_at", "text")),
    Share("spoc.ConcernFile", "uploaded_by", ("concern__reference", "uploaded_at", "name")),
    Share("spoc.ConcernEvent", "by", SUBJECT),
    Share("spoc.ConcernAnswer", "told_by", ("concern__reference", "told_at", "text")),
    Share("spoc.ConcernAnswerReading", "user", ("first_at", "last_at")),
    Share("spoc.ConcernGroup", "made_by", ("made_at", "title_fr", "title_nl")),
    Share("spoc.ConcernReading", "user", ("concern__reference", "first_at", "last_at")),
    Share("spoc.ConcernReminder", "user", ("concern__reference", "kind", "sent_on")),
    Share("spoc.RelayNote", "made_by", ("reference", "made_at", "status")),
    Share("spoc.RelayNote", "addressee_email", ("reference", "addressee_name", "addressee_email", "sent_at")),
    Share("spoc.RelayNoteEvent", "by", SUBJECT),
    Share("spoc.SentNote", "sent_by", ("note__reference", "sent_at")),
    Share("spoc.NoteDocument", "uploaded_by", ("note__reference", "uploaded_at", "name")),
    Share("spoc.NoteReading", "user", ("note__reference", "first_at", "last_at")),
    Share("spoc.NoteReminder", "user", ("note__reference", "kind", "sent_on")),
    Share("spoc.Answer", "given_by", ("given_at", "text_fr", "text_nl")),
    Share("spoc.Answer", "published_by", ("published_at",)),
    Share("spoc.AnswerEvent", "by", ("at", "target", "comment")),
    Share("spoc.AnswerReminder", "user", ("sent_on",)),
    Share("spoc.CalendarFeed", "user", ("made_at", "read_at")),
    Share("spoc.SavedView", "owner", ("name", "made_at", "is_shared")),
    Share("spoc.Partner", "email", ("name_fr", "name_nl", "contact_name", "email", "phone")),
)
KEPT: Final = {
    "spoc.Deliverable.name": "the name of a file",
    "spoc.RelayNote.addressee_address": "to which administration a note went: archives of the Region",
}

DONE: Final = (NoteStatus.CLOSED, NoteStatus.DROPPED)
"""Notes to whose addressee nothing more is written."""


def erase(subject: Subject) -> int:
    """End a person's calendar address, and forget partners and addressees who have this address; return the rows."""
    done = CalendarFeed.objects.filter(user=subject.user).delete()[0] if subject.user else 0
    if not subject.address:
        return done
    partners = Partner.objects.filter(email__iexact=subject.address)
    # Whoever is written to has an address; nobody is introduced to this one any more.
    gone = {"email": hashed(subject.address), "contact_name": "", "phone": "", "is_active": False}
    notes = RelayNote.objects.filter(addressee_email__iexact=subject.address, status__in=DONE)
    return done + partners.update(**gone) + _forget_addresses(notes)


def forget_addressees(before: date) -> int:
    """Forget the e-mail address of a note that was closed, or discarded, before a day; return of how many."""
    dropped = RelayNoteEvent.objects.filter(target=NoteStatus.DROPPED, at__date__lt=before).order_by()
    old = Q(closed_at__date__lt=before) | Q(status=NoteStatus.DROPPED, pk__in=dropped.values("subject"))
    notes = RelayNote.objects.filter(old).exclude(addressee_email="")
    return _forget_addresses(notes)


RULES: Final = (Rule("spoc.addressees", CONTACT_MONTHS, forget_addressees),)


def _forget_addresses(notes: Any) -> int:
    with retention():
        done: int = notes.update(addressee_email="")
    return done
