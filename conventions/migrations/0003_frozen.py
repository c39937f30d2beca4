"""What is frozen, and what is only ever added to, whoever writes behind the models' back.

Row triggers, which let through a transaction that set `hubportal.retention` (and TRUNCATE, which tests use).
"""

from django.db import migrations

APPEND_ONLY = ("amendmentevent", "articlerevision", "conventionevent", "document", "evidence")
PARTS = ("amendmentarticle", "article", "conventiontheme", "projectagreement", "signatory")
FORWARD = """
CREATE FUNCTION conventions_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION conventions_is_frozen(part jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    -- The lock makes who writes here wait for a text that is being frozen.
    IF part->>'amendment_id' IS NOT NULL THEN
        SELECT status INTO found FROM conventions_amendment WHERE id = (part->>'amendment_id')::bigint FOR SHARE;
    ELSE
        SELECT status INTO found FROM conventions_convention WHERE id = (part->>'convention_id')::bigint FOR SHARE;
    END IF;
    IF found IN ('draft', 'negotiation') THEN RETURN ''; END IF;
    RETURN coalesce(found, '');
END $$;

CREATE FUNCTION conventions_frozen_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    signing text[] := ARRAY['signed_on', 'method', 'signed_hash', 'evidence_id'];
    status text := '';
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') <> 'on' THEN
        IF before IS NOT NULL THEN status := conventions_is_frozen(before); END IF;
        IF status = '' AND after IS NOT NULL THEN status := conventions_is_frozen(after); END IF;
        IF status = ''
            OR (TG_TABLE_NAME = 'conventions_signatory' AND status = 'to_sign' AND before - signing = after - signing)
            -- A project that was annexed after the signature is a document of its own.
            OR (TG_TABLE_NAME = 'conventions_projectagreement'
                AND NOT coalesce((before->>'is_frozen')::boolean, false)
                AND NOT coalesce((after->>'is_frozen')::boolean, false))
        THEN
            NULL;
        ELSE
            RAISE EXCEPTION '% is part of a frozen text', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

-- The arguments are the columns that the fingerprint covers.
CREATE FUNCTION conventions_frozen_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    name text;
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') = 'on' OR OLD.content_hash = '' THEN
        RETURN NEW;
    END IF;
    IF NEW.content_hash = '' AND OLD.status = 'to_sign' AND NEW.status = 'negotiation' THEN RETURN NEW; END IF;
    IF NEW.content_hash <> OLD.content_hash THEN
        RAISE EXCEPTION 'the fingerprint of % stands', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF before->name IS DISTINCT FROM after->name THEN
            RAISE EXCEPTION '%.% is part of a frozen text', TG_TABLE_NAME, name USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER conventions_convention_frozen BEFORE UPDATE ON conventions_convention FOR EACH ROW
    EXECUTE FUNCTION conventions_frozen_whole('commune_id', 'reference', 'in_force_from', 'notice_months',
        'renewal_months', 'first_period_until', 'signed_until', 'frozen_at');
CREATE TRIGGER conventions_amendment_frozen BEFORE UPDATE ON conventions_amendment FOR EACH ROW
    EXECUTE FUNCTION conventions_frozen_whole('title_fr', 'title_nl', 'in_force_from', 'new_last_day', 'frozen_at');

CREATE FUNCTION conventions_frozen_theme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.name_fr, NEW.name_nl) IS DISTINCT FROM (OLD.name_fr, OLD.name_nl)
        AND coalesce(current_setting('hubportal.retention', true), '') <> 'on'
        AND EXISTS (
            SELECT FROM conventions_conventiontheme part JOIN conventions_convention whole
                ON whole.id = part.convention_id
            WHERE part.theme_id = OLD.code AND whole.content_hash <> ''
        )
    THEN
        RAISE EXCEPTION 'the name of a theme is part of a frozen text' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conventions_theme_frozen BEFORE UPDATE ON conventions_theme
    FOR EACH ROW EXECUTE FUNCTION conventions_frozen_theme();

CREATE FUNCTION conventions_amendment_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last integer;
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (NEW.number, NEW.convention_id) <> (OLD.number, OLD.convention_id))
    THEN
        RAISE EXCEPTION 'an amendment keeps its number' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT coalesce(max(number), 0) INTO last FROM conventions_amendment WHERE convention_id = NEW.convention_id;
        -- One that is there already is refused by its unique constraint, which has a message.
        IF NEW.number > last + 1 THEN
            RAISE EXCEPTION 'amendments are numbered without gaps' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conventions_amendment_numbers BEFORE INSERT OR UPDATE OR DELETE ON conventions_amendment
    FOR EACH ROW EXECUTE FUNCTION conventions_amendment_numbers();
"""
FORWARD += "".join(
    f"""
CREATE TRIGGER conventions_{table}_append_only BEFORE UPDATE OR DELETE ON conventions_{table}
    FOR EACH ROW EXECUTE FUNCTION conventions_append_only();
"""
    for table in APPEND_ONLY
)
FORWARD += "".join(
    f"""
CREATE TRIGGER conventions_{table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON conventions_{table}
    FOR EACH ROW EXECUTE FUNCTION conventions_frozen_part();
"""
    for table in PARTS
)
TRIGGERS = [
    *((table, "append_only") for table in APPEND_ONLY),
    *((table, "frozen") for table in (*PARTS, "convention", "amendment", "theme")),
    ("amendment", "numbers"),
]
FUNCTIONS = (
    "append_only()", "frozen_part()", "is_frozen(jsonb)", "frozen_whole()", "frozen_theme()", "amendment_numbers()",
)  # fmt: skip
BACKWARD = "".join(
    f"DROP TRIGGER conventions_{table}_{name} ON conventions_{table};\n" for table, name in TRIGGERS
) + "".join(f"DROP FUNCTION conventions_{name};\n" for name in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("conventions", "0002_agreements")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
