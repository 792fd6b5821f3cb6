"""Every door on one page."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.accounts import urls as accounts
from apps.catalog import urls as catalog
from apps.compliance import urls as compliance
from apps.core import urls as core
from apps.core.styleguide import styleguide
from apps.orders import urls as orders

from . import health, home, spending

api = [
    *core.api,
    *accounts.api,
    *catalog.api,
    *compliance.api,
    *orders.api,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
]

urlpatterns = [
    path("", require_safe(home.home), name="home"),
    path("portal/spend.csv", require_safe(spending.as_csv), name="spend-csv"),
    path("accounts/", include((accounts.portal, "accounts"))),
    path("portal/notifications/", include((accounts.notifications, "notifications"))),
    path("portal/settings/", include((accounts.settings, "settings"))),
    path("portal/catalog/", include((catalog.portal, "catalog"))),
    path("portal/compliance/", include((compliance.portal, "compliance"))),
    path("portal/orders/", include((orders.portal, "orders"))),
    path("portal/quick-order/", include((orders.quick, "quick"))),
    path("portal/deliveries/", include((orders.deliveries, "deliveries"))),
    path("portal/", include((orders.invoices, "invoices"))),
    path("api/v1/", include((api, "api"))),
    path("status/", require_safe(health.status), name="status"),
    path("healthz", require_safe(health.healthz), name="healthz"),
    path("readyz", require_safe(health.readyz), name="readyz"),
    path("admin/", admin.site.urls),
]
handler400 = "apps.core.views.bad_request"
handler403 = "apps.core.views.denied"
handler404 = "apps.core.views.not_found"
handler500 = "apps.core.views.broken"

if settings.DEBUG or settings.REUP_DEMO or settings.REUP_ENV == "test":
    urlpatterns.append(path("styleguide/", require_safe(styleguide), name="styleguide"))
