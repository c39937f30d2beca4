"""Concerns, relay notes and answers: the tables, and what only the database can hold whoever writes.

- A concern, a group and an answer are never deleted; what a commune wrote, who wrote it and for whom never changes.
- What was sent is frozen: the note, its items, the concerns in it, the words. Steps and messages are only added.
- An answer belongs to an item of its note, and to a concern of that item; what a commune was told, to an answer of the
  item in which its concern stood: keys over two columns.
Row triggers, which let through a transaction that set `hubportal.retention` (and TRUNCATE, which tests use).
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import hubportal.access.plain

KEPT = ("concern", "concerngroup", "answer")
APPEND_ONLY = (
    "answerevent",
    "concernanswer",
    "concernevent",
    "concernfile",
    "concernmessage",
    "notedocument",
    "relaynoteevent",
    "sentnote",
)
_TABLES = """
CREATE FUNCTION spoc_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is kept as it is', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- The arguments are the columns that never change, once the condition of the trigger holds.
CREATE FUNCTION spoc_frozen_columns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') <> 'on' THEN
        FOREACH name IN ARRAY TG_ARGV LOOP
            IF to_jsonb(OLD)->name IS DISTINCT FROM to_jsonb(NEW)->name THEN
                RAISE EXCEPTION '%.% is frozen', TG_TABLE_NAME, name USING ERRCODE = 'restrict_violation';
            END IF;
        END LOOP;
    END IF;
    RETURN NEW;
END $$;

-- Of a note that was sent nothing changes but whether a concern still waits for its answer.
CREATE FUNCTION spoc_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    found text;
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') <> 'on' THEN
        IF TG_TABLE_NAME = 'spoc_relaypart' THEN
            SELECT n.status INTO found FROM spoc_relaynote n JOIN spoc_relayitem i ON i.note_id = n.id
                WHERE i.id = (part->>'item_id')::bigint;
        ELSE
            SELECT n.status INTO found FROM spoc_relaynote n WHERE n.id = (part->>'note_id')::bigint;
        END IF;
        IF found <> 'draft' AND (TG_OP <> 'UPDATE' OR to_jsonb(OLD) - 'is_open' <> to_jsonb(NEW) - 'is_open') THEN
            RAISE EXCEPTION '% is part of a note that was sent', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER spoc_concern_whole BEFORE UPDATE ON spoc_concern FOR EACH ROW EXECUTE FUNCTION
    spoc_frozen_columns('reference', 'commune_id', 'raised_by_id', 'raised_at', 'title', 'text', 'language');
CREATE TRIGGER spoc_relaynote_frozen BEFORE UPDATE ON spoc_relaynote FOR EACH ROW WHEN (OLD.status <> 'draft')
    EXECUTE FUNCTION spoc_frozen_columns('reference', 'addressee', 'addressee_name', 'addressee_address',
    'addressee_email', 'due_on', 'introduction_fr', 'introduction_nl', 'made_by_id', 'made_at', 'sent_at');
CREATE TRIGGER spoc_relaynote_kept BEFORE DELETE ON spoc_relaynote FOR EACH ROW WHEN (OLD.status <> 'draft')
    EXECUTE FUNCTION spoc_append_only();
CREATE TRIGGER spoc_relayitem_frozen BEFORE INSERT OR UPDATE OR DELETE ON spoc_relayitem
    FOR EACH ROW EXECUTE FUNCTION spoc_frozen_part();
CREATE TRIGGER spoc_relaypart_frozen BEFORE INSERT OR UPDATE OR DELETE ON spoc_relaypart
    FOR EACH ROW EXECUTE FUNCTION spoc_frozen_part();
CREATE TRIGGER spoc_answer_place BEFORE UPDATE ON spoc_answer FOR EACH ROW EXECUTE FUNCTION
    spoc_frozen_columns('note_id', 'item_id', 'part', 'given_by_id', 'given_at', 'is_recorded', 'document_id');
CREATE TRIGGER spoc_answer_frozen BEFORE UPDATE ON spoc_answer FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION spoc_frozen_columns('text_fr', 'text_nl', 'published_at', 'published_by_id');

ALTER TABLE spoc_answer
    ADD CONSTRAINT answer_item_of_its_note FOREIGN KEY (item_id, note_id) REFERENCES spoc_relayitem (id, note_id),
    ADD CONSTRAINT answer_part_of_its_item FOREIGN KEY (item_id, part) REFERENCES spoc_relaypart (item_id, number);
ALTER TABLE spoc_concernanswer
    ADD CONSTRAINT concern_answer_in_its_item FOREIGN KEY (item_id, concern_id)
        REFERENCES spoc_relaypart (item_id, concern_id),
    ADD CONSTRAINT concern_answer_from_its_item FOREIGN KEY (source_id, item_id)
        REFERENCES spoc_answer (id, item_id);
"""
_TRIGGER = "CREATE TRIGGER {0}_{1} BEFORE {2} ON {0} FOR EACH ROW EXECUTE FUNCTION spoc_append_only();\n"
FORWARD = "".join(
    [
        _TABLES,
        *(_TRIGGER.format(f"spoc_{name}", "kept", "DELETE") for name in KEPT),
        *(_TRIGGER.format(f"spoc_{name}", "append_only", "UPDATE OR DELETE") for name in APPEND_ONLY),
    ]
)
BACKWARD = """
ALTER TABLE spoc_concernanswer DROP CONSTRAINT concern_answer_from_its_item,
    DROP CONSTRAINT concern_answer_in_its_item;
ALTER TABLE spoc_answer DROP CONSTRAINT answer_part_of_its_item, DROP CONSTRAINT answer_item_of_its_note;
DROP FUNCTION spoc_append_only() CASCADE;
DROP FUNCTION spoc_frozen_columns() CASCADE;
DROP FUNCTION spoc_frozen_part() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("communes", "0001_communes"),
        ("spoc", "0016_counted_by_service"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConcernCounter",
            fields=[
                (
                    "year",
                    models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="year"),
                ),
                ("last", models.PositiveIntegerField(default=0, verbose_name="last number")),
            ],
            options={
                "verbose_name": "counter of concerns",
                "verbose_name_plural": "counters of concerns",
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="NoteCounter",
            fields=[
                (
                    "year",
                    models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name="year"),
                ),
                ("last", models.PositiveIntegerField(default=0, verbose_name="last number")),
            ],
            options={
                "verbose_name": "counter of relay notes",
                "verbose_name_plural": "counters of relay notes",
                "ordering": ["year"],
            },
        ),
        migrations.CreateModel(
            name="RelayNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        editable=False,
                        help_text="Given when it is sent, without holes.",
                        max_length=12,
                        null=True,
                        unique=True,
                        verbose_name="reference",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("sent", "sent"),
                            ("acknowledged", "acknowledged"),
                            ("partly_answered", "partly answered"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                (
                    "addressee",
                    models.CharField(
                        choices=[
                            ("taskforce", "the regional task force"),
                            ("cabinet", "the cabinet"),
                            ("administration", "an administration"),
                        ],
                        max_length=16,
                        verbose_name="addressee",
                    ),
                ),
                (
                    "addressee_name",
                    models.CharField(
                        blank=True,
                        help_text="Only when it is an administration.",
                        max_length=160,
                        validators=[hubportal.access.plain.one_way],
                        verbose_name="name of the administration",
                    ),
                ),
                (
                    "addressee_address",
                    models.TextField(
                        blank=True,
                        max_length=400,
                        validators=[django.core.validators.MaxLengthValidator(400)],
                        verbose_name="address",
                    ),
                ),
                (
                    "addressee_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail address"),
                ),
                (
                    "due_on",
                    models.DateField(
                        blank=True, help_text="By when an answer is needed.", null=True, verbose_name="due"
                    ),
                ),
                (
                    "introduction_fr",
                    models.TextField(blank=True, max_length=4000, verbose_name="introduction in French"),
                ),
                (
                    "introduction_nl",
                    models.TextField(blank=True, max_length=4000, verbose_name="introduction in Dutch"),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="made at"
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                ("sent_at", models.DateTimeField(editable=False, null=True, verbose_name="sent at")),
                (
                    "acknowledged_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="acknowledged at"),
                ),
                ("answered_at", models.DateTimeField(editable=False, null=True, verbose_name="answered at")),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed at")),
            ],
            options={
                "verbose_name": "relay note",
                "verbose_name_plural": "relay notes",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.PositiveSmallIntegerField(
                        editable=False,
                        help_text="Empty: all concerns of the item.",
                        null=True,
                        verbose_name="concern of the item",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("given", "given, not published"),
                            ("published", "published"),
                            ("superseded", "replaced by a newer one"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="given",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("text_fr", models.TextField(blank=True, max_length=8000, verbose_name="answer in French")),
                ("text_nl", models.TextField(blank=True, max_length=8000, verbose_name="answer in Dutch")),
                (
                    "question_fr",
                    models.TextField(
                        blank=True,
                        help_text="For all communes: name none.",
                        max_length=600,
                        verbose_name="question in French",
                    ),
                ),
                (
                    "question_nl",
                    models.TextField(
                        blank=True,
                        help_text="For all communes: name none.",
                        max_length=600,
                        verbose_name="question in Dutch",
                    ),
                ),
                (
                    "given_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="given at"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.CharField(
                        blank=True,
                        help_text="Who answered, and when this was not here.",
                        max_length=160,
                        verbose_name="on behalf of",
                    ),
                ),
                (
                    "is_recorded",
                    models.BooleanField(default=False, editable=False, verbose_name="recorded by the agency"),
                ),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="published at"),
                ),
                (
                    "review_on",
                    models.DateField(
                        blank=True,
                        help_text="The day on which this is asked again.",
                        null=True,
                        verbose_name="still valid?",
                    ),
                ),
                (
                    "withdraw_reason",
                    models.TextField(
                        blank=True, editable=False, max_length=1000, verbose_name="why it was withdrawn"
                    ),
                ),
                (
                    "search_fr",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "question_fr", "text_fr", config="portal_fr"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "search_nl",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "question_nl", "text_nl", config="portal_nl"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given by",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.answer",
                        verbose_name="replaced by",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a relay note",
                "verbose_name_plural": "answers to relay notes",
                "ordering": ["-given_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="AnswerEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                ("verb", models.CharField(max_length=30, verbose_name="step")),
                ("source", models.CharField(max_length=20, verbose_name="from")),
                ("target", models.CharField(max_length=20, verbose_name="to")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Empty: the portal itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="spoc.answer",
                        verbose_name="answer to a relay note",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of an answer",
                "verbose_name_plural": "steps of answers",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Concern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(editable=False, max_length=12, unique=True, verbose_name="reference"),
                ),
                (
                    "raised_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="raised at"
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        max_length=160, validators=[hubportal.access.plain.one_way], verbose_name="title"
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="question or problem")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("nl", "Nederlands")],
                        max_length=2,
                        verbose_name="written in",
                    ),
                ),
                (
                    "is_shareable",
                    models.BooleanField(
                        default=False,
                        help_text="If not: they read its theme only, and the Region reads it without the name of your commune.",
                        verbose_name="the other communes may read it",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("normal", "normal"), ("urgent", "urgent")],
                        default="normal",
                        max_length=8,
                        verbose_name="urgency",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("raised", "raised"),
                            ("qualified", "qualified"),
                            ("relayed", "relayed"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                            ("not_relayed", "not relayed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="raised",
                        editable=False,
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "qualified_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="qualified at"),
                ),
                (
                    "relayed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last relayed at"),
                ),
                ("answered_at", models.DateTimeField(editable=False, null=True, verbose_name="answered at")),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed at")),
                (
                    "not_relayed_reason",
                    models.TextField(
                        blank=True, editable=False, max_length=2000, verbose_name="why it is not relayed"
                    ),
                ),
                (
                    "search_fr",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "title", "text", config="portal_fr"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "search_nl",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.postgres.search.SearchVector(
                            "title", "text", config="portal_nl"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="concerns",
                        to="communes.commune",
                        verbose_name="commune",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="concerns_raised",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="raised by",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.answer",
                        verbose_name="settled by the answer",
                    ),
                ),
            ],
            options={
                "verbose_name": "concern",
                "verbose_name_plural": "concerns",
                "ordering": ["-raised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ConcernEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                ("verb", models.CharField(max_length=30, verbose_name="step")),
                ("source", models.CharField(max_length=20, verbose_name="from")),
                ("target", models.CharField(max_length=20, verbose_name="to")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Empty: the portal itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="spoc.concern",
                        verbose_name="concern",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a concern",
                "verbose_name_plural": "steps of concerns",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConcernGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title_fr",
                    models.CharField(
                        max_length=160,
                        validators=[hubportal.access.plain.one_way],
                        verbose_name="title in French",
                    ),
                ),
                (
                    "title_nl",
                    models.CharField(
                        max_length=160,
                        validators=[hubportal.access.plain.one_way],
                        verbose_name="title in Dutch",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="made at"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "group of concerns",
                "verbose_name_plural": "groups of concerns",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="concern",
            name="group",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spoc.concerngroup",
                verbose_name="group",
            ),
        ),
        migrations.CreateModel(
            name="ConcernMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("agency", "the agency"), ("commune", "the commune")],
                        editable=False,
                        max_length=8,
                        verbose_name="party",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="message")),
                ("is_public", models.BooleanField(default=True, verbose_name="for both parties")),
                ("is_question", models.BooleanField(default=False, verbose_name="question")),
                (
                    "written_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="written at"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="spoc.concern",
                        verbose_name="concern",
                    ),
                ),
            ],
            options={
                "verbose_name": "message about a concern",
                "verbose_name_plural": "messages about concerns",
                "ordering": ["written_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConcernFile",
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
                    "uploaded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="added at"
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="spoc.concern",
                        verbose_name="concern",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="spoc.concernmessage",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a concern",
                "verbose_name_plural": "files of concerns",
                "ordering": ["uploaded_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConcernReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_at", models.DateTimeField(verbose_name="first seen at")),
                ("last_at", models.DateTimeField(verbose_name="last seen at")),
                (
                    "side",
                    models.CharField(
                        choices=[("agency", "the agency"), ("commune", "the commune")],
                        max_length=8,
                        verbose_name="party",
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="spoc.concern",
                        verbose_name="concern",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "reader of a concern",
                "verbose_name_plural": "readers of concerns",
                "ordering": ["concern", "-last_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConcernTheme",
            fields=[
                (
                    "code",
                    models.SlugField(max_length=40, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("title_fr", models.CharField(max_length=160, verbose_name="title in French")),
                ("title_nl", models.CharField(max_length=160, verbose_name="title in Dutch")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="place in lists")),
            ],
            options={
                "verbose_name": "theme of concerns",
                "verbose_name_plural": "themes of concerns",
                "ordering": ["position", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_fr", ""), _negated=True),
                            models.Q(("title_nl", ""), _negated=True),
                        ),
                        name="concern_theme_in_both_languages",
                        violation_error_message="Write the name in French and in Dutch.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="concerngroup",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="concern_groups",
                to="spoc.concerntheme",
                verbose_name="theme",
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="concerns",
                to="spoc.concerntheme",
                verbose_name="theme",
            ),
        ),
        migrations.CreateModel(
            name="NoteDocument",
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
                    "uploaded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="added at"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
            ],
            options={
                "verbose_name": "source document",
                "verbose_name_plural": "source documents",
                "ordering": ["uploaded_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="answer",
            name="document",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spoc.notedocument",
                verbose_name="source document",
            ),
        ),
        migrations.CreateModel(
            name="RelayItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        editable=False,
                        help_text="Given when the note is sent.",
                        null=True,
                        verbose_name="number",
                    ),
                ),
                (
                    "title_fr",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        validators=[hubportal.access.plain.one_way],
                        verbose_name="title in French",
                    ),
                ),
                (
                    "title_nl",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        validators=[hubportal.access.plain.one_way],
                        verbose_name="title in Dutch",
                    ),
                ),
                (
                    "summary_fr",
                    models.TextField(blank=True, max_length=4000, verbose_name="summary in French"),
                ),
                (
                    "summary_nl",
                    models.TextField(blank=True, max_length=4000, verbose_name="summary in Dutch"),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.concerngroup",
                        verbose_name="group",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.concerntheme",
                        verbose_name="theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of a relay note",
                "verbose_name_plural": "items of relay notes",
                "ordering": ["note", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConcernAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=8000, verbose_name="answer")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("nl", "Nederlands")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("is_adapted", models.BooleanField(default=False, verbose_name="adapted to the commune")),
                (
                    "told_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="answered at"
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="spoc.concern",
                        verbose_name="concern",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: the agency answered by itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.answer",
                        verbose_name="answer of the Region",
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.relayitem",
                        verbose_name="item of the note",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to a commune",
                "verbose_name_plural": "answers to communes",
                "ordering": ["-told_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="answer",
            name="item",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spoc.relayitem",
                verbose_name="item",
            ),
        ),
        migrations.CreateModel(
            name="SentNote",
            fields=[
                (
                    "note",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="as_sent",
                        serialize=False,
                        to="spoc.relaynote",
                        verbose_name="relay note",
                    ),
                ),
                ("content", models.JSONField(verbose_name="content")),
                ("content_hash", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent at")),
            ],
            options={
                "verbose_name": "relay note as it was sent",
                "verbose_name_plural": "relay notes as they were sent",
                "ordering": ["-sent_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="relaynote",
            name="acknowledged_document",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spoc.notedocument",
                verbose_name="source document",
            ),
        ),
        migrations.AddField(
            model_name="relaynote",
            name="made_by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="made by",
            ),
        ),
        migrations.AddField(
            model_name="relayitem",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spoc.relaynote",
                verbose_name="relay note",
            ),
        ),
        migrations.CreateModel(
            name="NoteReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("soon", "soon due"), ("due", "due today"), ("late", "late")],
                        max_length=8,
                        verbose_name="why",
                    ),
                ),
                ("sent_on", models.DateField(verbose_name="sent on")),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="spoc.relaynote",
                        verbose_name="relay note",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder of a relay note",
                "verbose_name_plural": "reminders of relay notes",
                "ordering": ["-sent_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NoteReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_at", models.DateTimeField(verbose_name="first seen at")),
                ("last_at", models.DateTimeField(verbose_name="last seen at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="spoc.relaynote",
                        verbose_name="relay note",
                    ),
                ),
            ],
            options={
                "verbose_name": "reader of a relay note",
                "verbose_name_plural": "readers of relay notes",
                "ordering": ["note", "first_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="notedocument",
            name="note",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spoc.relaynote",
                verbose_name="relay note",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="note",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="spoc.relaynote",
                verbose_name="relay note",
            ),
        ),
        migrations.CreateModel(
            name="RelayNoteEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                ("verb", models.CharField(max_length=30, verbose_name="step")),
                ("source", models.CharField(max_length=20, verbose_name="from")),
                ("target", models.CharField(max_length=20, verbose_name="to")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Empty: the portal itself.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="spoc.relaynote",
                        verbose_name="relay note",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a relay note",
                "verbose_name_plural": "steps of relay notes",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RelayPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        editable=False,
                        help_text="Given when the note is sent.",
                        null=True,
                        verbose_name="number",
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        max_length=160, validators=[hubportal.access.plain.one_way], verbose_name="title"
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="The commune's own words; of a confidential concern without what tells whose it is.",
                        max_length=4000,
                        verbose_name="text",
                    ),
                ),
                (
                    "is_anonymous",
                    models.BooleanField(
                        default=True, editable=False, verbose_name="sent without the commune's name"
                    ),
                ),
                (
                    "is_open",
                    models.BooleanField(default=True, editable=False, verbose_name="waits for an answer"),
                ),
                (
                    "fell_out",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("raised", "not qualified any more"),
                            ("relayed", "relayed by another note"),
                            ("answered", "answered already"),
                            ("closed", "closed"),
                            ("not_relayed", "not to be relayed"),
                            ("withdrawn", "withdrawn by the commune"),
                        ],
                        editable=False,
                        max_length=12,
                        verbose_name="why it was not sent",
                    ),
                ),
                (
                    "concern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.concern",
                        verbose_name="concern",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="spoc.relayitem",
                        verbose_name="item",
                    ),
                ),
            ],
            options={
                "verbose_name": "concern in a relay note",
                "verbose_name_plural": "concerns in relay notes",
                "ordering": ["item", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConcernAnswerReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_at", models.DateTimeField(verbose_name="first seen at")),
                ("last_at", models.DateTimeField(verbose_name="last seen at")),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="spoc.concernanswer",
                        verbose_name="answer",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "reader of an answer",
                "verbose_name_plural": "readers of answers",
                "ordering": ["answer", "first_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("answer", "user"),
                        name="concern_answer_reading_once_for_a_person",
                        violation_error_message="This person is noted already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_at__gte", models.F("first_at"))),
                        name="concern_answer_reading_first_before_last",
                        violation_error_message="Nobody sees it last before they saw it first.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="concernmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["agency", "commune"])),
                name="concern_message_known_side",
                violation_error_message="This party does not exist.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_public", True), models.Q(("is_question", False), ("side", "agency")), _connector="OR"
                ),
                name="concern_message_note_is_the_agencys",
                violation_error_message="Only the agency keeps notes for itself, and a note asks nothing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="concern_message_says_something",
                violation_error_message="Write a message.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", ""), _negated=True),
                    models.Q(("name", ""), _negated=True),
                    ("sha256__regex", "^[0-9a-f]{64}$"),
                    ("size__gt", 0),
                ),
                name="concern_file_is_whole",
                violation_error_message="A file has a name, a size and its fingerprint.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernreading",
            constraint=models.UniqueConstraint(
                fields=("concern", "user"),
                name="concern_reading_once_for_a_person",
                violation_error_message="This person is noted already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_at__gte", models.F("first_at"))),
                name="concern_reading_first_before_last",
                violation_error_message="Nobody sees it last before they saw it first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["agency", "commune"])),
                name="concern_reading_known_side",
                violation_error_message="This party does not exist.",
            ),
        ),
        migrations.AddIndex(
            model_name="concerngroup",
            index=models.Index(fields=["theme", "-made_at", "-id"], name="concern_group_by_theme"),
        ),
        migrations.AddConstraint(
            model_name="concerngroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title_fr", ""), _negated=True), models.Q(("title_nl", ""), _negated=True)
                ),
                name="concern_group_in_both_languages",
                violation_error_message="Write the title in French and in Dutch.",
            ),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["-raised_at", "-id"], name="concern_newest"),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["commune", "-raised_at", "-id"], name="concern_newest_of_commune"),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["status", "-raised_at", "-id"], name="concern_newest_by_status"),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("status__in", ("raised", "qualified", "relayed", "answered"))),
                fields=["commune", "status"],
                include=("theme", "urgency", "group", "is_shareable", "raised_at"),
                name="concern_open_by_commune",
            ),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("status__in", ("raised", "qualified", "relayed", "answered"))),
                fields=["theme", "commune"],
                include=("is_shareable", "status"),
                name="concern_open_by_theme",
            ),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("status", "answered")), fields=["answered_at"], name="concern_to_close"
            ),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_fr", "search_nl"], name="concern_search"
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["raised", "qualified", "relayed", "answered", "closed", "not_relayed", "withdrawn"],
                    )
                ),
                name="concern_known_status",
                violation_error_message="This state does not exist.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["fr", "nl"]), ("urgency__in", ["normal", "urgent"])),
                name="concern_known_codes",
                violation_error_message="This urgency or language does not exist.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reference__regex", "^C-[0-9]{4}-[0-9]{4,}$"),
                    models.Q(("title", ""), _negated=True),
                    models.Q(("text", ""), _negated=True),
                ),
                name="concern_has_its_words",
                violation_error_message="A concern has a reference, a title and a text.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["qualified", "relayed"]), _negated=True),
                    ("qualified_at__isnull", False),
                    _connector="OR",
                ),
                name="concern_qualified_before_it_is_relayed",
                violation_error_message="A concern is qualified before it is relayed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("status", "relayed"), _negated=True),
                        ("relayed_at__isnull", False),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("status", "raised"), _negated=True),
                        models.Q(("qualified_at__isnull", True), ("relayed_at__isnull", True)),
                        _connector="OR",
                    ),
                ),
                name="concern_relayed_has_its_moment",
                violation_error_message="A relayed concern says when; one just raised was never relayed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status", "answered"),
                        ("answered_at__isnull", False),
                        models.Q(("settled_by__isnull", False), _negated=True),
                    ),
                    models.Q(
                        ("status", "closed"),
                        models.Q(
                            models.Q(
                                ("answered_at__isnull", False),
                                models.Q(("settled_by__isnull", False), _negated=True),
                            ),
                            models.Q(
                                models.Q(("answered_at__isnull", False), _negated=True),
                                ("settled_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        models.Q(("status__in", ["answered", "closed"]), _negated=True),
                        models.Q(("answered_at__isnull", False), _negated=True),
                        models.Q(("settled_by__isnull", False), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="concern_answered_has_its_moment",
                violation_error_message="A concern ends with an answer of its own, or with one published before.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                    models.Q(models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", True)),
                    _connector="OR",
                ),
                name="concern_closed_has_its_moment",
                violation_error_message="A concern is closed if and only if the moment is known.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "not_relayed"), models.Q(("not_relayed_reason", ""), _negated=True)),
                    models.Q(models.Q(("status", "not_relayed"), _negated=True), ("not_relayed_reason", "")),
                    _connector="OR",
                ),
                name="concern_not_relayed_says_why",
                violation_error_message="A concern is not relayed if and only if the commune reads why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text", ""), _negated=True), ("language__in", ["fr", "nl"])),
                name="concern_answer_says_something",
                violation_error_message="Write the answer, in the language of the commune.",
            ),
        ),
        migrations.AddConstraint(
            model_name="concernanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("item__isnull", True), ("source__isnull", False), _connector="OR"),
                name="concern_answer_of_a_note_has_its_source",
                violation_error_message="What was relayed is answered by an answer to the note.",
            ),
        ),
        migrations.AddField(
            model_name="sentnote",
            name="sent_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="sent by",
            ),
        ),
        migrations.AddIndex(
            model_name="relaynote",
            index=models.Index(fields=["-made_at", "-id"], name="relay_note_newest"),
        ),
        migrations.AddIndex(
            model_name="relaynote",
            index=models.Index(fields=["status", "-made_at", "-id"], name="relay_note_newest_by_status"),
        ),
        migrations.AddIndex(
            model_name="relaynote",
            index=models.Index(
                condition=models.Q(("status__in", ("sent", "acknowledged", "partly_answered"))),
                fields=["due_on", "id"],
                name="relay_note_waits_by_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "sent", "acknowledged", "partly_answered", "answered", "closed"])
                ),
                name="relay_note_known_status",
                violation_error_message="This state does not exist.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("addressee__in", ["taskforce", "cabinet"]), ("addressee_name", "")),
                    models.Q(
                        ("addressee", "administration"), models.Q(("addressee_name", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="relay_note_known_addressee",
                violation_error_message="An administration has a name; the task force and the cabinet need none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reference__isnull", True), ("sent_at__isnull", True), ("status", "draft")),
                    models.Q(
                        models.Q(("status", "draft"), _negated=True),
                        ("due_on__isnull", False),
                        ("reference__isnull", False),
                        ("sent_at__isnull", False),
                        models.Q(("introduction_fr", ""), _negated=True),
                        models.Q(("introduction_nl", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="relay_note_sent_has_its_facts",
                violation_error_message="A note has a number if and only if it was sent: with its day, in French and in Dutch.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["acknowledged", "partly_answered", "answered"]), _negated=True),
                    ("acknowledged_at__isnull", False),
                    _connector="OR",
                ),
                name="relay_note_acknowledged_has_its_moment",
                violation_error_message="A note that arrived says when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["draft", "sent"]), _negated=True),
                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_document__isnull", True)),
                    _connector="OR",
                ),
                name="relay_note_not_acknowledged_yet",
                violation_error_message="Only a note that was sent is acknowledged.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", False), ("status", "answered")),
                    ("status", "closed"),
                    models.Q(
                        models.Q(("status__in", ["answered", "closed"]), _negated=True),
                        ("answered_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="relay_note_answered_has_its_moment",
                violation_error_message="A note says when it was answered as a whole, and not before.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                    models.Q(models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", True)),
                    _connector="OR",
                ),
                name="relay_note_closed_has_its_moment",
                violation_error_message="A note is closed if and only if the moment is known.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relayitem",
            constraint=models.UniqueConstraint(
                fields=("note", "group"),
                name="relay_item_group_once",
                violation_error_message="This group is in the note already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relayitem",
            constraint=models.UniqueConstraint(
                fields=("note", "number"),
                name="relay_item_number_once",
                violation_error_message="This note has an item with this number already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relayitem",
            constraint=models.UniqueConstraint(
                fields=("id", "note"),
                name="relay_item_of_its_note",
                violation_error_message="This item belongs to another note.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relayitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number__isnull", True),
                    models.Q(
                        models.Q(("title_fr", ""), _negated=True),
                        models.Q(("title_nl", ""), _negated=True),
                        models.Q(("summary_fr", ""), _negated=True),
                        models.Q(("summary_nl", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="relay_item_in_both_languages",
                violation_error_message="Write title and summary in French and in Dutch.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notereminder",
            constraint=models.UniqueConstraint(
                fields=("note", "kind", "sent_on"),
                name="note_reminder_once_a_day",
                violation_error_message="Of this note was reminded today already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notereminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["soon", "due", "late"])),
                name="note_reminder_known_kind",
                violation_error_message="This kind of reminder does not exist.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notereading",
            constraint=models.UniqueConstraint(
                fields=("note", "user"),
                name="note_reading_once_for_a_person",
                violation_error_message="This person is noted already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notereading",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_at__gte", models.F("first_at"))),
                name="note_reading_first_before_last",
                violation_error_message="Nobody sees it last before they saw it first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="notedocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", ""), _negated=True),
                    models.Q(("name", ""), _negated=True),
                    ("sha256__regex", "^[0-9a-f]{64}$"),
                    ("size__gt", 0),
                ),
                name="note_document_is_whole",
                violation_error_message="A file has a name, a size and its fingerprint.",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("status", "published"), models.Q(("question_fr", ""), _negated=True)),
                fields=["-published_at", "-id"],
                name="answer_faq_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("status", "published")), fields=["review_on"], name="answer_to_review"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["note", "item", "part"], name="answer_of_note"),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_fr", "search_nl"], name="answer_search"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["given", "published", "superseded", "withdrawn"])),
                name="answer_known_status",
                violation_error_message="This state does not exist.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text_fr", ""), _negated=True),
                    models.Q(("text_nl", ""), _negated=True),
                    _connector="OR",
                ),
                name="answer_says_something",
                violation_error_message="Write the answer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    models.Q(
                        ("published_at__isnull", False),
                        ("published_by__isnull", False),
                        ("review_on__isnull", False),
                        models.Q(("text_fr", ""), _negated=True),
                        models.Q(("text_nl", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="answer_published_in_both_languages",
                violation_error_message="An answer is published in French and in Dutch, with a day to look at it again.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "given"), _negated=True),
                    ("published_at__isnull", True),
                    _connector="OR",
                ),
                name="answer_given_is_not_published",
                violation_error_message="An answer that says when it was published is published.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("question_fr", ""), ("question_nl", "")),
                    models.Q(
                        models.Q(("question_fr", ""), _negated=True),
                        models.Q(("question_nl", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="answer_question_in_both_languages",
                violation_error_message="Write the question in French and in Dutch.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "superseded"), ("superseded_by__isnull", False)),
                    models.Q(
                        models.Q(("status", "superseded"), _negated=True), ("superseded_by__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="answer_superseded_by_another",
                violation_error_message="An answer is replaced if and only if the newer one is known.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "withdrawn"), models.Q(("withdraw_reason", ""), _negated=True)),
                    models.Q(models.Q(("status", "withdrawn"), _negated=True), ("withdraw_reason", "")),
                    _connector="OR",
                ),
                name="answer_withdrawn_says_why",
                violation_error_message="An answer is withdrawn if and only if it says why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_recorded", False),
                    models.Q(("document__isnull", False), models.Q(("on_behalf_of", ""), _negated=True)),
                    _connector="OR",
                ),
                name="answer_recorded_from_a_document",
                violation_error_message="What staff record has its document, and says who answered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "published")),
                fields=("item", "part"),
                name="answer_one_published",
                nulls_distinct=False,
                violation_error_message="This has another answer already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=("id", "item"),
                name="answer_of_its_item",
                violation_error_message="This answer was given to another item.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaypart",
            constraint=models.UniqueConstraint(
                fields=("item", "number"),
                name="relay_part_number_once",
                violation_error_message="This item has a concern with this number already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaypart",
            constraint=models.UniqueConstraint(
                fields=("item", "concern"),
                name="relay_part_once_in_an_item",
                violation_error_message="This concern is in the item already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaypart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)),
                fields=("concern",),
                name="relay_part_in_one_open_note",
                violation_error_message="This concern is in a note already that waits for its answer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaypart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)
                ),
                name="relay_part_has_its_words",
                violation_error_message="A concern that is relayed has a title and a text.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relaypart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fell_out", ""),
                    models.Q(
                        (
                            "fell_out__in",
                            ["raised", "relayed", "answered", "closed", "not_relayed", "withdrawn"],
                        ),
                        ("is_open", False),
                        ("number__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="relay_part_sent_or_fell_out",
                violation_error_message="A concern was sent with the note, or it fell out of it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sentnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("content_hash__regex", "^[0-9a-f]{64}$")),
                name="sent_note_has_its_fingerprint",
                violation_error_message="What was sent has its fingerprint.",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
