"""The timetable: its lines stand in code; the platform's own people may pause one or run it now."""

from celery import current_app
from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from kombu.exceptions import OperationalError

from apps.core import audit
from apps.core.backoffice import Audited, moment

admin.site.unregister([PeriodicTask, ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule])


@admin.register(PeriodicTask)
class TimetableAdmin(Audited):
    list_display = ["name", "task", "scheduler", "enabled", "ran", "total_run_count"]
    list_filter = ["enabled"]
    list_select_related = ["interval", "crontab", "solar", "clocked"]
    ordering = ["name"]
    fields = ["name", "task", "scheduler", "enabled", "last_run_at", "total_run_count"]
    readonly_fields = ["name", "task", "scheduler", "last_run_at", "total_run_count"]
    actions = ["run_now"]
    ran = moment("last_run_at", _("Last started, UTC"))

    def get_queryset(self, request):
        """Without beat's own bookkeeping."""
        return super().get_queryset(request).exclude(name__startswith="celery.")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Run now"), permissions=["change"])
    def run_now(self, request, queryset):
        """Hand the task to a worker with `now`, which needs no turn of the timetable."""
        for line in queryset:
            try:
                current_app.send_task(line.task, kwargs={"now": True}, expires=600)
            except OperationalError:
                messages.error(
                    request, _("Redis does not answer, so “%(name)s” was not started.") % {"name": line.name}
                )
                return
            audit.record(request.user, "timetable.run_now", ("task", line.task))
            messages.success(request, _("“%(name)s” was handed to a worker.") % {"name": line.name})
