"""What the running portal may do in its database: everything, but change what has been recorded.

The tables belong to the role that migrates. Web, workers and beat connect as another role, which
can add to the append-only tables and read them: no statement that it can send changes or removes a
record, nor takes off the triggers that refuse it (PostgreSQL: only an owner may).
"""

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg2 import sql

READ_AND_ADD = "SELECT, INSERT"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"


def append_only_tables() -> frozenset[str]:
    """The tables of all models that say ``append_only = True``."""
    return frozenset(
        model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)
    )


@transaction.atomic
def grant(role: str, password: str = "") -> None:
    """Let ``role`` run the portal; it is made if there is none. Safe to repeat, and due after each
    migration, because new tables are granted to nobody.

    Raises ``django.db.ProgrammingError`` where the connection's own role owns too little for it.
    """
    who = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(who))
        if password:
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(who, sql.Literal(password))
            )
        for table in connection.introspection.table_names(cursor):
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, who))
            if table != MigrationRecorder.Migration._meta.db_table:
                rights = READ_AND_ADD if table in append_only_tables() else EVERYTHING
            else:
                rights = "SELECT"
            cursor.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), name, who)
            )
        cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(who))
