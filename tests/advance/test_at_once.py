"""Export and import that come in the same moment find each other, and a pair is one pair."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from exchange.advance import pending
from exchange.advance.models import Advance, Match, Pending
from portal.accounts.models import Organisation
from portal.journal.models import Event
from tests.advance.conftest import Tell, export_of, file, import_of
from tests.factories import make_member

ROUNDS, HANDS = 6, 6


def settle(subject: uuid.UUID) -> None:
    try:
        pending.settle(subject)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_both_sides_at_once(transactional_db: None, tell: Tell, trader: Organisation) -> None:
    actor = make_member(trader)[1]
    for number in range(ROUNDS):
        ucr = {"ID": f"6AZ3100672915-{number:04}"}
        movement = uuid.uuid4()
        subjects = [
            tell(export_of(trader, ucr), "accepted", movement=movement).pk,
            tell(export_of(trader, ucr), "released", movement=movement, position=2).pk,
            file(actor, import_of(trader, ucr)).pk,
        ]
        with ThreadPoolExecutor(HANDS) as pool:
            list(pool.map(settle, subjects * 2))
        for subject in subjects:  # what a sweep does with what a busy row left over
            pending.settle(subject)
        assert not Pending.objects.exists()
    assert Match.objects.count() == Advance.objects.count() == ROUNDS
    for advance in Advance.objects.all():
        kinds = list(Event.objects.of(advance.pk).values_list("kind", flat=True))
        assert kinds.count("advance_matched") == 1 and advance.progress == "left"
        assert advance.message.position == 2
