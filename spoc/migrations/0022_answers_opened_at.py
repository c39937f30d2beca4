"""When an answer was opened to all communes: those that are, as far as is known, once they were published."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def opened_as_published(apps: Any, schema_editor: Any) -> None:
    """Let what is open to all have been so since it was published."""
    rows = apps.get_model("spoc", "Answer").objects.filter(status="published")
    rows.exclude(question_fr="").update(opened_at=F("published_at"))


class Migration(migrations.Migration):
    dependencies = [("spoc", "0021_reminded_by_person")]

    operations = [
        migrations.RemoveIndex(
            model_name="answer",
            name="answer_faq_newest",
        ),
        migrations.AddField(
            model_name="answer",
            name="opened_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="opened to all communes at"),
        ),
        migrations.RunPython(opened_as_published, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("status", "published"), models.Q(("question_fr", ""), _negated=True)),
                fields=["-opened_at", "-id"],
                name="answer_faq_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "published"), models.Q(("question_fr", ""), _negated=True), _negated=True
                    ),
                    ("opened_at__isnull", False),
                    _connector="OR",
                ),
                name="answer_for_all_has_its_moment",
                violation_error_message="An answer for all communes says when it was opened to them.",
            ),
        ),
    ]
