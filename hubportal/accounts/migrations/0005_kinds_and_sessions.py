"""Kinds of the journal for what closes the portal; sessions that tell whose they are. Everybody signs in anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_phone_hint"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("started_at", models.DateTimeField(null=True, verbose_name="signed in at")),
                ("seen_at", models.DateTimeField(verbose_name="last used")),
                ("device", models.CharField(blank=True, max_length=80, verbose_name="browser")),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "ordering": ["-seen_at", "session_key"],
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="journalentry",
            name="journalentry_known_kind",
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("signed_in", "signed in"),
                    ("signed_out", "signed out"),
                    ("sign_in_failed", "sign-in failed"),
                    ("refused", "refused"),
                    ("invited", "invited"),
                    ("invitation_accepted", "invitation accepted"),
                    ("recorded", "recorded"),
                    ("changed", "changed"),
                    ("deleted", "deleted"),
                    ("exported", "exported"),
                    ("limited", "stopped after too many attempts"),
                    ("password_changed", "password changed"),
                    ("factor_added", "second factor added"),
                    ("factor_removed", "second factor removed"),
                    ("identity_linked", "outside identity linked"),
                    ("identity_unlinked", "outside identity unlinked"),
                    ("sessions_ended", "sessions ended"),
                    ("seen_as", "began to see as another person"),
                    ("seen_as_ended", "ended to see as another person"),
                    ("objected", "objected"),
                    ("erased", "erased"),
                ],
                max_length=24,
                verbose_name="what",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "signed_in",
                            "signed_out",
                            "sign_in_failed",
                            "refused",
                            "invited",
                            "invitation_accepted",
                            "recorded",
                            "changed",
                            "deleted",
                            "exported",
                            "limited",
                            "password_changed",
                            "factor_added",
                            "factor_removed",
                            "identity_linked",
                            "identity_unlinked",
                            "sessions_ended",
                            "seen_as",
                            "seen_as_ended",
                            "objected",
                            "erased",
                        ],
                    )
                ),
                name="journalentry_known_kind",
                violation_error_message="The journal does not know this kind of entry.",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sessions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        # The table of Django's own sessions stays for who goes back a version, and is empty: nobody's session is kept.
        migrations.RunSQL(
            "DO $$ BEGIN IF to_regclass('django_session') IS NOT NULL THEN DELETE FROM django_session; END IF; END $$",
            migrations.RunSQL.noop,
        ),
    ]
