"""People known to the portal, what they were granted and until when, their sessions, and the journal."""

from hubportal.accounts.models.grant import RoleGrant
from hubportal.accounts.models.invitation import Invitation
from hubportal.accounts.models.journal_entry import JournalEntry
from hubportal.accounts.models.objection import Objection
from hubportal.accounts.models.person import ContentLanguage, Language, User
from hubportal.accounts.models.session import Session
from hubportal.accounts.roles import AGENCY_ROLES, STEWARDS, Role

__all__ = [
    "AGENCY_ROLES",
    "STEWARDS",
    "ContentLanguage",
    "Invitation",
    "JournalEntry",
    "Language",
    "Objection",
    "Role",
    "RoleGrant",
    "Session",
    "User",
]
