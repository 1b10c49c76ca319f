"""The composition root: wires the apps together and owns no domain rule."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
