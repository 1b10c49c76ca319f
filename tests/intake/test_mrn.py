"""MRNs: their form, and numbers without gaps however many take them and give up."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction
from django.test import override_settings

from declarations import mrn
from declarations.models import MrnNumber

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def numbers(mrns: list[str]) -> list[int]:
    return sorted(int(one[7:17]) for one in mrns)


def test_the_check_character_is_that_of_iso_6346() -> None:
    # The standard's own example, and a container of Hapag-Lloyd's.
    assert mrn.check_character("CSQU305438") == "3"
    assert mrn.check_character("HLXU200841") == "9"


@pytest.mark.django_db
def test_form() -> None:
    with transaction.atomic():
        taken = mrn.take(NOON)
    assert taken[:17] == "25GE0600000000001"
    assert len(taken) == 18
    assert mrn.is_valid(taken)


@pytest.mark.django_db
def test_a_slip_of_the_pen_is_noticed() -> None:
    taken = mrn.take(NOON)
    for place in range(17):
        wrong = taken[:place] + ("1" if taken[place] != "1" else "2") + taken[place + 1 :]
        assert not mrn.is_valid(wrong)
    for nonsense in ("", taken[:-1], taken.lower(), "25GE06000000000-11"):
        assert not mrn.is_valid(nonsense)


@pytest.mark.django_db
def test_the_day_is_that_of_the_portal() -> None:
    late = datetime(2025, 3, 1, 21, tzinfo=UTC)  # already 2 March in Tbilisi
    with override_settings(PORTAL_TIME_ZONE="Asia/Tbilisi"):
        assert mrn.take(late)[4:7] == "061"
    with override_settings(PORTAL_TIME_ZONE="UTC"):
        assert mrn.take(late)[4:7] == "060"


@pytest.mark.django_db
def test_each_day_begins_anew_and_old_leftovers_go() -> None:
    assert numbers([mrn.take(NOON), mrn.take(NOON)]) == [1, 2]
    assert numbers([mrn.take(datetime(2025, 3, 5, 12, tzinfo=UTC))]) == [1]
    assert set(MrnNumber.objects.values_list("year_day", flat=True)) == {"25064"}


@pytest.mark.django_db
def test_the_pool_is_filled_up_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mrn, "BATCH", 3)
    assert numbers([mrn.take(NOON) for _ in range(10)]) == list(range(1, 11))


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_the_number_back() -> None:
    class GivenUp(Exception):
        pass

    with transaction.atomic():
        first = mrn.take(NOON)
    with pytest.raises(GivenUp), transaction.atomic():
        second = mrn.take(NOON)
        raise GivenUp
    with transaction.atomic():
        again = mrn.take(NOON)
    assert numbers([first]) == [1]
    assert again == second


@pytest.mark.django_db(transaction=True)
def test_takers_do_not_wait_for_each_other() -> None:
    """One holds its number in an open transaction; another takes the next and is done before it."""
    with transaction.atomic():
        mrn.take(NOON)  # fills the pool and commits
    taken: list[str] = []

    def other() -> None:
        with transaction.atomic():
            taken.append(mrn.take(NOON))
        connections.close_all()

    with transaction.atomic():
        held = mrn.take(NOON)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
    assert numbers([held, *taken]) == [2, 3]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight threads, every third transaction rolled back, a pool that runs dry on the way."""
    monkeypatch.setattr(mrn, "BATCH", 7)
    taken: list[str] = []
    failures: list[Exception] = []

    def work(seed: int) -> None:
        try:
            for step in range(20):
                with transaction.atomic():
                    number = mrn.take(NOON)
                    if (seed + step) % 3 == 0:
                        transaction.set_rollback(True)
                    else:
                        taken.append(number)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with transaction.atomic():
        # What was given back last is still free; whoever comes next fills it in.
        while numbers(taken) != list(range(1, len(taken) + 1)):
            taken.append(mrn.take(NOON))
            assert len(taken) < 8 * 20
    assert len(taken) == len(set(taken))
