"""Celery tasks of advance information. They may run twice, at once, or never: the rows decide."""

from uuid import UUID

from celery import shared_task

from exchange.advance import news, pending


@shared_task(name="exchange.advance.tasks.bring_together")
def bring_together(subject: str) -> None:
    """Match one message of a neighbour, or one import, with the other side."""
    pending.settle(UUID(subject))


@shared_task(name="exchange.advance.tasks.assess_again")
def assess_again(pk: str) -> None:
    """Assess an import again for what a neighbour told after it was accepted."""
    news.settle(UUID(pk))


@shared_task(name="exchange.advance.tasks.sweep")
def sweep() -> int:
    """Wake workers for what nobody seems to have. Safe to run at any time."""
    found = pending.due()
    for subject in found:
        bring_together.delay(str(subject))
    late = news.due()
    for pk in late:
        assess_again.delay(str(pk))
    return len(found) + len(late)
