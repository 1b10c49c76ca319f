"""Writing down, day by day, which permits are over."""

from celery import shared_task

from agencies.permits import changing
from agencies.permits.issuing import today
from agencies.permits.models import Permit
from agencies.permits.states import PermitState

AT_ONCE = 1000


@shared_task
def expire_permits() -> None:
    """Each in a transaction of its own. Safe to run at any time: pages judge by the date anyway."""
    over = Permit.objects.filter(
        state__in=[PermitState.IN_FORCE, PermitState.SUSPENDED], valid_to__lt=today()
    )
    for pk in list(over.order_by("valid_to").values_list("pk", flat=True)[:AT_ONCE]):
        changing.expire(pk)
