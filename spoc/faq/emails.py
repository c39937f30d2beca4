"""The mails about answers of the Region: to the agency only. A mail is a row written in the transaction of its act."""

from collections import defaultdict
from typing import TYPE_CHECKING

from communes.callers import callers
from communes.recipients import reachable
from hubportal.accounts.models import User
from spoc.models.concern_choices import ConcernStatus
from spoc.posting import page_of, write

if TYPE_CHECKING:
    from spoc.models import Answer, Concern


def published(answer: "Answer", by: User) -> None:
    """To whom the communes concerned call, one mail each: what waits for it, and who was told an older answer."""
    found: dict[User, dict[bool, list[Concern]]] = defaultdict(lambda: {True: [], False: []})
    parts = [
        part
        for part in answer.parts(by).with_concerns().in_order()
        # Told an older answer, it may have been reopened since.
        if part.is_open or part.concern.answered_at or part.concern.status == ConcernStatus.QUALIFIED
    ]
    serving = callers({part.concern.commune_id for part in parts}) if parts else {}
    for part in parts:
        # Who published it knows.
        if (person := serving[part.concern.commune_id].user) and person != by:
            found[person][part.is_open].append(part.concern)
    for person in reachable(found):
        own = found[person]
        facts = {"answer": answer, "item": answer.item, "concerns": own[True], "told": own[False]}
        write("spoc/faq/email/published", person, {**facts, "link": page_of(person, answer)})
