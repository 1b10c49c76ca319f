"""The pages of permits across the border pass axe, wide and narrow."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from declarations.models import Declaration
from exchange.models import ForeignUse
from tests.browser import sign_in
from tests.foreign_permits.test_issuer import goods, say, word
from tests.foreign_permits.test_user import reviewing
from tests.permits.test_browser import check
from tests.permits.world import World


def test_pages_pass_axe(page: Page, live_server: Any, declaration: Declaration, world: World) -> None:
    permit = world.permit("100")
    say(word(permit))
    say(word(permit, aim="written_off", of=goods("500")))
    reviewing(declaration)
    ForeignUse.objects.update(said_at=timezone.now() - timedelta(hours=5))
    sign_in(page, live_server, world.user)
    check(page, reverse("permits"))
    check(page, reverse("permit", args=[permit.pk]))
    review = declaration.reviews.get()
    sign_in(page, live_server, review.queue.agency.organisation.memberships.get().user)
    check(page, reverse("review", args=[review.pk]))
    page.get_by_label("Why the goods are released").fill("Cherries, and no answer by telephone.")
    page.get_by_role("button", name="Answer for it").click()
    page.get_by_text("The goods may be released").wait_for()
    sign_in(page, live_server, world.trader_user)
    check(page, reverse("declaration", args=[declaration.pk]))
