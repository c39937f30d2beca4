"""In which language a page shows what is written in French and in Dutch."""

from django.utils.translation import get_language


def side() -> str:
    """Return the language of questions and answers on this page: "nl", or "fr" for readers of any other one."""
    return "nl" if get_language() == "nl" else "fr"
