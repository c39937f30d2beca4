"""Words of Django that its own catalogues lack in Dutch, or that this site says otherwise: here to be translated.

Where Dutch is missing, Django shows the words of the first language, French. `tests/platform/test_borrowed.py` finds
what a new Django brings. Nothing reads these names: being written here puts the words into our catalogues.
"""

from typing import Final

from django.utils.translation import gettext_noop, ngettext_lazy

MISSING: Final = (
    gettext_noop("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("Forgotten your login credentials?"),
    gettext_noop("In case you’ve forgotten, you are:"),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        1,
    ),
)
"""French in the middle of Dutch, some of it heard by screen readers only."""
SIZES: Final = (gettext_noop("%s KB"), gettext_noop("%s MB"), gettext_noop("%s GB"))
"""Django writes Kio and Mio in French; the forms here promise Mo, like a Belgian computer."""
