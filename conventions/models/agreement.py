"""The cycle that a convention and an amendment have in common: written, agreed to, frozen, signed."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from conventions import emails, parity
from conventions.models import checks
from conventions.models.choices import ALONE, BINDING, DOCUMENTS, SHARED, UNSIGNED, WRITABLE, Party
from conventions.models.policy import writes_for
from conventions.models.signatory import Signatory
from hubportal.access.constraints import CheckedTogether
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, User
from hubportal.fingerprint import fingerprint
from hubportal.outbox.bell import ring
from hubportal.workflow import Stateful

_NO_CONSENT: dict[str, Any] = {
    "agency_agreed_at": None, "agency_agreed_by": None,
    "commune_agreed_at": None, "commune_agreed_by": None, "commune_agreed_note": "",
}  # fmt: skip


class Agreement(CheckedTogether, Stateful):
    """What two parties write, agree to and sign; a convention or an amendment of one.

    Each verb is one transaction under the row's lock. It raises TransitionError (too late), PermissionDenied (not
    yours), ValidationError (something is missing or wrong).
    """

    articles: Any
    signatories: Any
    council_decided_on = models.DateField(
        _("decision of the communal council"), null=True, blank=True, help_text=_("Empty when unknown.")
    )
    shared_at = models.DateTimeField(_("shared with the commune on"), null=True, editable=False)
    agency_agreed_at = models.DateTimeField(_("the agency agreed on"), null=True, editable=False)
    agency_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False,
        related_name="+", verbose_name=_("for the agency"),
    )  # fmt: skip
    commune_agreed_at = models.DateTimeField(_("the commune agreed on"), null=True, editable=False)
    commune_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False,
        related_name="+", verbose_name=_("for the commune"),
    )  # fmt: skip
    commune_agreed_note = models.TextField(
        _("how the commune agreed"), max_length=2000, blank=True, editable=False
    )
    content_hash = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    frozen_at = models.DateTimeField(_("frozen on"), null=True, editable=False)
    signed_on = models.DateField(
        _("signed on"), null=True, editable=False, help_text=_("The day of the last signature.")
    )
    abandon_reason = models.TextField(_("why it was abandoned"), max_length=2000, blank=True, editable=False)

    OWNER: ClassVar[str]
    """The column by which its parts refer to it."""

    class Meta:
        abstract = True

    # --- What it says --------------------------------------------------------------------------------------

    @property
    def nis(self) -> str:
        """The commune, by its NIS code."""
        raise NotImplementedError

    @property
    def content(self) -> dict[str, Any]:
        """Exactly what is signed, as the fingerprint reads it."""
        raise NotImplementedError

    def check_whole(self) -> None:
        """Raise ValidationError when the text says too little to be signed, signatories aside."""
        raise NotImplementedError

    def findings(self) -> list[parity.Finding]:
        """Return where French and Dutch do not say the same, as far as that can be counted."""
        raise NotImplementedError

    def text_visible_to(self, user: User) -> bool:
        """Tell whether a person may read its text: the agency, and the commune itself once it was shared."""
        if user.has_role(*AGENCY_ROLES):
            return True
        was_shared = self.status in SHARED or self.shared_at is not None
        return was_shared and self.nis in communes_of(user)

    @property
    def is_writable(self) -> bool:
        """Whether its text may still be changed."""
        return self.status in WRITABLE

    @property
    def is_unsigned(self) -> bool:
        """Whether the last signature is still to come: until then the council's decision may be written."""
        return self.status in UNSIGNED

    @property
    def is_binding(self) -> bool:
        """Whether it was signed, on whichever days it binds."""
        return self.status in BINDING

    @property
    def awaits_council(self) -> bool:
        """Whether the council's decision may be written: until the last signature, and later when it is missing."""
        return self.is_unsigned or (self.status == "signed" and self.council_decided_on is None)

    @property
    def is_frozen(self) -> bool:
        """Whether its text and fingerprint stand."""
        return self.frozen_at is not None

    def is_unaltered(self) -> bool:
        """Tell whether the text is still the one that was frozen; True as well for one that never was."""
        return not self.content_hash or self.content_hash == fingerprint(self.content)

    @property
    def mark(self) -> str:
        """The fingerprint of the text as it stands, frozen or not: it tells which text somebody has read."""
        return fingerprint(self.content)

    def agreed(self, party: str) -> bool:
        """Tell whether a party agrees to the text as it stands."""
        return getattr(self, f"{Party(party)}_agreed_at") is not None

    # --- Who may -------------------------------------------------------------------------------------------

    def can_be_edited_by(self, user: User) -> bool:
        """Tell whether a person may write in the text: leads, the SPOC of the commune, who stands in for them."""
        return writes_for(user, self.nis)

    def can_be_share_by(self, user: User) -> bool:
        """Tell whether a person leads the agreements: leads and administrators."""
        return user.has_role(*STEWARDS)

    can_be_void_consent_by = can_be_edited_by
    can_be_freeze_by = can_be_sign_by = can_be_abandon_by = can_be_share_by

    def can_be_agree_by(self, user: User) -> bool:
        """Tell whether a person speaks for a party: leads for the agency, the commune's own people for it."""
        return user.has_role(*STEWARDS) or self.nis in communes_of(user)

    can_be_send_back_by = can_be_agree_by

    # --- Steps ---------------------------------------------------------------------------------------------

    def check_seen(self, verb: str, status: str, mark: str | None = None) -> None:
        """Lock it before a verb, in the caller's transaction; refuse who saw another state, or another text.

        TransitionError for another state, even if it allows the verb: the second of two clicks would send back
        twice. ValidationError "stale" when a mark is given and the text has another one.
        """
        self._lock()
        if status != self.status:
            raise self.too_late(verb)
        if mark is not None and mark != self.mark:
            raise ValidationError(
                _("The text was changed after you opened it: read it as it stands now, then decide again."),
                "stale",
            )

    @transaction.atomic
    def share(self, *, by: User) -> None:
        """Let the commune read and comment the text, which is complete in both languages."""
        self._begin("share", by)
        parity.require(self.findings())
        self._move("share", by, shared_at=timezone.now())

    @transaction.atomic
    def agree(self, *, by: User, party: str = "", note: str = "") -> None:
        """Record that a party agrees to the text as it stands; by default the party of the person.

        A lead who records the agreement of the commune says in a note how it was given.
        """
        self._begin("agree", by)
        side = checks.party_of(self, by, party)
        must_say = side == Party.COMMUNE and self.nis not in communes_of(by)
        told = checks.needed(note, "note") if must_say or note.strip() else ""
        if self.agreed(side):
            raise ValidationError(_("This party agrees to the text already."), "agreed")
        parity.require(self.findings())
        facts: dict[str, Any] = {f"{side}_agreed_at": timezone.now(), f"{side}_agreed_by": by}
        if side == Party.COMMUNE:
            facts["commune_agreed_note"] = told
        self._move("agree", by, comment=told, noted={"party": side}, **facts)

    @transaction.atomic
    def freeze(self, *, by: User) -> None:
        """Let nobody change the text any more, and keep the fingerprint of what is to be signed."""
        self._begin("freeze", by)
        parity.require(self.findings())
        self.check_whole()
        checks.has_signatories(self, timezone.localdate())
        checks.is_agreed(self)
        facts = self._freeze_parts()
        self._move("freeze", by, content_hash=fingerprint(self.content), frozen_at=timezone.now(), **facts)
        ring(DOCUMENTS)

    @transaction.atomic
    def sign(
        self, *, by: User, signatory: Signatory, signed_on: date, method: str, upload: UploadedFile
    ) -> None:
        """Record that somebody signed, outside the portal; with the last signature the agreement is signed.

        `upload` is the signed PDF, which is kept as evidence with its SHA-256.
        """
        self._begin("sign", by)
        signatory.take_signature(self, by=by, signed_on=signed_on, method=method, upload=upload)
        if self.signatories.filter(signed_on__isnull=True).exists():
            self._move("sign", by, target="to_sign", comment=signatory.name)
            return
        last = max(self.signatories.order_by().values_list("signed_on", flat=True))
        checks.council_came_first(self, last)
        self._move("sign", by, target="signed", comment=signatory.name, signed_on=last, **self._take_effect())
        ring(DOCUMENTS)

    @transaction.atomic
    def send_back(self, *, by: User, comment: str) -> None:
        """Go back one state, so that the text can be changed; signatures and agreements to the text are void.

        The signed PDFs that were recorded are kept (`Evidence`).
        """
        self._begin("send_back", by)
        told = checks.needed(comment, "comment")
        self.signatories.update(**Signatory.UNSIGNED)
        facts = _NO_CONSENT | {"content_hash": "", "frozen_at": None}
        if self.status == "negotiation":
            facts |= {"shared_at": None}
        self._move("send_back", by, comment=told, **facts)
        self._thaw_parts()

    @transaction.atomic
    def abandon(self, *, by: User, reason: str) -> None:
        """End it, unsigned."""
        self._begin("abandon", by)
        told = checks.needed(reason, "reason")
        self._move("abandon", by, comment=told, abandon_reason=told, **self._let_go())

    # --- Writing -------------------------------------------------------------------------------------------

    def open_text(self, by: User, states: Collection[str] = WRITABLE) -> None:
        """Lock it for a change of its text; TransitionError outside these states (once frozen), PermissionDenied."""
        self._lock()
        if self.status not in states:
            raise self.too_late("revise")
        if not self.can_be_edited_by(by):
            raise PermissionDenied(_("You may read this, but you do not write in it."))

    def open_council(self, by: User) -> None:
        """Lock it to write the council's decision; TransitionError when it is not to be written any more."""
        self._lock()
        self.open_text(by, (self.status,) if self.awaits_council else UNSIGNED)

    def was_changed(self, by: User) -> None:
        """Let what the parties agreed to be void, if one did: the text is another one now. Call it under the lock."""
        if any(getattr(self, name) for name in _NO_CONSENT):
            self.void_consent(by=by)

    @transaction.atomic
    def void_consent(self, *, by: User) -> None:
        """Take back what the parties agreed to, because somebody changed the text; both are told."""
        self._begin("void_consent", by)
        self._move("void_consent", by, **_NO_CONSENT)

    @transaction.atomic
    def add_signatory(self, *, by: User, office: str, user: User | None = None, name: str = "") -> Signatory:
        """Say who will sign, in which office; ValidationError unless the office is held today."""
        self.open_text(by)
        row = Signatory(office=office, user=user, name=name, **{self.OWNER: self})
        row.full_clean()
        row.check_office(timezone.localdate())
        if office in ALONE and self.signatories.filter(office=office).exists():
            raise ValidationError(
                {"office": _("Somebody signs in this office already: take them out first.")}
            )
        row.save()
        self.was_changed(by)
        return row

    @transaction.atomic
    def set_council_decision(self, *, by: User, on: date | None) -> None:
        """Write on which day the communal council decided: no part of the text, so it may come until the signature.

        One that is missing then can still be written, once.
        """
        self.open_council(by)
        if on and on > timezone.localdate():
            raise ValidationError({"council_decided_on": _("This day has not come yet.")})
        if on and self.signed_on and on > self.signed_on:
            raise ValidationError({"council_decided_on": _("The council decides before the last signature.")})
        self.council_decided_on = on
        self.save(update_fields=["council_decided_on"])

    # --- Parts of the verbs --------------------------------------------------------------------------------

    def _move(
        self,
        verb: str,
        by: AbstractBaseUser | None,
        *,
        target: str | None = None,
        comment: str = "",
        noted: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """Take a step, and tell the others of it in the same transaction."""
        with transaction.atomic():
            super()._move(verb, by, target=target, comment=comment, noted=noted, **fields)
            emails.news(self, verb, by if isinstance(by, User) else None, comment)

    def _take_effect(self) -> dict[str, Any]:
        """Do what the last signature does to others; return the columns that it sets."""
        return {}

    def _let_go(self) -> dict[str, Any]:
        """Return the columns to set when it is abandoned."""
        return {}

    def _freeze_parts(self) -> dict[str, Any]:
        """Mark the parts that are signed with it; return the columns to set."""
        return {}

    def _thaw_parts(self) -> None:
        """Take the marks back."""
