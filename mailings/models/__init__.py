"""Nouns of this app: editions in two languages, who approved them, and a message for each address."""

from mailings.models.approval import Approval
from mailings.models.attachment import Attachment
from mailings.models.choices import (
    BOTH,
    FROZEN,
    LANGUAGES,
    STEERERS,
    WRITERS,
    Capacity,
    CrashPolicy,
    Decision,
    GapCode,
    Language,
    Status,
    Verdict,
)
from mailings.models.delivery import Delivery
from mailings.models.delivery_event import DeliveryEvent
from mailings.models.delivery_queryset import DeliveryStatus
from mailings.models.event import MailingEvent
from mailings.models.extra import ExtraRecipient
from mailings.models.failure import FailedStep
from mailings.models.gap import FrozenGap
from mailings.models.mailing import Mailing
from mailings.models.revision import Revision
from mailings.models.rule import Wider
from mailings.models.run import Run, RunReminder
from mailings.models.schedule import Schedule
from mailings.models.schedule_revision import ScheduleRevision
from mailings.models.served import Served
from mailings.models.stored_proof import StoredProof
from mailings.models.suppressed import SuppressedAddress
from mailings.models.texts import FrozenLetter, Variant
from mailings.models.unsaved import UnsavedText

__all__ = [
    "BOTH",
    "FROZEN",
    "LANGUAGES",
    "STEERERS",
    "WRITERS",
    "Approval",
    "Attachment",
    "Capacity",
    "CrashPolicy",
    "Decision",
    "Delivery",
    "DeliveryEvent",
    "DeliveryStatus",
    "ExtraRecipient",
    "FailedStep",
    "FrozenGap",
    "FrozenLetter",
    "GapCode",
    "Language",
    "Mailing",
    "MailingEvent",
    "Revision",
    "Run",
    "RunReminder",
    "Schedule",
    "ScheduleRevision",
    "Served",
    "Status",
    "StoredProof",
    "SuppressedAddress",
    "UnsavedText",
    "Variant",
    "Verdict",
    "Wider",
]
