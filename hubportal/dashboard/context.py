"""What the frame of each page needs, computed only when a template asks for it."""

from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.functional import cached_property
from django.utils.translation import get_language, override

from hubportal.dashboard.nav import NavLink, links, person_links

THEMES: Final = ("light", "dark")
# Each language by its own name; the page marks it with its own lang.
LANGUAGE_NAMES: Final = {"fr": "Français", "nl": "Nederlands", "en": "English"}


class LanguageLink(NamedTuple):
    """The same page in another language."""

    code: str
    name: str
    url: str
    current: bool


class Shell:
    """The frame of one page: `{{ shell.theme }}`, `{% for link in shell.nav %}`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def nav(self) -> list[NavLink]:
        """The main menu of this person."""
        return links(self._request)

    @cached_property
    def person_links(self) -> list[NavLink]:
        """The menu under the person's name, without signing out, which is a form."""
        return person_links(self._request)

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """The three languages, each with the address of this page in it."""
        now = (get_language() or settings.LANGUAGE_CODE)[:2]
        return [
            LanguageLink(code, name, _in_language(self.here, code), code == now)
            for code, name in LANGUAGE_NAMES.items()
        ]

    @property
    def here(self) -> str:
        """The path and query of this page."""
        return self._request.get_full_path()

    @property
    def theme(self) -> str:
        """The colours this person chose: light, dark, or "" for those of the device."""
        choice = self._request.COOKIES.get("theme", "")
        return choice if choice in THEMES else ""

    @property
    def agency(self) -> str:
        """The name of the agency in the language of the page."""
        return settings.AGENCY_NAME[(get_language() or settings.LANGUAGE_CODE)[:2]]

    @property
    def contact_email(self) -> str:
        """The address for help, complaints and questions about data."""
        return settings.CONTACT_EMAIL

    @property
    def is_demo(self) -> bool:
        """Whether this is the demonstration."""
        return settings.DEMO


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell`, for templates/base.html."""
    return {"shell": Shell(request)}


def _in_language(url: str, code: str) -> str:
    """Return the address of the same page in a language, or the home page where the page has only one.

    The query stays; a `next` in it is an address too and follows.
    """
    parts = urlsplit(url)
    query = [
        (name, translate_url(value, code) if name == "next" else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    path = translate_url(parts.path, code)
    if not path.startswith(f"/{code}/"):
        with override(code):
            return reverse("home")
    return f"{path}?{urlencode(query)}" if query else path
