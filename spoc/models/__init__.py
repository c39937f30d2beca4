"""Nouns of this app: requests with their details, what is said about them, what is delivered."""

from spoc.models.answer import Answer
from spoc.models.answer_event import AnswerEvent, AnswerReminder
from spoc.models.choices import (
    CLOCK_RUNS,
    CLOSING_OUTCOMES,
    DELIVERABLE_OUTCOMES,
    OPEN,
    DeclineReason,
    Direction,
    Kind,
    MeasureStatus,
    MeetingStatus,
    Outcome,
    Phase,
    Sharing,
    Side,
    Status,
    Usefulness,
)
from spoc.models.concern import Concern
from spoc.models.concern_answer import ConcernAnswer, ConcernAnswerReading
from spoc.models.concern_choices import (
    CONCERN_OPEN,
    NOTE_SENT,
    NOTE_WAITS,
    UNANSWERED,
    WITH_SPOC,
    Addressee,
    AnswerStatus,
    ConcernReminderKind,
    ConcernStatus,
    FellOut,
    NoteReminderKind,
    NoteStatus,
    TextLanguage,
    Urgency,
)
from spoc.models.concern_group import ConcernGroup
from spoc.models.concern_theme import ConcernTheme
from spoc.models.concern_thread import (
    ConcernEvent,
    ConcernFile,
    ConcernMessage,
    ConcernReading,
    ConcernReminder,
)
from spoc.models.details import (
    Aim,
    AuditDetails,
    ChantierDetails,
    DevelopmentDetails,
    RoadType,
    Stage,
    Wanted,
)
from spoc.models.feed import CalendarFeed
from spoc.models.files import Deliverable, NewDeliverable, RequestFile
from spoc.models.handover import HandoverNote
from spoc.models.interruption import Directions, Interruption, Traffic
from spoc.models.introduction import Introduction
from spoc.models.measure import Measure
from spoc.models.measure_event import MeasureEvent
from spoc.models.meeting import Meeting, MeetingEvent
from spoc.models.note_content import Flaw
from spoc.models.note_document import NoteDocument
from spoc.models.note_queryset import NoteReminder, RelayNoteEvent
from spoc.models.partner import Partner
from spoc.models.reading import Reading
from spoc.models.reference import ConcernCounter, NoteCounter, RequestCounter
from spoc.models.relay_item import Relayed, RelayItem, RelayPart
from spoc.models.relay_note import Fallen, RelayNote
from spoc.models.request import ServiceRequest
from spoc.models.saved_view import SavedView
from spoc.models.sent_note import NoteReading, Sent, SentConcern, SentItem, SentNote, Words
from spoc.models.standard import StandardMeasure
from spoc.models.standard_answer import StandardAnswer
from spoc.models.thread import Message, Reminder, RequestEvent
from spoc.models.touched import Touched

__all__ = [
    "CLOCK_RUNS",
    "CLOSING_OUTCOMES",
    "CONCERN_OPEN",
    "DELIVERABLE_OUTCOMES",
    "NOTE_SENT",
    "NOTE_WAITS",
    "OPEN",
    "UNANSWERED",
    "WITH_SPOC",
    "Addressee",
    "Aim",
    "Answer",
    "AnswerEvent",
    "AnswerReminder",
    "AnswerStatus",
    "AuditDetails",
    "CalendarFeed",
    "ChantierDetails",
    "Concern",
    "ConcernAnswer",
    "ConcernAnswerReading",
    "ConcernCounter",
    "ConcernEvent",
    "ConcernFile",
    "ConcernGroup",
    "ConcernMessage",
    "ConcernReading",
    "ConcernReminder",
    "ConcernReminderKind",
    "ConcernStatus",
    "ConcernTheme",
    "DeclineReason",
    "Deliverable",
    "DevelopmentDetails",
    "Direction",
    "Directions",
    "Fallen",
    "FellOut",
    "Flaw",
    "HandoverNote",
    "Interruption",
    "Introduction",
    "Kind",
    "Measure",
    "MeasureEvent",
    "MeasureStatus",
    "Meeting",
    "MeetingEvent",
    "MeetingStatus",
    "Message",
    "NewDeliverable",
    "NoteCounter",
    "NoteDocument",
    "NoteReading",
    "NoteReminder",
    "NoteReminderKind",
    "NoteStatus",
    "Outcome",
    "Partner",
    "Phase",
    "Reading",
    "RelayItem",
    "RelayNote",
    "RelayNoteEvent",
    "RelayPart",
    "Relayed",
    "Reminder",
    "RequestCounter",
    "RequestEvent",
    "RequestFile",
    "RoadType",
    "SavedView",
    "Sent",
    "SentConcern",
    "SentItem",
    "SentNote",
    "ServiceRequest",
    "Sharing",
    "Side",
    "Stage",
    "StandardAnswer",
    "StandardMeasure",
    "Status",
    "TextLanguage",
    "Touched",
    "Traffic",
    "Urgency",
    "Usefulness",
    "Wanted",
    "Words",
]
