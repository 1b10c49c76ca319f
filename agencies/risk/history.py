"""What is known of a trader from its earlier declarations: one query.

The trader is who the declaration is for: the organisation that gave the mandate, else the one that
filed it. Counted are those of goods (not the applications for permits) that were accepted before,
the newest thousand, so that the question takes as long for a trader of twenty years as for one of
last year.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from agencies.facts import Known
from declarations.models import Declaration

MOST = 1000

# Each half reads one index from its newest end.
_QUERY = """
SELECT count(*),
       count(*) FILTER (WHERE state = 'refused'),
       count(*) FILTER (WHERE EXISTS (
           SELECT FROM agencies_inspection i
           WHERE i.declaration_id = earlier.id AND i.state = 'closed' AND i.discrepancy
             AND i.closed_at < %(before)s))
FROM (
    SELECT id, state, created_at FROM (
        (SELECT id, state, created_at FROM declarations_declaration
         WHERE organisation_id = %(trader)s AND principal_id IS NULL
           AND accepted_at < %(before)s AND id <> %(own)s AND kind <> 'lpco'
         ORDER BY created_at DESC LIMIT %(most)s)
        UNION ALL
        (SELECT id, state, created_at FROM declarations_declaration
         WHERE principal_id = %(trader)s
           AND accepted_at < %(before)s AND id <> %(own)s AND kind <> 'lpco'
         ORDER BY created_at DESC LIMIT %(most)s)
    ) halves
    ORDER BY created_at DESC LIMIT %(most)s
) earlier
"""


def history(declaration: Declaration, before: datetime) -> Known:
    """How many were accepted before that moment, how many of those are refused, and on how many an
    inspection had found a discrepancy by then."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, {
            "trader": declaration.principal_id or declaration.organisation_id,
            "before": before, "own": declaration.pk, "most": MOST,
        })
        earlier, refused, found = cursor.fetchone()
    return Known(earlier=earlier, refused=refused, found=found)
