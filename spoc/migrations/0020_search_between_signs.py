"""Words are found beside any sign: a generated column cannot be altered, so each is made anew (hubportal/search.py)."""

from django.db import migrations

from hubportal.migrations._search_between_signs import anew


class Migration(migrations.Migration):
    dependencies = [("spoc", "0019_concern_reminders")]
    operations = [
        *anew("spoc", "servicerequest", "request_search", ["title", "description"], ["title", "description"]),
        *anew(
            "spoc",
            "chantierdetails",
            "chantier_search",
            ["streets", "osiris_reference", "contracting_authority"],
            ["streets", "osiris_reference", "contracting_authority"],
        ),
        *anew("spoc", "concern", "concern_search", ["title", "text"], ["title", "text"]),
        *anew("spoc", "answer", "answer_search", ["question_fr", "text_fr"], ["question_nl", "text_nl"]),
    ]
