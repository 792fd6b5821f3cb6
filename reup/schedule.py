"""The timetable: what runs by itself, how often. Staff may pause a line in the admin; that survives a restart."""

from celery.schedules import crontab, schedule


def timetable(*, inventory_minutes: int) -> dict:
    """Celery Beat's entries by name. A renamed line leaves its old row behind: delete it with a migration."""
    return {
        "Read the stores' inventory": {
            "task": "catalog.sync_stores",
            "schedule": schedule(inventory_minutes * 60),
        },
        "Sweep: jobs a crash left behind": {"task": "core.sweep", "schedule": schedule(10)},
        "Clean: old events, finished jobs, old journal": {
            "task": "core.clean",
            "schedule": crontab(minute=17, hour=9),
        },
        "Clean: tries and sign-ins long over": {"task": "accounts.clean", "schedule": crontab(minute=27, hour=9)},
        "Check: the rules that must always hold": {
            "task": "core.check_invariants",
            "schedule": crontab(minute=41),
        },
    }
