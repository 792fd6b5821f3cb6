"""What is sent to a route that is let through, so that it does its work and is not turned away for its words."""

from apps.accounts.models import Location, Membership, Organization
from apps.catalog.models import Product, ProductLink
from apps.core.scope import everyone

REASONS = {"ignore", "release", "discard"}
TICKED = {
    "accounts.membership": "delete_selected",
    "accounts.connection": "delete_selected",
    "accounts.credential": "delete_selected",
    "accounts.license": "delete_selected",
    "accounts.apikey": "revoke",
    "catalog.packrule": "delete_selected",
    "catalog.product": "mark_looked_at",
    "compliance.errorrule": "delete_selected",
    "compliance.capability": "delete_selected",
    "compliance.maintenancewindow": "delete_selected",
    "core.job": "put_back",
    "django_celery_beat.periodictask": "",  # its action calls a worker
}


def body_for(route, pk, asker) -> dict:
    """`pk` is the row that the line names, by its address's word."""
    fixed = {
        "api:sync-runs": {"location": str(pk)},
        "api:match-decisions": {"action": "skip"},
        "admin:core_syncrun_sync": {"location": str(pk)},
        "accounts:organization": {"organization": str(pk)},
        "accounts:theme": {"theme": "dark"},
        "admin:compliance_report_verb cancel": {"why": "reported by phone"},
        "admin:compliance_discrepancy_settle": {"why": "counted: METRC is right"},
        "compliance:receive": {"all": "accept"},
        "api:receipt": {"accept_all": True},
        "admin:compliance_report_verb edit": {"delta": "-3"},
        "admin:compliance_report_outage begin": {"reason": "METRC is away", "hours": "2"},
        "accounts:link_message": {"address": f"0x{'7e' * 20}", "chain_id": "1"},
        "api:api_keys": {"name": "scanner", "scopes": ["products:read"]},
        "api:order-transitions": {"action": "cancel", "data": {"text": "walked"}},
        "admin:orders_order_move claim": {"version": "1"},
        "admin:orders_order_move reject": {"version": "1", "text": "walked"},
        "api:order-messages": {"text": "walked"},
        "api:notification-choices": {"kind": "order_new", "channel": "email", "wanted": False},
        "api:invitations": {"email": "new@asked.test", "roles": ["viewer"]},
    }
    if route.key in fixed:
        return fixed[route.key]
    if route.key == "api:orders":
        return _order_between(asker, pk)
    if route.key in ("settings:member", "api:member"):
        return {"roles": _least_role_beside(pk)}
    if route.key.endswith("_changelist"):
        return {"action": TICKED[route.line.of], "_selected_action": [str(pk)], "index": "0"} if route.line.of else {}
    if route.verb in ("link", "reject"):
        return {"product": _product_beside(pk)}
    return {"reason": "looked at by hand"} if route.verb in REASONS else {}


def _order_between(asker, partner) -> dict:
    """A draft of the asker's, or for a retailer by the asker."""
    with everyone("test"):
        home = Organization.objects.filter(name__contains=f"zq{asker.home}name").first() if asker.home else None
        sells = bool(home and home.sells)
        place = Location.objects.filter(organization=partner if sells else home, name__endswith=" door").first()
    return {
        "seller": str(home.pk if sells else partner),
        "location": str(place.pk if place else partner),
        "lines": [{"sku": "zqnorthshown", "quantity": 1}],
    } | ({"buyer": str(partner)} if sells else {})


def _least_role_beside(membership) -> list[str]:
    """A role that the membership's organization has."""
    with everyone("test"):
        retailer = Membership.objects.filter(pk=membership, organization__side="retailer").exists()
    return ["viewer" if retailer else "support"]


def _product_beside(link) -> str:
    """A product of the organization whose link it is."""
    with everyone("test"):
        owner = ProductLink.objects.filter(pk=link).values("organization")
        found = Product.objects.filter(organization__in=owner, is_listed=True).first()
    return str(found.pk) if found else ""
