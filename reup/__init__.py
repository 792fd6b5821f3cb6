"""The roof: settings, urls, the three doors on one port, the timetable, and what starts it all locally."""

from .celery import app as celery_app

__all__ = ["celery_app"]
