"""Moves a seed's dates, so that the day it was written for is today."""

import re
from datetime import datetime, timedelta

DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T[\d:]+Z)?")


def moved(value, days: timedelta):
    """The same value with every date in it moved by so many days; a bare day becomes its midnight."""
    if isinstance(value, dict):
        return {name: moved(inner, days) for name, inner in value.items()}
    if isinstance(value, list):
        return [moved(inner, days) for inner in value]
    if isinstance(value, str) and (found := DAY.fullmatch(value)):
        day = datetime.fromisoformat(found[1]) + days
        return f"{day.date()}{found[2] or 'T00:00:00Z'}"
    return value
