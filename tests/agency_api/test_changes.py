"""What is written while somebody reads is not missed by the next reading."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from agencies import api_reviews
from portal.accounts.actors import SYSTEM
from portal.journal.kinds import EventKind
from portal.journal.record import record
from tests.agency_api.conftest import System, World


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_after_a_reading_is_in_the_next(
    world: World, phyto: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_reviews, "CLOCKS_DIFFER", timedelta())  # here there is one clock
    review = world.review(world.route(), world.phyto)
    written, read = threading.Event(), threading.Event()

    def change() -> None:
        try:
            with transaction.atomic():
                record(review.declaration_id, EventKind.SERVICE_TIME_LOW, SYSTEM)
                written.set()
                read.wait(30)
        finally:
            connection.close()

    writer = threading.Thread(target=change)
    writer.start()
    assert written.wait(30)
    at_it = phyto.get("reviews").json()  # the change is made, and not seen yet
    read.set()
    writer.join(30)
    later = phyto.get("reviews", changed_since=at_it["as_of"]).json()
    assert [one["id"] for one in later["results"]] == [str(review.pk)]
    assert later["as_of"] > at_it["as_of"]
