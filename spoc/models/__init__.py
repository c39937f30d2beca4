"""Nouns of this app: requests with their details, what is said about them, what is delivered."""

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
from spoc.models.partner import Partner
from spoc.models.reading import Reading
from spoc.models.reference import RequestCounter
from spoc.models.request import ServiceRequest
from spoc.models.saved_view import SavedView
from spoc.models.standard import StandardMeasure
from spoc.models.standard_answer import StandardAnswer
from spoc.models.thread import Message, Reminder, RequestEvent

__all__ = [
    "CLOCK_RUNS",
    "CLOSING_OUTCOMES",
    "DELIVERABLE_OUTCOMES",
    "OPEN",
    "Aim",
    "AuditDetails",
    "CalendarFeed",
    "ChantierDetails",
    "DeclineReason",
    "Deliverable",
    "DevelopmentDetails",
    "Direction",
    "Directions",
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
    "Outcome",
    "Partner",
    "Phase",
    "Reading",
    "Reminder",
    "RequestCounter",
    "RequestEvent",
    "RequestFile",
    "RoadType",
    "SavedView",
    "ServiceRequest",
    "Sharing",
    "Side",
    "Stage",
    "StandardAnswer",
    "StandardMeasure",
    "Status",
    "Traffic",
    "Usefulness",
    "Wanted",
]
