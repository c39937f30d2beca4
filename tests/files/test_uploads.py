"""What may be uploaded, and how it is kept and handed out."""

import hashlib
import io
import stat
import zipfile
from pathlib import Path
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from pytest_django import Settings

from hubportal.files.checks import ENTRIES_MAX, NAME_MAX, check_upload, clean_name
from hubportal.files.download import download
from hubportal.files.storage import PrivateStorage

ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def a_zip(*names: str, mimetype: str = "") -> bytes:
    """Return a zip with entries of these names."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


GOOD = {
    "plan.pdf": b"%PDF-1.7 ...",
    "photo.PNG": b"\x89PNG\r\n\x1a\n...",
    "photo.jpeg": b"\xff\xd8\xff\xe0...",
    "lettre.docx": a_zip("[Content_Types].xml", "word/document.xml"),
    "liste.xlsx": a_zip("[Content_Types].xml", "xl/workbook.xml"),
    "brief.odt": a_zip("content.xml", mimetype=ODT),
    "lijst.ods": a_zip("content.xml", mimetype=ODS),
    "shops.csv": "nom;rue\nÉpicerie;Wayez\n".encode(),
    "note.txt": "\ufeffBonjour".encode(),
}
BAD = {
    "page.pdf": b"<html>%PDF-",
    "program.png": b"MZ\x90\x00",
    "picture.jpg": b"\x89PNG\r\n\x1a\n",
    "lettre.docx": a_zip("[Content_Types].xml", "xl/workbook.xml"),
    "macros.docx": a_zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "half.xlsx": a_zip("[Content_Types].xml", "xl/workbook.xml")[:60],
    "sheet.odt": a_zip("content.xml", mimetype=ODS),
    "macros.odt": a_zip("content.xml", "Basic/Standard/Module1.xml", mimetype=ODT),
    "bomb.docx": a_zip("[Content_Types].xml", "word/document.xml", *(f"{n}" for n in range(ENTRIES_MAX))),
    "latin.csv": "Épicerie".encode("cp1252"),
    "binary.txt": b"a\x00b",
    "cut.txt": "é".encode()[:1],
}


def an_upload(name: str, content: bytes) -> UploadedFile:
    """Return a file as a form receives it."""
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_is_what_its_name_says_passes(name: str) -> None:
    upload = an_upload(name, GOOD[name])
    found = check_upload(upload)
    assert found.name == name
    assert found.size == len(GOOD[name])
    assert found.sha256 == hashlib.sha256(GOOD[name]).hexdigest()
    assert upload.read() == GOOD[name]


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_something_else_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_upload(an_upload(name, BAD[name]))
    assert caught.value.code == "content"


@pytest.mark.parametrize("name", ["page.html", "run.exe", "picture.svg", "old.doc", "archive.zip", "none"])
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        check_upload(an_upload(name, b"x"))
    assert caught.value.code == "kind"


def test_a_form_may_take_fewer_kinds() -> None:
    with pytest.raises(ValidationError, match="pdf, png"):
        check_upload(an_upload("note.txt", b"x"), kinds=("pdf", "png"))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        check_upload(an_upload("note.txt", b""))
    assert caught.value.code == "empty"


def test_sixty_megabytes_are_refused_before_they_are_read() -> None:
    upload = an_upload("note.txt", b"x")
    upload.size = 60 * 1024 * 1024
    upload.file.close()  # a look into it would fail
    with pytest.raises(ValidationError, match="60") as caught:
        check_upload(upload)
    assert caught.value.code == "too_big"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\Users\x\plan.pdf", "plan.pdf"),
        ("évaluation\u202efdp.exe", "évaluationfdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        (".htaccess", "htaccess"),
        ("", "file"),
        (None, "file"),
        ("...", "file"),
    ],
)
def test_a_name_is_made_harmless(given: str | None, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_name_of_100_kilobytes_is_cut_and_keeps_its_extension() -> None:
    name = clean_name("x" * 100_000 + ".pdf")
    assert len(name) == NAME_MAX
    assert name.endswith(".pdf")
    assert len(clean_name("x." + "y" * 100_000)) <= NAME_MAX


@pytest.fixture
def storage(settings: Settings, tmp_path: Path) -> PrivateStorage:
    """A storage in an empty folder."""
    settings.HUBPORTAL_FILES = tmp_path / "files"
    return PrivateStorage()


def test_a_file_is_kept_under_a_random_name_for_us_alone(storage: PrivateStorage) -> None:
    name = storage.save("plan of Ms Dupont.pdf", ContentFile(b"x"))
    path = Path(storage.path(name))
    assert "Dupont" not in str(path)
    assert path.suffix == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert storage.save("plan of Ms Dupont.pdf", ContentFile(b"x")) != name


def test_a_private_file_has_no_address(storage: PrivateStorage) -> None:
    with pytest.raises(ValueError, match="no address"):
        storage.url("x")


def test_a_full_disk_leaves_no_half_of_a_file(storage: PrivateStorage) -> None:
    content = ContentFile(b"x" * 100)

    def chunks(_size: int | None = None) -> object:
        yield b"x"
        raise OSError(28, "No space left on device")

    with mock.patch.object(content, "chunks", chunks), pytest.raises(OSError, match="No space"):
        storage.save("plan.pdf", content)
    assert [path for path in Path(storage.location).rglob("*") if path.is_file()] == []


def test_a_download_is_never_opened_by_the_browser() -> None:
    response = download(io.BytesIO(b"<script>"), 'pl"an\r\n.pdf', "application/pdf")
    assert response["Content-Disposition"].startswith("attachment; ")
    assert "\n" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "application/pdf"
