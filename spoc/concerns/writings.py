"""What people write to a concern, or say of it, that is no step: who may, which form asks, which method keeps it."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from spoc.concerns.acting_forms import AskForm, ChooseReadersForm, MessageForm, NoteForm
from spoc.models import Concern
from spoc.writings import Writing

WRITINGS: Final[Mapping[str, Writing]] = {
    "ask": Writing(
        _("Ask the commune"),
        _("The commune gets a mail. Where the concern stands does not change."),
        AskForm,
        Concern.can_be_asked_about_by,
        "ask",
        _("The commune was asked."),
        send=_("Ask"),
    ),
    "write": Writing(
        _("Write a message"),
        _("The other party reads it here and gets a mail."),
        MessageForm,
        Concern.can_be_written_to_by,
        "write",
        _("Your message was sent."),
        send=_("Send"),
    ),
    "note": Writing(
        _("Leave a note"),
        _("Only the agency reads this; it is in no mail."),
        NoteForm,
        Concern.can_be_noted_by,
        "write",
        _("The note was kept."),
    ),
    "readers": Writing(
        _("Choose who may read it"),
        _("What others have read already they know; from now on they read it, or do not."),
        ChooseReadersForm,
        Concern.can_be_shared_by,
        "choose_readers",
        _("Saved."),
    ),
}
