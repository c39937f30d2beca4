"""Text search without accents in French and in Dutch: `portal_fr` and `portal_nl` (see hubportal/search.py)."""

from django.db import migrations

STEMMERS = {"fr": "french", "nl": "dutch"}
FORWARD = "CREATE EXTENSION IF NOT EXISTS unaccent;" + "".join(
    f"""
CREATE TEXT SEARCH CONFIGURATION portal_{language} (COPY = {stemmer});
ALTER TEXT SEARCH CONFIGURATION portal_{language}
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {stemmer}_stem;
"""
    for language, stemmer in STEMMERS.items()
)
# The extension stays: other columns sort by it.
BACKWARD = "".join(f"DROP TEXT SEARCH CONFIGURATION portal_{language};" for language in STEMMERS)


class Migration(migrations.Migration):
    dependencies = [("hubportal", "0001_installation")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
