"""Files that are not what they seem. Kinds, sizes and macros: tests/files/test_uploads.py."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from hubportal.accounts.models import User
from hubportal.files import checks
from hubportal.files.checks import check_upload, clean_name
from hubportal.files.download import download
from hubportal.files.forms import UploadField, UploadsField
from spoc.models import RequestFile
from tests.files.test_uploads import an_upload
from tests.spoc.stories import a_draft, a_file

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
JS = b"alert(document.cookie)"
ACTIVE = {
    "page.html": HTML, "page.htm": HTML, "page.xhtml": HTML, "page.shtml": HTML, "drawing.svg": SVG,
    "drawing.svgz": SVG, "script.js": JS, "script.mjs": JS, "shell.php": b"<?php system($_GET[0]);",
    "shell.phtml": b"<?php", "feed.xml": b"<?xml version='1.0'?>", "config.htaccess": b"AddType",
    "plan.pdf.html": HTML, "photo.png.svg": SVG, "plan.pdf.exe": b"MZ", "plan.pdf ": b"%PDF-1.7", "plan": b"%PDF-1.7",
    "plan.pdf\u200b.html": HTML, "plan\u202efdp.html": HTML, "plan.html\u200b": HTML, "plan.pdf\0.html": HTML,
}  # fmt: skip
DISGUISED = {
    "page.pdf": HTML, "page.png": HTML, "page.jpg": b"GIF89a<script>", "drawing.png": SVG, "drawing.pdf": SVG,
    "script.png": JS, "late.pdf": HTML + b"%PDF-1.7", "archive.xlsx": HTML,
}  # fmt: skip
POLYGLOTS = {
    "plan.pdf": b"%PDF-1.7\n" + HTML,
    "photo.png": b"\x89PNG\r\n\x1a\n" + JS,
    "photo.jpg": b"\xff\xd8\xff\xe0<?php system($_GET[0]); ?>",
    "note.txt": HTML,
    "shops.csv": HTML,
}


def a_bomb(name: str, content: bytes, *, times: int = 1) -> bytes:
    """Return an office document with heavy parts that are packed small."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr(name, "x")
        for number in range(times):
            archive.writestr(f"part{number}.xml", content)
    return packed.getvalue()


@pytest.mark.parametrize("name", ACTIVE)
def test_what_a_browser_or_a_server_would_run_is_refused(name: str) -> None:
    """CVE-2015-2963 (Paperclip): a page under the name of a picture passed, since only the sender's type counted."""
    with pytest.raises(ValidationError) as refusal:
        check_upload(an_upload(name, ACTIVE[name]))
    assert refusal.value.code in {"kind", "content"}


@pytest.mark.parametrize("name", DISGUISED)
def test_a_page_or_a_script_under_an_innocent_name_is_refused(name: str) -> None:
    """CVE-2015-2963 (Paperclip), the other way round: the name is innocent, the content is not."""
    with pytest.raises(ValidationError) as refusal:
        check_upload(an_upload(name, DISGUISED[name]))
    assert refusal.value.code == "content"


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_of_two_kinds_is_handed_out_as_the_innocent_one(name: str) -> None:
    """CVE-2015-2963 (Paperclip): what is a good PDF and a page too is only ever a PDF to save, never opened."""
    found = check_upload(SimpleUploadedFile(name, POLYGLOTS[name], content_type="text/html"))
    answer = download(io.BytesIO(POLYGLOTS[name]), found.name, found.content_type)
    assert "html" not in answer["Content-Type"]
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["\u200bplan.pdf", "pl\u200ban.pdf", "plan\u202e.pdf", "plan\ufeff.pdf"])
def test_signs_without_width_are_not_kept(name: str) -> None:
    """CVE-2021-42574 (Trojan Source): signs that nobody sees, or that turn the line round, hide what a name is."""
    assert clean_name(name) == "plan.pdf"


@pytest.mark.parametrize(
    "name", ['a"; filename="x.html', "a\r\nSet-Cookie: x=1.pdf", 'x".bat;.pdf', "..\\..\\x.pdf"]
)
def test_a_name_does_not_become_a_header(name: str) -> None:
    """CVE-2022-36359 (Django): a quoting mistake in Content-Disposition saved a file under a name of the sender's."""
    shown = download(io.BytesIO(b"x"), name)["Content-Disposition"]
    assert shown.count('"') == 2 or "filename*=" in shown
    assert not set(shown) & set("\r\n\\")


@pytest.mark.parametrize("kind", ["xlsx", "docx", "ods"])
def test_a_document_that_unpacks_to_far_more_is_refused(kind: str) -> None:
    """CVE-2019-9674 (Python's zipfile): a few kilobytes that fill the disk of whoever opens them."""
    main = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml", "ods": "content.xml"}[kind]
    with pytest.raises(ValidationError) as refusal:
        check_upload(an_upload(f"bomb.{kind}", a_bomb(main, b"0" * 5 * 1024 * 1024)))
    assert refusal.value.code == "unpacked"


def test_many_parts_that_are_heavy_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE-2019-9674 (Python's zipfile): each part within its limit, all of them far beyond."""
    document = a_bomb("xl/workbook.xml", bytes(range(256)) * 400, times=5)
    assert check_upload(an_upload("big.xlsx", document)).kind == "xlsx"
    monkeypatch.setattr(checks, "UNPACKED_MAX", 500_000)
    with pytest.raises(ValidationError):
        check_upload(an_upload("big.xlsx", document))


def test_a_long_table_is_no_bomb() -> None:
    """A workbook of zeros and short words packs well too."""
    rows = b"".join(b'<row r="%d"><c t="s"><v>%d</v></c></row>' % (n, n % 7) for n in range(60_000))
    assert check_upload(an_upload("long.xlsx", a_bomb("xl/workbook.xml", rows))).kind == "xlsx"


@pytest.mark.parametrize("field", [UploadField(), UploadsField()])
def test_each_of_several_files_is_looked_at(field: UploadField) -> None:
    """CVE-2023-31047 (Django): of several files under one name only the last was checked, all were kept."""
    sent: MultiValueDict[str, UploadedFile] = MultiValueDict(
        {"upload": [an_upload("page.html", HTML), an_upload("plan.pdf", b"%PDF-1.7")]}
    )
    taken = field.widget.value_from_datadict({}, sent, "upload")
    if isinstance(taken, list):
        with pytest.raises(ValidationError):
            field.clean(taken)
    else:
        assert field.clean(taken).name == "plan.pdf"


@pytest.mark.django_db
def test_where_a_file_lies_is_no_address(client: Client, echevine: User) -> None:
    """Recoco's files lie at /media/…: whoever has or guesses the address reads them without signing in."""
    row = a_draft(echevine)
    row.attach(by=echevine, upload=a_file("plan.txt", b"secret"))
    file = RequestFile.objects.get()
    for root in ("/media/", "/static/", "/files/", "/uploads/", "/var/files/", "/static/../var/files/", "/"):
        assert client.get(f"{root}{file.file.name}").status_code == 404
    answer = client.get(reverse("spoc:file-download", args=[file.pk]))
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]
