"""Attachments; a row trigger keeps them as they were approved, but for a transaction that set `hubportal.retention`."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION mailings_attachments_change_in_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (
        OLD.removed_in IS NOT NULL OR to_jsonb(NEW) - 'removed_in' <> to_jsonb(OLD) - 'removed_in'
    ) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    -- Locked, so that no other transaction lets the edition leave meanwhile.
    SELECT status INTO state FROM mailings_mailing WHERE id = NEW.mailing_id FOR SHARE;
    IF state <> 'draft' THEN
        RAISE EXCEPTION 'attachments change in drafts only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mailings_attachments_change_in_drafts BEFORE INSERT OR UPDATE OR DELETE ON mailings_attachment
    FOR EACH ROW EXECUTE FUNCTION mailings_attachments_change_in_drafts();
"""
BACKWARD = """
DROP TRIGGER mailings_attachments_change_in_drafts ON mailings_attachment;
DROP FUNCTION mailings_attachments_change_in_drafts();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mailings", "0009_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file", models.FileField(blank=True, editable=False, upload_to="", verbose_name="file")),
                ("name", models.CharField(blank=True, editable=False, max_length=150, verbose_name="name")),
                (
                    "content_type",
                    models.CharField(blank=True, editable=False, max_length=100, verbose_name="type"),
                ),
                (
                    "size",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="size in bytes"),
                ),
                (
                    "sha256",
                    models.CharField(blank=True, editable=False, max_length=64, verbose_name="SHA-256"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("nl", "Nederlands"), ("fr,nl", "fr,nl")],
                        max_length=5,
                        verbose_name="language",
                    ),
                ),
                (
                    "added_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="added at"
                    ),
                ),
                ("added_in", models.PositiveIntegerField(editable=False, verbose_name="version")),
                (
                    "removed_in",
                    models.PositiveIntegerField(editable=False, null=True, verbose_name="version without it"),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "mailing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="mailings.mailing",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["mailing", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file", ""), _negated=True),
                            models.Q(("name", ""), _negated=True),
                            ("sha256__regex", "^[0-9a-f]{64}$"),
                            ("size__gt", 0),
                        ),
                        name="attachment_is_whole",
                        violation_error_message="A file has a name, a size and its fingerprint.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ("fr", "nl", "fr,nl"))),
                        name="attachment_known_language",
                        violation_error_message="This language does not exist.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_in__isnull", True),
                            ("removed_in__gt", models.F("added_in")),
                            _connector="OR",
                        ),
                        name="attachment_removed_after_it_was_added",
                        violation_error_message="It was there before it was taken off.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_in__isnull", True)),
                        fields=("mailing", "sha256"),
                        name="attachment_once_per_edition",
                        violation_error_message="This very file is attached already. For another language, take it off first.",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
