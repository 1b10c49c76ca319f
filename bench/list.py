"""``python -m bench.list``: how fast the list of declarations answers when it is long.

One trader with 100,000 declarations (``DECLARATIONS``) on the embedded PostgreSQL, in a folder that
is thrown away. Each line is the median of whole pages, made in this process from address to HTML.
Exit code 1 if one takes 200 ms or longer.
"""

import os
import sys

from bench.long_pages import FILL, on_a_server_of_its_own, too_slow

DECLARATIONS = int(os.environ.get("DECLARATIONS", "100000"))
REPEATS = 7
PAGES: dict[str, dict[str, str]] = {
    "first page": {},
    "second page": {"page": "2"},
    "the page in the middle": {"page": str(DECLARATIONS // 100)},
    "last page": {"page": str(DECLARATIONS // 50)},
    "one state": {"state": "under_review"},
    "one kind": {"kind": "transit"},
    "one month": {"filed_from": "2025-03-01", "filed_to": "2025-03-31"},
    "state, kind and days": {"state": "released", "kind": "import", "filed_from": "2025-06-01"},
    "sorted by value": {"sort": "-invoice_amount"},
    "sorted by value, last page": {"sort": "-invoice_amount", "page": str(DECLARATIONS // 50)},
    "sorted by importer": {"sort": "importer"},
    "sorted by reference, far": {"sort": "lrn", "page": "1000"},
    "search: one reference": {"q": "REF-0077123"},
    "search: an MRN": {"q": "25GE0000000004242"},
    "search: a party": {"q": "sharab 117"},
    "search: a word in a third of them": {"q": "wine"},
    "search: a word in Cyrillic": {"q": "коньяк"},
    "search: an HS code": {"q": "2204.21"},
    "search: a chapter": {"q": "10"},
    "search: nothing there": {"q": "zzzyx"},
    "search and state": {"q": "wine", "state": "rejected"},
}


def main() -> int:
    return on_a_server_of_its_own(_measure)


def _measure() -> int:
    from django.db import connection
    from django.urls import reverse

    from tests.factories import make_member, make_organisation

    organisation = make_organisation()
    user, _actor = make_member(organisation)
    with connection.cursor() as cursor:
        cursor.execute(FILL, [organisation.pk, DECLARATIONS, DECLARATIONS])
        cursor.execute("VACUUM ANALYZE declarations_declaration")
    print(f"{DECLARATIONS:,} declarations of one trader; milliseconds from address to page")
    return 1 if too_slow(user, reverse("declaration_list"), PAGES, REPEATS) else 0


if __name__ == "__main__":
    sys.exit(main())
