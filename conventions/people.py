"""What this app knows of a person: what they signed, commented, wrote and recorded. Agreements are archives."""

from typing import Final

from hubportal.personal import Share, Subject
from hubportal.retention import Rule

AGREEMENT: Final = ("convention__reference",)
SHARES: Final = (
    Share("conventions.Signatory", "user", (*AGREEMENT, "office", "name", "signed_on", "method")),
    Share("conventions.Attendance", "user", ("meeting__held_on", "party", "presence")),
    Share("conventions.Comment", "author", (*AGREEMENT, "at", "text")),
    Share("conventions.Comment", "resolved_by", (*AGREEMENT, "resolved_at")),
    Share("conventions.ArticleRevision", "by", (*AGREEMENT, "at", "number", "version")),
    Share("conventions.Evaluation", "written_by", (*AGREEMENT, "year", "written_at")),
    Share("conventions.SteeringMeeting", "recorded_by", (*AGREEMENT, "held_on", "recorded_at")),
    Share("conventions.ProjectAgreement", "added_by", (*AGREEMENT, "added_at")),
    Share("conventions.Evidence", "recorded_by", (*AGREEMENT, "recorded_at")),
    Share("conventions.ConventionEvent", "by", ("subject__reference", "at", "target")),
    Share("conventions.AmendmentEvent", "by", ("at", "target")),
    Share("conventions.Convention", "agency_agreed_by", ("reference", "agency_agreed_at")),
    Share("conventions.Convention", "commune_agreed_by", ("reference", "commune_agreed_at")),
    Share("conventions.Amendment", "agency_agreed_by", (*AGREEMENT, "number", "agency_agreed_at")),
    Share("conventions.Amendment", "commune_agreed_by", (*AGREEMENT, "number", "commune_agreed_at")),
    Share("conventions.Bundle", "asked_by", ("asked_at", "status")),
    Share("conventions.BundleEvent", "by", ("at", "target")),
)
_FILE: Final = "the name of a file"
KEPT: Final = {
    "conventions.Evidence.name": _FILE,
    "conventions.Bundle.name": _FILE,
    "conventions.Document.name": _FILE,
    "conventions.ProjectAgreement.name": _FILE,
    "conventions.Evidence.signatory_name": "who signed, part of an agreement: archives of the Region",
    "conventions.Attendance.name": "who sat in a committee, part of its minutes: archives of the Region",
    "conventions.Theme.name_fr": "of a subject",
    "conventions.Theme.name_nl": "of a subject",
}


def erase(subject: Subject) -> int:
    """Forget nothing: agreements and minutes are archives of the Region, with the names of who signed and sat."""
    return 0


RULES: Final[tuple[Rule, ...]] = ()
