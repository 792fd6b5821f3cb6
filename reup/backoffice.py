"""Names the back office's site, so that `admin.site` is ours everywhere."""

from django.contrib.admin import apps


class BackOffice(apps.AdminConfig):
    default_site = "reup.admin.Site"
