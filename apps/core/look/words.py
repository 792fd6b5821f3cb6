"""What scripts say to people, translated by the server: they find it in the body's data-words."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Names in braces are filled in by static/js."""
    return {
        "live": _("Live"),
        "late": _("Reconnecting"),
        "off": _("Offline"),
        "out": _("Signed out"),
        "changed": _("changed just now, was {was}"),
        "was": _("was {was}"),
        "waits": _("changed just now, is {now}"),
        "gone": _("no longer in this list"),
        "one": _("{name}: {now}, was {was}"),
        "many": _("{n} things changed"),
        "new_product": _("1 new product"),
        "new_products": _("{n} new products"),
        "new_order": _("1 new order"),
        "new_orders": _("{n} new orders"),
        "new_transfer": _("1 new transfer"),
        "new_transfers": _("{n} new transfers"),
        "show": _("Show"),
        "stale": _("Stale"),
        "seconds": _("{n} s ago"),
        "minutes": _("{n} min ago"),
        "hours": _("{n} h ago"),
        "now": _("just now"),
    }
