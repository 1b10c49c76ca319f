"""Searching and sorting the list of declarations by index."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

# Of PostgreSQL's own functions array_to_string is not called immutable, because of types whose text
# depends on settings; that of texts does not.
_FUNCTIONS = """
CREATE FUNCTION declaration_words(lrn text, mrn text, importer text, exporter text, goods text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT lower(lrn || E'\\n' || coalesce(mrn, '') || E'\\n' || importer || E'\\n' || exporter || E'\\n' || goods)
$$;
CREATE FUNCTION declaration_codes(hs_codes varchar[])
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN RETURN ' ' || array_to_string(hs_codes, ' '); END $$;
"""
_INDEXES = """
CREATE INDEX declaration_words ON declarations_declaration
USING gin (declaration_words(lrn, mrn, importer, exporter, goods) gin_trgm_ops);
CREATE INDEX declaration_codes ON declarations_declaration
USING gin (declaration_codes(hs_codes) gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("declarations", "0005_code_editions")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(
            _FUNCTIONS,
            "DROP FUNCTION declaration_words(text, text, text, text, text);"
            "DROP FUNCTION declaration_codes(varchar[]);",
        ),
        migrations.RunSQL(_INDEXES, "DROP INDEX declaration_words; DROP INDEX declaration_codes;"),
        migrations.AddIndex(
            "declaration",
            models.Index(
                fields=["organisation", "state", "-created_at"], name="declarations_by_state"
            ),
        ),
        migrations.AddIndex(
            "declaration",
            models.Index(fields=["organisation", "invoice_amount"], name="declarations_by_value"),
        ),
        migrations.AddIndex(
            "declaration",
            models.Index(fields=["organisation", "submitted_at"], name="declarations_by_filing"),
        ),
    ]
