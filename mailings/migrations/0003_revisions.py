"""Every version of a text; rows refuse UPDATE and DELETE, as the other records of 0002 do."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER mailings_revision_append_only BEFORE UPDATE OR DELETE ON mailings_revision
    FOR EACH ROW EXECUTE FUNCTION mailings_append_only();
"""
BACKWARD = "DROP TRIGGER mailings_revision_append_only ON mailings_revision;"


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("nl", "Nederlands")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("preheader", models.CharField(blank=True, max_length=200, verbose_name="preview line")),
                ("body", models.TextField(blank=True, max_length=60000, verbose_name="text")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "mailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="mailings.mailing",
                    ),
                ),
            ],
            options={
                "verbose_name": "former version",
                "verbose_name_plural": "former versions",
                "ordering": ["mailing", "version", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("mailing", "version", "language"),
                        name="revision_once_per_version_and_language",
                        violation_error_message="This version is kept already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["fr", "nl"])),
                        name="revision_known_language",
                        violation_error_message="This language does not exist.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
