"""Words are found beside any sign: a generated column cannot be altered, so each is made anew (hubportal/search.py)."""

from django.db import migrations

from hubportal.migrations._search_between_signs import anew


class Migration(migrations.Migration):
    dependencies = [("mailings", "0015_messages_with_fewer_indexes")]
    operations = [
        *anew(
            "mailings",
            "variant",
            "variant_search",
            ["subject", "preheader", "body"],
            ["subject", "preheader", "body"],
        ),
    ]
