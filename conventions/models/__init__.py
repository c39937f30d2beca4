"""Nouns of this app: conventions and their amendments, what they say, who signs them, how they are followed."""

from conventions.models.agreement import Agreement
from conventions.models.alert import Alert
from conventions.models.amendment import Amendment, AmendmentArticle, AmendmentEvent
from conventions.models.article import Article, ArticleRevision
from conventions.models.bundle import Bundle, BundleEvent
from conventions.models.choices import Change, Method, Office, Party
from conventions.models.comment import Comment
from conventions.models.convention import Convention
from conventions.models.document import Document
from conventions.models.evaluation import Evaluation
from conventions.models.event import ConventionEvent
from conventions.models.meeting import Person, SteeringMeeting, Todo
from conventions.models.project import ProjectAgreement
from conventions.models.signatory import Evidence, Signatory
from conventions.models.steering import Attendance, MeetingAction
from conventions.models.theme import ConventionTheme, Service, Theme
from conventions.models.versioned import TextConflictError

__all__ = [
    "Agreement",
    "Alert",
    "Amendment",
    "AmendmentArticle",
    "AmendmentEvent",
    "Article",
    "ArticleRevision",
    "Attendance",
    "Bundle",
    "BundleEvent",
    "Change",
    "Comment",
    "Convention",
    "ConventionEvent",
    "ConventionTheme",
    "Document",
    "Evaluation",
    "Evidence",
    "MeetingAction",
    "Method",
    "Office",
    "Party",
    "Person",
    "ProjectAgreement",
    "Service",
    "Signatory",
    "SteeringMeeting",
    "TextConflictError",
    "Theme",
    "Todo",
]
