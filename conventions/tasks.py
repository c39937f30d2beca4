"""The tasks of this app: make the documents that are missing now, and the ZIPs that were asked for."""

import logging

from celery import shared_task

from conventions import bundles, documents, pdf
from conventions.models.choices import BUNDLES, DOCUMENTS

logger = logging.getLogger(__name__)


@shared_task(name=DOCUMENTS)
def make_documents() -> None:
    """Make them one by one; one that fails stops no other, and the next tick tries it again."""
    if reason := pdf.why_not():
        logger.error(reason)
        return
    for agreement in documents.missing():
        try:
            documents.make(agreement)
        except Exception:
            logger.exception("the document of %s was not made", agreement)


@shared_task(name=BUNDLES)
def make_bundles() -> None:
    """Make what is due; what a dead worker leaves is due again, and the tick calls the next one."""
    bundles.make_due()
