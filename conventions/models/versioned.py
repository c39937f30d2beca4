"""A text that two people may edit at once: the second one never overwrites the first one's words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.fingerprint import normal

if TYPE_CHECKING:
    from conventions.models.agreement import Agreement

    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class BoundedText(TextField):
    """A text whose length a model checks as well, where Django leaves that to forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bound = [] if self.max_length is None else [MaxLengthValidator(self.max_length)]

    @property
    def validators(self) -> list[Any]:
        """Its own validators and that of its length."""
        return [*super().validators, *self._bound]

    def deconstruct(self) -> Any:
        """Describe it to migrations as what it is in the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class TextConflictError(ValidationError):
    """Somebody saved another text since this one was read (code "stale").

    `mine` is what was to be saved, `theirs` what is kept now, by field; `version` is the one to edit next.
    """

    def __init__(self, mine: Mapping[str, str], theirs: Mapping[str, str], version: int) -> None:
        self.mine, self.theirs, self.version = dict(mine), dict(theirs), version
        super().__init__(
            _("Somebody saved another text in the meantime. Compare both, then save yours again."), "stale"
        )


class Versioned(models.Model):
    """A part of an agreement, with the number of its version; its columns `TEXTS` change by `revise` only."""

    TEXTS: ClassVar[tuple[str, ...]]
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def agreement(self) -> "Agreement":
        """The convention or amendment that it is part of."""
        raise NotImplementedError

    @property
    def texts(self) -> dict[str, str]:
        """Its texts by field."""
        return {name: getattr(self, name) for name in self.TEXTS}

    @transaction.atomic
    def revise(self, *, by: User, version: int, **texts: str) -> bool:
        """Save texts by field; False when nothing differs. What the parties agreed to before is void.

        `version` is the one that was edited: TextConflictError when another was saved meanwhile. PermissionDenied,
        TransitionError when the agreement is not written in any more, ValidationError for a text that is refused.
        """
        self._open(by)
        mine = self.texts | {name: normal(text).strip() for name, text in texts.items()}
        if unknown := set(mine) - set(self.TEXTS):
            raise TypeError(f"no text of {type(self).__name__}: {unknown}")
        if mine == self.texts:
            return False
        if version != self.version:
            raise TextConflictError(mine, self.texts, self.version)
        for name, text in mine.items():
            setattr(self, name, text)
        self.full_clean()
        self.version = version + 1
        self.save(update_fields=["version", *self.TEXTS])
        self._changed(by, "edited")
        return True

    @transaction.atomic
    def remove(self, *, by: User, version: int) -> None:
        """Take it out of the text; TextConflictError when somebody saved another text since it was read."""
        self._open(by)
        if version != self.version:
            raise TextConflictError(self.texts, self.texts, self.version)
        self._changed(by, "removed")
        self.delete()

    def _open(self, by: User) -> None:
        """Lock the agreement, then this row; refuse who may not write, and a text that is frozen."""
        self._open_agreement(by)
        try:
            self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",)))
        except type(self).DoesNotExist:
            raise ValidationError(_("Somebody took this out of the text in the meantime."), "gone") from None

    def _open_agreement(self, by: User) -> None:
        """Lock the agreement; refuse who may not write, and a text that is frozen."""
        self.agreement.open_text(by)

    def _changed(self, by: User, kind: str) -> None:
        """Void what the parties agreed to: it was another text."""
        self.agreement.was_changed(by)
