"""Work of this room that waits for nobody, in Celery workers on the queue ``bulk``."""

from celery import shared_task

from declarations import attachments


@shared_task
def sweep_attachments() -> None:
    """Delete files that were sent with something that did not come about."""
    attachments.sweep()
