"""The register of processing (GDPR, article 30): one list, drawn as a page; its periods are those of `retain`."""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models.journal_entry import PERIODS
from hubportal.retention import CONTACT_MONTHS, MAIL_MONTHS, SIGN_IN_MONTHS

PUBLIC_TASK: Final = _("Task in the public interest (GDPR, article 6, paragraph 1, point e).")
LEGAL_DUTY: Final = _("Legal duty (GDPR, article 6, paragraph 1, point c).")


class Processing(NamedTuple):
    """One processing of personal data, as article 30 wants it told."""

    name: str | Promise
    purpose: str | Promise
    basis: str | Promise
    people: str | Promise
    data: str | Promise
    readers: str | Promise
    kept: str | Promise


def _after(months: int, text: str | Promise) -> str | Promise:
    return format_lazy(text, months=months)


def _kinds(months: int | None) -> str | Promise:
    """Return the kinds of entries of the journal that are kept for so many months (None: stay), by name."""
    names = [kind.label for kind, kept in PERIODS.items() if kept == months]
    return format_lazy(", ".join(["{}"] * len(names)), *names)


REGISTER: Final = (
    Processing(
        _("People and their offices"),
        _("To know who acts for each commune, and to reach them."),
        PUBLIC_TASK,
        _("Bourgmestres, échevins, civil servants with a delegation, the agency, the cabinet, the task force."),
        _("Name, office, commune, dates, work address and telephone, languages; objections and our answers."),
        _("The commune and the agency; name and office: everybody who is signed in."),
        _after(
            CONTACT_MONTHS,
            _("Address, telephone, ways in and answered objections: {months} months after the last right. Of whoever "
              "never held one: {months} months after they were recorded, invited or signed in for the last time. Name, "
              "office and dates stay."),
        ),
    ),
    Processing(
        _("Access and security"),
        _("To let the right people in, and to find out what happened."),
        LEGAL_DUTY,
        _("Everybody who signs in."),
        _("Password (hashed), second factor, outside identity (its number), sessions; journal of sign-ins, refusals, "
          "exports and changes of rights."),
        _("Administrators and the director."),
        format_lazy(
            _("Sessions: at most 12 hours. Entries of the journal, {months} months: {passing}. As proof, they stay: "
              "{staying}."),
            months=SIGN_IN_MONTHS,
            passing=_kinds(SIGN_IN_MONTHS),
            staying=_kinds(None),
        ),
    ),
    Processing(
        _("Crisis mailing"),
        _("To inform office holders in a crisis, and to prove it."),
        PUBLIC_TASK,
        _("Office holders, and named extra addresses."),
        _("Name, office, address, language; what became of each message, and who took note."),
        _("The agency; who approves a mailing reads names and offices."),
        _after(
            MAIL_MONTHS,
            _(
                "Addresses become hashes after {months} months; the proof of each edition is an archive. A stopped "
                "address is kept, so that nothing is sent to it."
            ),
        ),
    ),
    Processing(
        _("Everyday mail"),
        _("To tell people what waits for them."),
        PUBLIC_TASK,
        _("Whoever receives a mail of the portal."),
        _("Address, subject, text."),
        _("Administrators, without the text."),
        _after(
            MAIL_MONTHS,
            _("Address and text: {months} months. Mail that waits for somebody who is erased is cancelled."),
        ),
    ),
    Processing(
        _("Requests, concerns and relay notes"),
        _("To answer what communes ask the agency and the Region."),
        PUBLIC_TASK,
        _("Who asks, who answers, the contact person of a partner or of an association."),
        _("Name, what they wrote, files, when they read it; contact data of partners."),
        _("The commune and the agency; the cabinet and the task force once a concern is relayed."),
        _after(
            CONTACT_MONTHS,
            _("Files and texts are archives of the Region. Addresses of closed notes and contacts of dormant "
              "associations: {months} months."),
        ),
    ),
    Processing(
        _("Agreements"),
        _("To conclude and carry out agreements between the Region and the communes."),
        PUBLIC_TASK,
        _("Signatories, members of steering committees."),
        _("Name, office, date and evidence of the signature, attendance."),
        _("The commune and the agency."),
        _("Archives of the Region (ordinance of 19 March 2009)."),
    ),
)  # fmt: skip
