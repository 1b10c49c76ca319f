"""A published risk profile stays as it is, and so does every assessment.

The functions take their tables as arguments, so that whatever is kept in versions can use them.
Allowed of a published version is what ends it: its status to retired, and its ``effective_to``.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION agencies_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN COALESCE(NEW, OLD);
    ELSIF TG_OP = 'UPDATE' AND NEW.status IN (OLD.status, 'retired') AND
        to_jsonb(NEW) - 'status' - 'effective_to' = to_jsonb(OLD) - 'status' - 'effective_to' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%: version % is published: % refused', TG_TABLE_NAME, OLD.version, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
-- Of a line of a version: the first argument is the table of versions, the second the column that
-- leads there. FOR SHARE: nobody publishes the draft between this look and the change.
CREATE FUNCTION agencies_keep_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line jsonb;
    kept integer;
BEGIN
    FOREACH line IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
        CONTINUE WHEN line IS NULL;
        EXECUTE format(
            'SELECT version FROM %I WHERE id = $1 AND status <> ''draft'' FOR SHARE', TG_ARGV[0]
        ) INTO kept USING (line ->> TG_ARGV[1])::uuid;
        IF kept IS NOT NULL THEN
            RAISE EXCEPTION '%: version % is published: % of a rule refused',
                TG_ARGV[0], kept, TG_OP USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE FUNCTION agencies_keep_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is a record: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON agencies_riskprofile
    FOR EACH ROW EXECUTE FUNCTION agencies_keep_version();
CREATE TRIGGER published_stays BEFORE INSERT OR UPDATE OR DELETE ON agencies_riskrule
    FOR EACH ROW EXECUTE FUNCTION agencies_keep_line('agencies_riskprofile', 'profile_id');
CREATE TRIGGER record_stays BEFORE UPDATE OR DELETE ON agencies_riskassessment
    FOR EACH ROW EXECUTE FUNCTION agencies_keep_record();
CREATE TRIGGER published_stays_table BEFORE TRUNCATE ON agencies_riskprofile
    FOR EACH STATEMENT EXECUTE FUNCTION agencies_keep_table();
CREATE TRIGGER published_stays_table BEFORE TRUNCATE ON agencies_riskrule
    FOR EACH STATEMENT EXECUTE FUNCTION agencies_keep_table();
CREATE TRIGGER record_stays_table BEFORE TRUNCATE ON agencies_riskassessment
    FOR EACH STATEMENT EXECUTE FUNCTION agencies_keep_record();
"""

REMOVE = """
DROP TRIGGER published_stays ON agencies_riskprofile;
DROP TRIGGER published_stays ON agencies_riskrule;
DROP TRIGGER record_stays ON agencies_riskassessment;
DROP TRIGGER published_stays_table ON agencies_riskprofile;
DROP TRIGGER published_stays_table ON agencies_riskrule;
DROP TRIGGER record_stays_table ON agencies_riskassessment;
DROP FUNCTION agencies_keep_version();
DROP FUNCTION agencies_keep_line();
DROP FUNCTION agencies_keep_record();
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0013_risk_profiles")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
