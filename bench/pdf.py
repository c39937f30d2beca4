"""Our PDF against WeasyPrint alone on the same HTML, and the kept PDF against a drawing.

B is the floor: WeasyPrint with its default fetcher, tagged, from the same HTML, style and font, without database,
templates and the languages of the tags. Rounds alternate; the figures are medians.
`bench/run pdf [--quick]`: quick takes five rounds instead of fifteen.
"""

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.core.management import call_command  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from weasyprint import HTML  # noqa: E402

from bench.bars import Bar, tell  # noqa: E402
from communes.models import Commune, Mandate  # noqa: E402
from conventions.document_views import agreement_document  # noqa: E402
from conventions.documents import make  # noqa: E402
from conventions.models import Convention, Theme  # noqa: E402
from conventions.pdf import markup, rendered  # noqa: E402
from hubportal.accounts.models import Role, RoleGrant, User  # noqa: E402

NIS = "21001"


def main() -> int:
    """Measure and tell; return the exit code."""
    rounds = 5 if "--quick" in sys.argv[1:] else 15
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_communes", verbosity=0)
    row = frozen()
    html, base = markup(row), f"{Path(settings.BASE_DIR).as_uri()}/static/"

    def alone() -> int:
        return len(HTML(string=html, base_url=base).write_pdf(pdf_variant="pdf/ua-1"))

    def ours() -> int:
        return len(rendered(row))

    make(row)
    request: Any = RequestFactory().get("/")
    request.user = User.objects.get(email="lead@team.example")

    def kept() -> int:
        response: Any = agreement_document(request, row.reference)
        if response.status_code != 200:
            raise SystemExit(f"the kept PDF was not served: {response.status_code}")
        return len(response.getvalue())

    laps = [[timed(act) for act in (alone, ours, kept)] for _ in range(rounds + 1)][1:]
    b, us, served = (median(lap[side] for lap in laps) for side in range(3))
    print(
        f"{rounds} rounds, medians: B {b:.3f} s, ours {us:.3f} s, kept {served * 1000:.1f} ms, {ours():,} bytes"
    )
    return tell([
        Bar("drawing, times WeasyPrint alone", us / b, 1.5, "at most"),
        Bar("serving the kept one, as a part of B", served / b, 0.1, "at most"),
    ])  # fmt: skip


def timed(act: Callable[[], int]) -> float:
    """Return how many seconds it takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began


def frozen() -> Convention:
    """Return a convention to sign, with the 18 articles of the outline."""
    lead = User.objects.create(
        email="lead@team.example", first_name="Hélène", last_name="Lead", is_active=True
    )
    RoleGrant.objects.create(user=lead, role=Role.LEAD, starts_on=date(2025, 1, 1))
    mayor = User.objects.create(email="b@commune.example", first_name="Sofia", last_name="Renders")
    commune = Commune.objects.get(pk=NIS)
    Mandate.objects.create(user=mayor, commune=commune, office="bourgmestre", starts_on=date(2025, 1, 1))
    theme = Theme.objects.get_or_create(code="data", defaults={"name_fr": "Données", "name_nl": "Data"})[0]
    row = Convention.objects.begin(commune=commune, by=lead)
    row.set_term(by=lead, in_force_from=date(2027, 1, 1))
    row.open_theme(by=lead, theme=theme, modality_fr="Un diagnostic.", modality_nl="Eén diagnose.")
    row.add_signatory(by=lead, office="bourgmestre", user=mayor)
    for office, name in (
        ("secretary", "Odette S."),
        ("director", "Hélène D."),
        ("representative", "Paul A."),
    ):
        row.add_signatory(by=lead, office=office, name=name)
    row.share(by=lead)
    row.agree(by=lead, party="agency")
    row.agree(by=lead, party="commune", note="Courriel")
    row.freeze(by=lead)
    return row


if __name__ == "__main__":
    sys.exit(main())
