"""The timetable: what runs by itself, how often. Staff may pause a line in the admin; that survives a restart."""

from celery.schedules import crontab, schedule


def timetable(*, inventory_minutes: int) -> dict:
    """Celery Beat's entries by name. A renamed line leaves its old row behind: delete it with a migration."""
    return {
        "Read the stores' inventory": {
            "task": "catalog.sync_stores",
            "schedule": schedule(inventory_minutes * 60),
        },
        "METRC: reports that are due": {"task": "compliance.send_due", "schedule": schedule(5)},
        "METRC: packages and transfers": {"task": "compliance.pull_mirrors", "schedule": schedule(30)},
        "METRC: its books beside our shelves": {"task": "catalog.compare_all", "schedule": crontab(minute=23)},
        "METRC: late reports, held keys": {"task": "compliance.watch", "schedule": schedule(60)},
        "Orders: holds, claims and answers whose time has come": {"task": "orders.move_on", "schedule": schedule(60)},
        "Orders: invoices that are overdue": {"task": "orders.mark_overdue", "schedule": crontab(minute=22)},
        "Sweep: jobs a crash left behind": {"task": "core.sweep", "schedule": schedule(10)},
        "Clean: old events, finished jobs, old journal": {
            "task": "core.clean",
            "schedule": crontab(minute=17, hour=9),
        },
        "Clean: tries and sign-ins long over": {"task": "accounts.clean", "schedule": crontab(minute=27, hour=9)},
        "Warn: licences that end soon": {
            "task": "accounts.warn_of_licenses",
            "schedule": crontab(minute=12),  # each site's day begins at its own hour; what was told is not told again
        },
        "Audit: heads written down outside the database": {"task": "core.export_heads", "schedule": crontab(minute=3)},
        "Audit: every chain walked from its first link": {
            "task": "core.verify_audit",
            "schedule": crontab(minute=33, hour=8),
        },
        "Check: the rules that must always hold": {
            "task": "core.check_invariants",
            "schedule": crontab(minute=41),
        },
    }
