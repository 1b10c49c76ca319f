"""A published rule set stays as it is: a trigger refuses every change of it and of its rules.

Allowed is what ends it: its status from published to retired, and its ``effective_to``. An operator
who must may still take the triggers off: that is a visible act of the database's owner.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION agencies_keep_rule_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status = 'draft' THEN RETURN OLD; END IF;
    ELSIF OLD.status = 'draft' THEN
        RETURN NEW;
    ELSIF NEW.status IN (OLD.status, 'retired') AND
        to_jsonb(NEW) - 'status' - 'effective_to' = to_jsonb(OLD) - 'status' - 'effective_to' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rule set version % is published: % refused', OLD.version, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE FUNCTION agencies_keep_rule() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept integer;
BEGIN
    -- FOR SHARE: nobody publishes the draft between this look and the change.
    IF TG_OP <> 'INSERT' THEN
        SELECT version INTO kept FROM agencies_ruleset
            WHERE id = OLD.rule_set_id AND status <> 'draft' FOR SHARE;
    END IF;
    IF kept IS NULL AND TG_OP <> 'DELETE' THEN
        SELECT version INTO kept FROM agencies_ruleset
            WHERE id = NEW.rule_set_id AND status <> 'draft' FOR SHARE;
    END IF;
    IF kept IS NOT NULL THEN
        RAISE EXCEPTION 'rule set version % is published: % of a rule refused', kept, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;
CREATE FUNCTION agencies_keep_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps published rules: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON agencies_ruleset
    FOR EACH ROW EXECUTE FUNCTION agencies_keep_rule_set();
CREATE TRIGGER published_stays BEFORE INSERT OR UPDATE OR DELETE ON agencies_rule
    FOR EACH ROW EXECUTE FUNCTION agencies_keep_rule();
CREATE TRIGGER published_stays_table BEFORE TRUNCATE ON agencies_ruleset
    FOR EACH STATEMENT EXECUTE FUNCTION agencies_keep_table();
CREATE TRIGGER published_stays_table BEFORE TRUNCATE ON agencies_rule
    FOR EACH STATEMENT EXECUTE FUNCTION agencies_keep_table();
"""

REMOVE = """
DROP TRIGGER published_stays ON agencies_ruleset;
DROP TRIGGER published_stays ON agencies_rule;
DROP TRIGGER published_stays_table ON agencies_ruleset;
DROP TRIGGER published_stays_table ON agencies_rule;
DROP FUNCTION agencies_keep_rule_set();
DROP FUNCTION agencies_keep_rule();
DROP FUNCTION agencies_keep_table();
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_routing_editor")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
