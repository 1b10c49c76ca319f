"""pytest plugin, loaded before Django's settings: the servers that the tests run against.

Without DATABASE_URL the embedded ones are started, once for all xdist workers. Each worker has its
own test database (pytest-django sees to that) and its own numbered database of the broker.
"""

import os
from pathlib import Path

os.environ["PORTAL_TESTING"] = "1"
os.environ.setdefault("PORTAL_COUNTRY", "GE")
# Playwright's synchronous interface runs an event loop in the test's own thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
PROJECT = Path(__file__).resolve().parent.parent

if "DATABASE_URL" not in os.environ or os.environ.get("PORTAL_EMBEDDED") == "1":
    from portal import embedded

    folder = Path(os.environ.get("DATA_DIR") or PROJECT / ".data" / "test").resolve()
    servers = embedded.Servers(folder, durable=False)
    servers.join()
    os.environ.update(servers.environment("ge", queues=f"test-{WORKER}"))
elif WORKER:
    server, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(WORKER.removeprefix('gw')) + 1}"
