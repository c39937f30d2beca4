"""The journal refuses UPDATE and DELETE, but for a transaction that set `hubportal.retention`."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_journalentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('hubportal.retention', true), '') = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_journalentry_append_only BEFORE UPDATE OR DELETE ON accounts_journalentry
    FOR EACH ROW EXECUTE FUNCTION accounts_journalentry_append_only();
"""
BACKWARD = """
DROP TRIGGER accounts_journalentry_append_only ON accounts_journalentry;
DROP FUNCTION accounts_journalentry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
