"""Words are found beside any sign: a generated column cannot be altered, so each is made anew (hubportal/search.py)."""

from django.db import migrations

from hubportal.migrations._search_between_signs import anew


class Migration(migrations.Migration):
    dependencies = [("conventions", "0006_search_and_told")]
    operations = [
        *anew("conventions", "article", "article_search", ["title_fr", "body_fr"], ["title_nl", "body_nl"]),
        *anew("conventions", "conventiontheme", "conventiontheme_search", ["modality_fr"], ["modality_nl"]),
        *anew(
            "conventions",
            "amendmentarticle",
            "amendmentarticle_search",
            ["title_fr", "body_fr"],
            ["title_nl", "body_nl"],
        ),
    ]
