"""Icons drawn on a 16 × 16 grid with the colour of the text; always beside a word, never instead of it."""

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Constants of ours, so they are safe to print as they are. A class "f" is filled, the rest is stroked.
PATHS: Final[dict[str, str]] = {
    "draft": '<path d="M3 13l1-3 7-7 2 2-7 7z"/>',
    "sent": '<path d="M2 8h10M8 4l4 4-4 4"/>',
    "accepted": '<circle cx="8" cy="8" r="6"/><circle class="f" cx="8" cy="8" r="2.2"/>',
    "progress": '<circle cx="8" cy="8" r="6"/><path class="f" d="M8 2a6 6 0 0 1 0 12z"/>',
    "wait": '<circle cx="8" cy="8" r="6"/><path d="M8 4.6V8l2.4 1.6"/>',
    "box": '<path d="M2.5 5.5L8 2.5l5.5 3v5L8 13.5l-5.5-3zM2.5 5.5L8 8.5l5.5-3M8 8.5v5"/>',
    "check": '<path d="M3 8.5l3.2 3.2L13 5"/>',
    "done": '<circle cx="8" cy="8" r="6"/><path d="M5.3 8.2l1.9 1.9 3.5-3.8"/>',
    "cross": '<path d="M4 4l8 8M12 4l-8 8"/>',
    "back": '<path d="M6 4L2.5 7.5 6 11M2.5 7.5h7a3.5 3.5 0 0 1 0 7H8"/>',
    "pen": '<path d="M2 13c2-3 3 1 5-2s2-5 3-4 0 4 1 4 1.5-1 3-1M2 15h12"/>',
    "talk": '<path d="M2.5 3h11v7.5h-6L4.5 13v-2.5h-2z"/>',
    "flag": '<path d="M4 14V2.5h8L10.5 5.5 12 8.5H4"/>',
    "alert": '<path d="M8 2.2L14.5 13.5h-13zM8 6.5v3.2M8 11.8v.1"/>',
    "info": '<circle cx="8" cy="8" r="6.2"/><path d="M8 7.4v3.8M8 4.9v.1"/>',
    "phone": (
        '<path d="M4 2.5h2.2l1 3-1.5 1.2a8 8 0 0 0 3.6 3.6l1.2-1.5 3 1V12a1.5 1.5 0 0 1-1.6 '
        '1.5A10.5 10.5 0 0 1 2.5 4.1 1.5 1.5 0 0 1 4 2.5z"/>'
    ),
    "mail": '<path d="M2 4h12v8.5H2zM2 4.5L8 9l6-4.5"/>',
    "cal": '<path d="M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.2v3M10.5 2.2v3"/>',
    "pin": (
        '<path d="M8 14.5s5-4.6 5-8.2a5 5 0 0 0-10 0c0 3.6 5 8.2 5 8.2z"/><circle cx="8" cy="6.3" r="1.6"/>'
    ),
    "file": '<path d="M4 1.8h5.5L12.5 5v9.2H4zM9.3 1.8V5h3.2"/>',
    "down": '<path d="M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M3 13.5h10"/>',
    "eye": '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>',
    "lock": '<path d="M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5"/>',
    "people": (
        '<circle cx="6" cy="5" r="2.5"/><path d="M1.5 13.5c0-3 2-4.5 4.5-4.5s4.5 1.5 4.5 4.5M10.5 '
        '2.8a2.5 2.5 0 0 1 0 4.4M12 9.5c1.7.6 2.6 2 2.6 4"/>'
    ),
    "hourglass": (
        '<path d="M4 2h8M4 14h8M5 2c0 4 6 4 6 6s-6 2-6 6M11 2c0 2-.5 3-1.5 4M11 14c0-1.6-.7-2.7-1.7-3.6"/>'
    ),
    "pause": '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
    "chart": '<path d="M2.5 13.5h11M4 11V8M8 11V3.5M12 11V6"/>',
    "tools": '<path d="M2.5 13.5h11M4 13.5L6.2 4h3.6l2.2 9.5M5.3 8h5.4"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5L14 14"/>',
    "shop": (
        '<path d="M2.5 6.5L3.7 2.5h8.6l1.2 4a1.9 1.9 0 0 1-3.7.5 1.9 1.9 0 0 1-3.6 0 1.9 1.9 0 0 '
        '1-3.7-.5zM3.5 8.5v5h9v-5M7 13.5V10.5h2.5v3"/>'
    ),
    "lang": '<circle cx="8" cy="8" r="6"/><path d="M2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12"/>',
}


def icon(name: str) -> SafeString:
    """Return the SVG of an icon, hidden from screen readers; KeyError for a name that does not exist."""
    shape = mark_safe(PATHS[name])  # noqa: S308 - a constant of this module
    return format_html(
        '<svg class="i" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>', shape
    )
