"""How fast pages answer that have much behind them: what the benches of list and queue share.

The embedded PostgreSQL runs in a folder that is thrown away; pages are made in this process.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LIMIT_MS = 200.0
# Declarations of two years, of 500 importers, 200 exporters and 40 sorts of goods; filled in with
# the trader's key and twice the number of declarations.
FILL = """
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


def on_a_server_of_its_own(measure: Callable[[], int]) -> int:
    """What ``measure`` returns, with Django over an empty database that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    os.environ.update(
        DATA_DIR=str(folder), PORTAL_TESTING="1", PORTAL_COUNTRY="GE",
        DJANGO_SETTINGS_MODULE="portal.settings",
    )
    os.environ.pop("DATABASE_URL", None)
    from portal import embedded

    servers = embedded.start("ge")
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        return measure()
    finally:
        servers.leave()
        shutil.rmtree(folder, ignore_errors=True)


def too_slow(
    user: Any, address: str, pages: Mapping[str, Mapping[str, str]], repeats: int
) -> int:
    """How many pages take ``LIMIT_MS`` or longer at the median; prints a line for each."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    slow = 0
    for name, query in pages.items():
        taken = sorted(_timed(client, address, query) for _ in range(repeats))
        median = statistics.median(taken)
        slow += median >= LIMIT_MS
        print(f"{name:36} {median:8.0f}   worst {taken[-1]:6.0f}", flush=True)
    return slow


def _timed(client: Any, address: str, query: Mapping[str, str]) -> float:
    began = time.perf_counter()
    answer = client.get(address, query)
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.status_code
    return took
