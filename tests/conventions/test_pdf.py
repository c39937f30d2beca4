"""The PDF of an agreement: French and Dutch side by side, tagged, our own font in it, nothing fetched."""

import re
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.utils import translation

from conventions.models import Agreement, Signatory
from conventions.pdf import markup, rendered
from hubportal.look.dates import short_date
from tests.conventions.agreements import an_amendment, begun, frozen, sign_all
from tests.conventions.drafts import a_lead

pytestmark = pytest.mark.django_db


_DRAWN: dict[str, bytes] = {}
"""Documents by their HTML: several tests look at one and the same."""


def drawn(agreement: Agreement) -> pikepdf.Pdf:
    html = markup(agreement)
    if html not in _DRAWN:
        _DRAWN[html] = rendered(agreement)
    return pikepdf.open(BytesIO(_DRAWN[html]))


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    """Return the tags, in the order in which they are read."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                walk(kid)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
            walk(node.get("/K", pikepdf.Array()))

    walk(pdf.Root.StructTreeRoot.K)
    return found


Texts = dict[tuple[int, int], dict[int, str]]


def texts_of(pdf: pikepdf.Pdf) -> Texts:
    """Return what the marks of each page say: reading a page takes long, so once for a document."""
    return {page.objgen: marked(page) for page in pdf.pages}


def words(texts: Texts, tag: Any) -> str:
    """Return what a tag and those below it say, by the marks in the pages' content."""

    def say(node: Any) -> str:
        pieces = []
        for kid in node.get("/K", []):
            if isinstance(kid, int):
                pieces.append(texts[node.Pg.objgen].get(kid, ""))
            elif "/S" in kid:
                pieces.append(say(kid))
        return "".join(pieces)

    return say(tag)


def marked(page: Any) -> dict[int, str]:
    """Return what each marked piece of a page says, through the fonts' own tables."""
    tables = {name: to_unicode(font) for name, font in page.Resources.Font.items()}
    found: dict[int, str] = {}
    table: dict[int, str] = {}
    mark = None
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "BDC":
            mark = int(operands[1].get("/MCID", -1))
        elif name == "EMC":
            mark = None
        elif name == "Tf":
            table = tables[str(operands[0])]
        elif name in ("TJ", "Tj") and mark is not None:
            runs = operands[0] if name == "TJ" else [operands[0]]
            codes = b"".join(bytes(run) for run in runs if isinstance(run, pikepdf.String))
            pairs = zip(codes[::2], codes[1::2], strict=True)
            found[mark] = found.get(mark, "") + "".join(
                table.get(high * 256 + low, "") for high, low in pairs
            )
    return found


def to_unicode(font: Any) -> dict[int, str]:
    source = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", source)
    return {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def everything(pdf: pikepdf.Pdf) -> str:
    """Return the text of all pages, margins and watermark too."""
    return " ".join(text for page in pdf.pages for text in marked(page).values())


def test_it_is_a_tagged_document_with_title_and_language(lead: Any) -> None:
    agreement = begun()
    pdf = drawn(agreement)
    assert str(pdf.Root.Lang) == "fr"
    assert pdf.Root.MarkInfo.Marked
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"].startswith(agreement.reference)
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    kinds = [str(tag.S) for tag in elements(pdf)]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") >= 2 * 18


def test_each_article_is_read_in_french_then_in_dutch(lead: Any) -> None:
    pdf = drawn(begun())
    texts = texts_of(pdf)
    headings = [words(texts, tag) for tag in elements(pdf) if str(tag.S) == "/H2"]
    numbered = [text for text in headings if re.match(r"Arti[ck]", text)]
    assert numbered[:2] == ["Article 1. Parties", "Artikel 1. Partijen"]
    starts = [text.partition(".")[0] for text in numbered]
    assert starts == [f"{word} {number}" for number in range(1, 19) for word in ("Article", "Artikel")]


def test_dutch_is_tagged_as_dutch(lead: Any) -> None:
    pdf = drawn(begun())
    texts = texts_of(pdf)
    languages: dict[str, str] = {}
    for tag in elements(pdf):
        if "/Lang" in tag:
            languages[words(texts, tag).strip()] = str(tag.Lang)
    assert languages["Artikel 1. Partijen"] == "nl"
    assert languages["Article 1. Parties"] == "fr"
    assert languages["Un diagnostic."] == "fr"
    assert languages["Eén diagnose."] == "nl"


def test_neither_language_stands_below_the_other(lead: Any) -> None:
    html = markup(begun())
    french, dutch = html.index('id="fr-article-1"'), html.index('id="nl-article-1"')
    assert '<div class="two">' not in html[french:dutch]


def test_every_font_is_ours_and_in_the_file(lead: Any) -> None:
    pdf = drawn(begun())
    fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
    assert fonts
    for font in fonts:
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
        assert "Atkinson" in str(font.BaseFont)


def test_the_contents_name_the_page_of_each_article(lead: Any) -> None:
    pdf = drawn(begun())
    texts = texts_of(pdf)
    contents = words(
        texts,
        next(
            tag
            for tag in elements(pdf)
            if "Article 1. Parties" in words(texts, tag) and str(tag.S) == "/Link"
        ),
    )
    assert re.fullmatch(r"Article 1\. Parties\s*3", contents)


def test_it_says_draft_until_it_is_signed(lead: Any) -> None:
    draft, to_sign = "Projet / Ontwerp", "À signer / Te ondertekenen"
    with translation.override("fr"):
        assert draft in everything(drawn(begun()))
    agreement = frozen()
    text = everything(drawn(agreement))
    assert to_sign in text
    assert draft not in text
    sign_all(agreement)
    text = everything(drawn(agreement))
    assert to_sign not in text
    assert draft not in text


def test_one_to_sign_carries_reference_and_fingerprint_and_the_places_to_sign(lead: Any) -> None:
    agreement = frozen()
    text = everything(drawn(agreement))
    assert agreement.reference in text
    assert agreement.content_hash in text
    for name in Signatory.objects.filter(convention=agreement).values_list("name", flat=True):
        assert name in text


def test_a_reader_in_another_language_gets_the_same(lead: Any) -> None:
    agreement = begun()
    with translation.override("nl"):
        dutch = markup(agreement)
    with translation.override("en"):
        assert markup(agreement) == dutch


def test_what_people_write_is_no_markup(lead: Any) -> None:
    agreement = begun()
    article = agreement.articles.order_by("number").first()
    attack = (
        '<img src="file:///etc/passwd"><style>@import "http://127.0.0.1/x"</style> ![x](http://127.0.0.1/)'
    )
    article.revise(by=a_lead(), version=article.version, body_fr=attack, title_fr="<b>x</b> {{ 1 }}")
    html = markup(agreement)
    assert "<img" not in html
    assert "<style" not in html
    assert "&lt;b&gt;x&lt;/b&gt; {{ 1 }}" in html
    assert rendered(agreement).startswith(b"%PDF-1.7")


def test_an_amendment_can_be_drawn_too(lead: Any) -> None:
    amendment = an_amendment()
    text = everything(drawn(amendment))
    assert "Nouveau." in text
    assert "Nieuw." in text
    # Whoever holds the paper alone knows what it changes.
    assert "Avenant 1" in text
    assert "Aanhangsel 1" in text
    root = amendment.convention
    assert f"{root.reference} ({short_date(root.signed_on)})" in text
