"""``python -m bench.list``: how fast the list of declarations answers when it is long.

One trader with 100,000 declarations (``DECLARATIONS``) on the embedded PostgreSQL, in a folder that
is thrown away. Each line is the median of whole pages, made in this process from address to HTML.
Exit code 1 if one takes 200 ms or longer.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DECLARATIONS = int(os.environ.get("DECLARATIONS", "100000"))
REPEATS, LIMIT_MS = 7, 200.0
PAGES = {
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
# Declarations of two years, of 500 importers, 200 exporters and 40 sorts of goods.
_FILL = """
INSERT INTO declarations_declaration (id, organisation_id, kind, state, profile, profile_version,
  lrn, mrn, declarant_id, importer, exporter, export_country, destination_country, transport_mode,
  office, invoice_amount, invoice_currency, gross_mass_kg, item_count, goods, hs_codes, created_at,
  changed_at, submitted_at, check_attempts)
SELECT gen_random_uuid(), %s, (array['import','import','export','transit'])[1 + n %% 4],
  (array['released','released','released','under_review','rejected','draft','inspection'])[1 + n %% 7],
  'carec', '1.0', 'REF-' || lpad(n::text, 7, '0'),
  CASE WHEN n %% 7 < 4 THEN '25GE' || lpad(n::text, 14, '0') END, '204876543',
  'Kolkheti Trade ' || n %% 500, 'Ganja Sharab ' || n %% 200, 'AZ', 'GE', '3', 'GE000101',
  (n * 7919 %% 1000000) / 100.0, 'USD', n %% 20000, 1 + n %% 5,
  (array['Red grape wine', 'Maize for feed', 'Ferro-chromium', 'Коньяк', 'Hazelnuts'])[1 + n %% 5]
    || ' ' || n %% 40,
  array[(array['220421','100590','720241','220820','080222'])[1 + n %% 5],
        lpad((n %% 9000 + 10000)::text, 6, '2')],
  now() - interval '7 minutes' * (%s - n), now(), timestamptz '2025-01-01' + interval '7 minutes' * n, 0
FROM generate_series(1, %s) AS n
"""


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="bench-list-"))
    os.environ.update(
        DATA_DIR=str(folder), PORTAL_TESTING="1", PORTAL_COUNTRY="GE",
        DJANGO_SETTINGS_MODULE="portal.settings",
    )
    os.environ.pop("DATABASE_URL", None)
    from portal import embedded

    servers = embedded.start("ge")
    try:
        return _measure()
    finally:
        servers.leave()
        shutil.rmtree(folder, ignore_errors=True)


def _measure() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from tests.factories import make_member, make_organisation

    call_command("migrate", verbosity=0)
    organisation = make_organisation()
    user, _actor = make_member(organisation)
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [organisation.pk, DECLARATIONS, DECLARATIONS])
        cursor.execute("VACUUM ANALYZE declarations_declaration")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    slow = 0
    print(f"{DECLARATIONS:,} declarations of one trader; milliseconds from address to page")
    for name, query in PAGES.items():
        taken = sorted(_timed(client, reverse("declaration_list"), query) for _ in range(REPEATS))
        median = statistics.median(taken)
        slow += median >= LIMIT_MS
        print(f"{name:36} {median:8.0f}   worst {taken[-1]:6.0f}", flush=True)
    return 1 if slow else 0


def _timed(client: Any, address: str, query: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = client.get(address, query)
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.status_code
    return took


if __name__ == "__main__":
    sys.exit(main())
