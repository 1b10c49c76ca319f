"""What issuer, officer, supervisor and trader see and do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.permits.issuing import today
from agencies.permits.models import Permit
from declarations.models import Declaration
from exchange.models import ForeignUse
from exchange.permits.states import Answer
from tests.foreign_permits.conftest import THEIRS
from tests.foreign_permits.test_issuer import balance, goods, say, word
from tests.foreign_permits.test_user import reviewing
from tests.permits.world import World


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_issuer_sees_uses_abroad_and_gives_a_silent_one_back(world: World) -> None:
    permit = world.permit("100")
    say(word(permit))
    say(word(permit, of=goods("500")))
    officer = signed_in(world.user)
    page = officer.get(f"/permits/{permit.pk}/").content.decode()
    assert "Uses in other countries" in page and "26AZ0000000000001X" in page
    assert "Less than this quantity is left." in page and "Give it back" not in page
    Permit.objects.filter(pk=permit.pk).update(
        valid_from=today() - timedelta(days=90), valid_to=today() - timedelta(days=31)
    )
    assert "nothing heard since" in officer.get("/permits/").content.decode()
    assert "Give it back" in officer.get(f"/permits/{permit.pk}/").content.decode()
    use = permit.uses_abroad.get(state="reserved")
    address = f"/permits/{permit.pk}/abroad/{use.pk}/give-back/"
    assert signed_in(world.trader_user).post(address).status_code in (403, 404)
    officer.post(address, {"reason": "Baku says that the goods never came."})
    assert balance(permit) == [0, 0, 100]


def test_the_trader_reads_the_state_and_the_remedy(
    declaration: Declaration, world: World
) -> None:
    trader = signed_in(world.trader_user)
    address = f"/declarations/{declaration.pk}/"
    page = trader.get(address).content.decode()
    assert "Permits of other countries" in page and THEIRS in page
    assert "not released before the answer" in page and "Note it" not in page
    ForeignUse.objects.update(answer=Answer.REFUSED, reason="quantity")
    page = trader.get(address).content.decode()
    assert "Amend the declaration to what is left" in page and "Ask again" not in page


@pytest.mark.parametrize("late", [False, True])
def test_the_officer_acts_from_the_review(declaration: Declaration, late: bool) -> None:
    supervisor = reviewing(declaration)
    review, use = declaration.reviews.get(), ForeignUse.objects.get()
    if late:
        ForeignUse.objects.update(said_at=timezone.now() - timedelta(hours=5))
    client = signed_in(review.queue.agency.organisation.memberships.get().user)
    page = client.get(f"/reviews/{review.pk}/").content.decode()
    assert "Quantity found, if less" in page and ("Answer for it" in page) is late
    assert supervisor.user_id
    found = client.post(f"/foreign-permits/{use.pk}/found/", {"quantity": "27,5"}, follow=True)
    assert "So much is written off" in found.content.decode()
    wrong = client.post(f"/foreign-permits/{use.pk}/found/", {"quantity": "many"}, follow=True)
    assert "as a number" in wrong.content.decode()
    done = client.post(f"/foreign-permits/{use.pk}/vouch/", {"reason": "Cherries."}, follow=True)
    use.refresh_from_db()
    assert (use.vouched_at is not None) is late
    assert ("still has time" in done.content.decode()) is not late
