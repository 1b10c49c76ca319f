"""The Celery application. Tasks live beside the domain they serve and are found by name."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["portal"], related_name="pipeline")
app.autodiscover_tasks(
    ["agencies.routing_editor", "agencies.risk", "agencies.permits", "agencies.queues",
     "exchange.transit", "exchange.advance"])
