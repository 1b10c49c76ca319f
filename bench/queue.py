"""``python -m bench.queue``: how fast the queue page answers with a million reviews behind it.

One agency with four queues and a review in each of 250,000 declarations (``DECLARATIONS``), of
which one in ten is at work, on the embedded PostgreSQL, in a folder that is thrown away. Each line
is the median of whole pages, made in this process. Exit code 1 if one takes 200 ms or longer.
"""

import os
import sys
import time

from bench.long_pages import FILL, on_a_server_of_its_own, too_slow

DECLARATIONS = int(os.environ.get("DECLARATIONS", "250000"))
REPEATS = 5
PAGES: dict[str, dict[str, str]] = {
    "to take up": {}, "mine": {"show": "mine"}, "taken up": {"show": "taken"},
    "waiting": {"show": "waiting"}, "all": {"show": "all"},
    "by priority": {"sort": "priority"}, "by lane": {"sort": "lane"},
    "one queue": {"queue": "bench-1"}, "overdue": {"due": "late"}, "red lane": {"lane": "red"},
    "all, inspections, red": {"show": "all", "kind": "inspection", "lane": "red"},
    "search: one reference": {"q": "REF-0077123", "show": "all"},
    "search: a common word": {"q": "wine"}, "search: a common word, all": {"q": "wine", "show": "all"},
    "search: nothing there": {"q": "zzzyx", "show": "all"},
}
_REVIEWS = """
INSERT INTO agencies_review (id, declaration_id, queue_id, tier, kind, state, priority, lane, snapshot,
  claimed_by_id, reason_code, reason, created_at, opened_at, due_at, closed_at, paused_at)
SELECT gen_random_uuid(), id, %s, 1, (array['documentary','permit','inspection','release'])[1 + n %% 4],
  CASE WHEN n %% 10 > 0 THEN 'approved' WHEN n %% 30 = 0 THEN 'claimed' ELSE 'open' END, n %% 3,
  (array['','green','green','yellow','blue','red','green'])[1 + n %% 7], '{"rules": []}',
  CASE WHEN n %% 30 = 0 THEN %s::uuid END, '', '', t, t, t + interval '2 days',
  CASE WHEN n %% 10 > 0 THEN t + interval '1 day' END,
  CASE WHEN n %% 70 = 0 THEN t + interval '1 hour' END
FROM (SELECT id, n, now() - interval '1 minute' * n AS t FROM (
  SELECT id, row_number() OVER (ORDER BY lrn) AS n FROM declarations_declaration) AS d) AS d
"""


def main() -> int:
    return on_a_server_of_its_own(_measure)


def _measure() -> int:
    from django.db import connection
    from django.urls import reverse

    from agencies import decisions
    from agencies.models import Queue, Review
    from portal.accounts.roles import Role
    from tests.factories import make_agency, make_officer, make_organisation

    agency, trader = make_agency("bench"), make_organisation()
    officer, actor = make_officer(agency, Role.SUPERVISOR)
    queues = [*agency.queues.all()] + [
        Queue.objects.create(agency=agency, code=f"bench-{n}", name=f"Queue {n}") for n in range(1, 4)
    ]
    with connection.cursor() as cursor:
        cursor.execute(FILL, [trader.pk, DECLARATIONS, DECLARATIONS])
        for queue in queues:
            cursor.execute(_REVIEWS, [queue.pk, officer.pk])
        cursor.execute("VACUUM ANALYZE declarations_declaration")
        cursor.execute("VACUUM ANALYZE agencies_review")
    count = Review.objects.count()
    middle = Review.objects.order_by("opened_at")[count // 2]
    work = Review.objects.in_queue().filter(state="open")[count // 20]
    pages = PAGES | {
        "deep: all, the middle": {"show": "all", "after": str(middle.pk)},
        "deep: to take up, the middle": {"after": str(work.pk)},
        "deep: by lane, the middle": {"sort": "lane", "after": str(work.pk)},
        "back: to take up, the middle": {"before": str(work.pk)},
        "back: by lane, the middle": {"sort": "lane", "before": str(work.pk)},
    }
    print(f"{count:,} reviews of one agency; milliseconds from address to page")
    slow = too_slow(officer, reverse("review_queue"), pages, REPEATS)
    begun = time.perf_counter()
    decisions.claim_next(actor)
    print(f"{'take up the next':36} {(time.perf_counter() - begun) * 1000:8.0f}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
