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
REFUSED: Final = (
    gettext_noop("This field is required."),
    gettext_noop("Null characters are not allowed."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
"""What a form refuses: Django says what is wrong ("This field is required"), this site what to do."""
