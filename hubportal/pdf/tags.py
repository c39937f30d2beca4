"""The language of each piece of text in a tagged PDF: WeasyPrint writes that of the document only.

Importing this needs the libraries of hubportal/pango.py.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes

logger = logging.getLogger(__name__)


def tell_languages(document: Any, pdf: Any) -> None:
    """Give each tag that holds text the `lang` of its element, so that a voice reads Dutch as Dutch.

    Tags and texts are made in one order, page by page. If WeasyPrint ever changes that, the page is left as it is.
    """
    leaves: dict[bytes, list[Any]] = defaultdict(list)
    for item in pdf.objects:
        # The document's own tag is on no page.
        if isinstance(item, dict) and item.get("Type") == "/StructElem" and "Pg" in item:
            leaves[item["Pg"]] += [item for kid in item["K"] if isinstance(kid, int)]
    for reference, page in zip(pdf.page_references, document.pages, strict=True):
        languages = list(_languages(page._page_box))
        if len(languages) != len(leaves[reference]):
            logger.error("a page of a PDF says nothing of its languages: tags and texts do not match")
            continue
        for tag, language in zip(leaves[reference], languages, strict=True):
            tag["Lang"] = pydyf.String(language)


def _languages(box: Any) -> Iterator[str]:
    """Yield the language of each text in a box, in the order in which they are tagged."""
    # What is placed absolutely hides its box.
    inner = getattr(box, "_box", box)
    if isinstance(inner, boxes.TextBox):
        yield inner.style["lang"] or "fr"
    for child in getattr(inner, "children", ()):
        yield from _languages(child)
