"""Who may do what: one line a route, one a topic. Default is no.

A route is known by its URL name (`api:products`), a topic by its first word. What a line does not allow is refused, and
tests/walks/test_matrix.py walks every route with every method, role and organization to see that it is; a route without
a line fails it, and so does a line without a route. To add a route, add its line: `Line(get=MEMBERS, of="orders.order",
seen=SHARED)` reads "members GET it; the address names an order, of the own organization or a connected wholesaler".
"""

from dataclasses import dataclass, field
from enum import StrEnum

ANONYMOUS, PERSON, VIEWER, BUYER, STAFF, OWNER, PLATFORM = (
    "anonymous",
    "person",  # signed in, a member of no organization
    "viewer",
    "buyer",
    "staff",
    "owner",
    "platform",  # a superuser of the platform's own
)
NOBODY: frozenset[str] = frozenset()
LEADERS = frozenset({STAFF, OWNER})
ACTORS = LEADERS | {BUYER}  # who may do more than look; what, their roles say
MEMBERS = LEADERS | {VIEWER, BUYER}
SIGNED_IN = MEMBERS | {PERSON, PLATFORM}
EVERYBODY = SIGNED_IN | {ANONYMOUS}
OFFICE = LEADERS | {PLATFORM}  # and only with `is_staff`: see `enters`
HEADS = frozenset({OWNER, PLATFORM})
OWNERS = frozenset({OWNER})  # whose tier holds the permissions to manage people, keys and licences
ROOT = frozenset({PLATFORM})


class Rows(StrEnum):
    """Whose rows a line opens to a member. The platform's own people open all of them in the back office."""

    OWN = "own"
    OFFERED = "offered"  # what a wholesaler's shelf offers: the own one's where one sells, a connected one's
    SHARED = "shared"  # and those of connected wholesalers
    PARTNERS = "partners"  # and those of everybody connected, either way
    ACROSS = "across"  # those of everybody connected, and not one's own: the other side of an order
    BOUGHT = "bought"  # those of connected wholesalers alone: what a retailer ordered of them


OWN, OFFERED, SHARED, PARTNERS, ACROSS, BOUGHT = Rows


@dataclass(frozen=True)
class Line:
    """Who may use each method. `of` is the table whose row the address names, or the body where the address has no
    place for it; `seen` says whose of those rows may be read, `kept` whose may be acted on. `known` is whose it is no
    secret that they exist: a refusal may say so there, and all others answer as a row that isn't there."""

    get: frozenset[str] = NOBODY
    post: frozenset[str] = NOBODY
    put: frozenset[str] = NOBODY
    patch: frozenset[str] = NOBODY
    delete: frozenset[str] = NOBODY
    of: str = ""
    seen: Rows = OWN
    kept: Rows = OWN
    known: Rows = OWN
    reads: str = ""  # the scope with which an API key may look; none: no key gets in
    writes: str = ""  # and the one with which it may act
    signed: bool = False  # a machine's door: the signature of the message is the sign-in, so everybody is refused

    in_words: frozenset[str] = NOBODY  # refused like others, but sent back to the page, which says why

    def who(self, method: str) -> frozenset[str]:
        return NOBODY if self.signed else getattr(self, method.lower(), NOBODY)

    def rows(self, method: str) -> Rows:
        return self.seen if method == "GET" else self.kept


@dataclass(frozen=True)
class Desk:
    """A model in the back office. `rows` is whose may be looked at; only one's own are ever changed or deleted."""

    view: frozenset[str] = OFFICE
    add: frozenset[str] = NOBODY
    change: frozenset[str] = NOBODY
    delete: frozenset[str] = NOBODY
    actions: frozenset[str] = NOBODY  # on rows ticked in the list
    rows: Rows = OWN


def reads(who: frozenset[str], **more) -> Line:
    """A page of Django's admin that answers POST as it answers GET."""
    return Line(get=who, post=who, **more)


def of_order(**more) -> Line:
    """JSON about one order, which both of its organizations reach."""
    both = {"of": "orders.order", "seen": PARTNERS, "kept": PARTNERS}
    return Line(get=MEMBERS, reads="orders:read", writes="orders:write", **both, **more)


def buyers_page(get=NOBODY, post=NOBODY) -> Line:
    """A page where a retailer moves an order of its own: the wholesaler knows the order, and moves it elsewhere."""
    return Line(get=get, post=post, of="orders.order", seen=BOUGHT, kept=BOUGHT, known=PARTNERS)


PAGES = {
    "home": Line(get=SIGNED_IN),
    "status": Line(get=EVERYBODY),
    "healthz": Line(get=EVERYBODY),
    "readyz": Line(get=EVERYBODY),
    "styleguide": Line(get=EVERYBODY),  # in development, demo and tests alone: made-up rows
    "accounts:login": Line(get=EVERYBODY, post=EVERYBODY),
    "accounts:logout": Line(post=EVERYBODY),
    "accounts:mfa": Line(),  # for who has shown a password in this browser alone; others are sent to sign in
    "accounts:enrol": Line(),  # the same
    "accounts:passkey_options": Line(),  # a challenge for one's own passkeys: who has none has nothing to be asked
    "accounts:wallet": Line(),  # the signed message is the sign-in, whoever sends it
    "accounts:wallet_message": Line(),  # for an address in the body; without it there is nothing to say
    "accounts:forgotten": Line(get=EVERYBODY, post=EVERYBODY),
    "accounts:reset": Line(),  # the link of a letter is the right: tests/accounts
    "accounts:security": Line(get=SIGNED_IN),
    "accounts:again": Line(get=SIGNED_IN, post=SIGNED_IN),
    "accounts:authenticator": Line(get=SIGNED_IN, post=SIGNED_IN),
    "accounts:recovery_codes": Line(post=SIGNED_IN),
    "accounts:password": Line(get=SIGNED_IN, post=SIGNED_IN),
    "accounts:passkey": Line(get=SIGNED_IN, post=SIGNED_IN),
    "accounts:passkey_creation": Line(post=SIGNED_IN),
    "accounts:remove_passkey": Line(),  # a person's own alone, whatever the role: tests/accounts
    "accounts:forget_device": Line(),  # a person's own alone
    "accounts:link_wallet": Line(get=SIGNED_IN, post=SIGNED_IN),
    "accounts:link_message": Line(post=SIGNED_IN),
    "accounts:unlink_wallet": Line(),  # a person's own alone
    "accounts:end_session": Line(),  # a person's own alone, whatever the role: tests/accounts
    "accounts:organization": Line(post=MEMBERS, of="accounts.organization"),
    "accounts:theme": Line(post=EVERYBODY),
    "accounts:invitation": Line(),  # the link of a letter is the right: tests/accounts
    "settings:home": Line(get=MEMBERS),
    "settings:notifications": Line(get=SIGNED_IN, post=SIGNED_IN),
    "notifications:list": Line(get=SIGNED_IN),
    "notifications:bell": Line(get=SIGNED_IN),
    "notifications:read": Line(post=SIGNED_IN),
    "settings:licenses": Line(get=MEMBERS),
    "settings:license_add": Line(get=OWNERS, post=OWNERS),
    "settings:license": Line(get=OWNERS, post=OWNERS, of="accounts.license"),
    "settings:license_remove": Line(post=OWNERS, of="accounts.license"),
    "settings:team": Line(get=OWNERS),
    "settings:limit": Line(get=OWNERS, post=OWNERS),
    "settings:invite": Line(get=OWNERS, post=OWNERS),
    "settings:member": Line(get=OWNERS, post=OWNERS, of="accounts.membership"),
    "settings:member_remove": Line(get=OWNERS, post=OWNERS, of="accounts.membership"),
    "settings:invitation_resend": Line(post=OWNERS, of="accounts.invitation"),
    "settings:invitation_withdraw": Line(post=OWNERS, of="accounts.invitation"),
    "settings:keys": Line(get=OWNERS),
    "settings:key_add": Line(get=OWNERS, post=OWNERS),
    "settings:key_revoke": Line(post=OWNERS, of="accounts.apikey"),
    "orders:list": Line(get=MEMBERS),
    "orders:views": Line(post=MEMBERS),
    "orders:export_csv": Line(get=MEMBERS),
    "orders:export_xlsx": Line(get=MEMBERS),
    "orders:weekly": Line(get=MEMBERS),
    "orders:weekly_csv": Line(get=MEMBERS),
    "orders:new": Line(get=ACTORS, post=ACTORS),  # a wholesaler's people are sent to their orders
    "orders:add": Line(post=ACTORS),  # the same, as on the pages of quick order
    "deliveries:list": Line(get=MEMBERS),  # a wholesaler's people are sent to their orders
    "deliveries:add": Line(post=ACTORS),
    "orders:detail": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "orders:edit": buyers_page(post=ACTORS),
    "orders:use": buyers_page(post=ACTORS),
    "orders:delete": buyers_page(get=ACTORS, post=ACTORS),
    "orders:submit": buyers_page(get=ACTORS, post=ACTORS),
    "orders:answer approve": buyers_page(post=ACTORS),
    "orders:answer decline": buyers_page(post=ACTORS),
    "orders:answer approve_amend": buyers_page(post=ACTORS),
    "orders:answer decline_amend": buyers_page(post=ACTORS),
    "orders:answer settle": buyers_page(post=ACTORS),
    "orders:write": Line(post=ACTORS, of="orders.order", kept=PARTNERS),
    "orders:cancel": buyers_page(get=ACTORS, post=ACTORS),
    "orders:ask_cancel": buyers_page(get=ACTORS, post=ACTORS),
    "orders:receive": buyers_page(get=ACTORS, post=ACTORS),
    "orders:dispute": buyers_page(get=ACTORS, post=ACTORS),
    "orders:ask_return": buyers_page(get=ACTORS, post=ACTORS),
    "orders:track": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "orders:photos": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "orders:reorder": buyers_page(get=ACTORS, post=ACTORS),
    "orders:confirmation": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "orders:packing_list": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "orders:invoice": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "orders:as_csv": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "orders:as_json": Line(get=MEMBERS, of="orders.order", seen=PARTNERS),
    "quick:order": Line(get=ACTORS, post=ACTORS),
    "quick:sample_csv": Line(get=ACTORS),
    "quick:sample_xlsx": Line(get=ACTORS),
    "catalog:list": Line(get=SIGNED_IN),
    "catalog:detail": Line(get=MEMBERS, of="catalog.product", seen=OFFERED),
    "compliance:manifest": Line(get=MEMBERS, of="compliance.manifest"),  # and who receives the goods: tests/compliance
    "compliance:state_manifest": Line(get=MEMBERS, of="compliance.transfer"),
    "spend-csv": Line(get=MEMBERS),
    "compliance:receiving": Line(get=MEMBERS),
    "compliance:receive": Line(get=MEMBERS, post=ACTORS, of="compliance.transfer"),
    "compliance:receipt done": Line(post=ACTORS, of="compliance.transfer"),
    "compliance:receipt adopt": Line(post=ACTORS, of="compliance.transfer"),
    "compliance:photo": Line(get=MEMBERS, of="compliance.receiptline"),
    "invoices:list": Line(get=MEMBERS),
    "invoices:detail": Line(get=MEMBERS, of="orders.invoice", seen=SHARED),
    "invoices:pdf": Line(get=MEMBERS, of="orders.invoice", seen=SHARED),
    "invoices:statement": Line(get=MEMBERS),
    "invoices:statement-csv": Line(get=MEMBERS),
}
API = {
    "api:schema": Line(get=EVERYBODY),  # what there is to ask; no rows
    "api:docs": Line(get=EVERYBODY),
    "api:ws-ticket": Line(post=SIGNED_IN),
    "api:events": Line(get=SIGNED_IN),  # a topic of one's own: who may hear which is asked of its owner
    # What is shown in the body is the sign-in, whoever sends it: without it these are closed to everybody alike.
    "api:token": Line(),
    "api:refresh": Line(),
    "api:mfa_verify": Line(),
    "api:mfa_passkey": Line(),
    "api:mfa_enrol": Line(),
    "api:mfa_confirm": Line(),
    "api:logout": Line(),
    "api:sessions": Line(get=SIGNED_IN),
    "api:session": Line(),  # a person's own alone, whatever the role: tests/accounts
    "api:wallet_nonce": Line(),
    "api:wallet_verify": Line(),
    "api:wallet_link_nonce": Line(),
    "api:wallet_link": Line(),
    "api:wallets": Line(get=SIGNED_IN),
    "api:notifications": Line(get=SIGNED_IN),
    "api:notifications-read": Line(post=SIGNED_IN),
    "api:notification-choices": Line(get=SIGNED_IN, patch=SIGNED_IN),
    "api:licenses": Line(get=MEMBERS, reads="compliance:read"),
    "api:api_keys": Line(get=OWNERS, post=OWNERS),
    "api:api_key": Line(delete=OWNERS, of="accounts.apikey"),
    "api:members": Line(get=OWNERS),
    "api:member": Line(patch=OWNERS, delete=OWNERS, of="accounts.membership"),
    "api:invitations": Line(get=OWNERS, post=OWNERS),
    "api:invitation": Line(delete=OWNERS, of="accounts.invitation"),
    "api:locations": Line(get=MEMBERS, reads="inventory:read"),
    "api:location": Line(get=MEMBERS, of="accounts.location", seen=SHARED, reads="inventory:read"),
    "api:products": Line(get=MEMBERS, reads="products:read"),
    "api:product": Line(get=MEMBERS, of="catalog.product", seen=SHARED, reads="products:read"),
    "api:inventory": Line(get=MEMBERS, reads="inventory:read"),
    "api:inventory-line": Line(get=MEMBERS, of="catalog.shelfline", seen=SHARED, reads="inventory:read"),
    "api:match-reviews": Line(get=MEMBERS, reads="products:read"),
    "api:match-review": Line(get=MEMBERS, of="catalog.productlink", reads="products:read"),
    "api:match-decisions": Line(post=LEADERS, of="catalog.productlink", writes="products:write"),
    "api:sync-runs": Line(
        get=MEMBERS, post=LEADERS, of="accounts.location", reads="inventory:read", writes="inventory:write"
    ),
    "api:sync-run": Line(get=MEMBERS, of="core.syncrun", reads="inventory:read"),
    "api:orders": Line(
        get=MEMBERS,
        post=ACTORS,
        of="accounts.organization",
        seen=ACROSS,
        kept=ACROSS,
        reads="orders:read",
        writes="orders:write",
    ),
    "api:order": of_order(patch=ACTORS, delete=ACTORS),
    "api:order-transitions": of_order(post=ACTORS),
    "api:order-events": of_order(),
    "api:order-messages": of_order(post=ACTORS),
    "api:order-tracking": of_order(),
    "api:order-document": of_order(),
    "api:reports": Line(get=MEMBERS, reads="compliance:read"),
    "api:report": Line(get=MEMBERS, of="compliance.report", reads="compliance:read"),
    "api:incoming-transfers": Line(get=MEMBERS, reads="compliance:read"),
    "api:incoming-transfer": Line(get=MEMBERS, of="compliance.transfer", reads="compliance:read"),
    "api:receipt": Line(post=ACTORS, of="compliance.transfer", writes="orders:write"),
    "api:dutchie-hook": Line(of="accounts.location", signed=True),
}

DESKS = {
    "accounts.organization": Desk(add=ROOT, change=HEADS, rows=PARTNERS),
    "accounts.location": Desk(add=HEADS, change=HEADS),
    "accounts.membership": Desk(add=HEADS, change=HEADS, delete=HEADS, actions=HEADS),
    "accounts.connection": Desk(add=ROOT, change=ROOT, delete=HEADS, actions=HEADS, rows=PARTNERS),
    "accounts.user": Desk(add=ROOT, change=ROOT),
    "accounts.credential": Desk(view=HEADS, add=HEADS, change=HEADS, delete=HEADS, actions=HEADS),
    "accounts.license": Desk(add=HEADS, change=HEADS, delete=HEADS, actions=HEADS),
    "accounts.apikey": Desk(view=HEADS, actions=HEADS),
    "accounts.invitation": Desk(view=HEADS),
    "catalog.brand": Desk(change=OFFICE),
    "catalog.category": Desk(change=OFFICE),
    "catalog.product": Desk(change=OFFICE, actions=OFFICE),
    "catalog.productlink": Desk(),
    "catalog.quarantinedrow": Desk(),
    "catalog.stockitem": Desk(),
    "catalog.shelfline": Desk(),
    "catalog.packrule": Desk(add=OFFICE, change=OFFICE, delete=OFFICE, actions=OFFICE),
    "catalog.pricelist": Desk(add=OFFICE, change=OFFICE),
    "orders.order": Desk(),
    "orders.deliveryrule": Desk(add=OFFICE, change=OFFICE),
    "orders.invoice": Desk(),
    "orders.taxrule": Desk(add=OFFICE, change=OFFICE),
    "orders.tradeterms": Desk(add=OFFICE, change=OFFICE),
    "compliance.report": Desk(),
    "compliance.facility": Desk(add=HEADS, change=HEADS),
    "compliance.driver": Desk(add=OFFICE, change=OFFICE),
    "compliance.vehicle": Desk(add=OFFICE, change=OFFICE),
    "compliance.package": Desk(),
    "compliance.tag": Desk(),
    "compliance.transfer": Desk(),
    "compliance.discrepancy": Desk(),
    "compliance.errorrule": Desk(view=ROOT, add=ROOT, change=ROOT, delete=ROOT, actions=ROOT),
    "compliance.capability": Desk(view=ROOT, add=ROOT, change=ROOT, delete=ROOT, actions=ROOT),
    "compliance.maintenancewindow": Desk(view=ROOT, add=ROOT, change=ROOT, delete=ROOT, actions=ROOT),
    "core.auditentry": Desk(),
    "core.breaker": Desk(),
    "core.job": Desk(actions=OFFICE),
    "core.outboundcall": Desk(),
    "core.syncrun": Desk(),
    "django_celery_beat.periodictask": Desk(view=ROOT, change=ROOT, actions=ROOT),
}
# Pages of the back office beside its desks. A name with a second word is one verb of a route that takes several.
BACK_ROOMS = {
    "admin:index": reads(EVERYBODY),  # whoever may enter: `enters`
    "admin:app_list": reads(OFFICE),
    "admin:login": Line(get=EVERYBODY, post=EVERYBODY),
    "admin:logout": Line(post=EVERYBODY),
    "admin:password_change": reads(EVERYBODY),
    "admin:password_change_done": reads(EVERYBODY),
    "admin:jsi18n": Line(get=EVERYBODY),
    "admin:autocomplete": Line(),  # answers a form's own field alone, within its rights
    "admin:view_on_site": Line(),  # no model of ours has an address of its own
    "admin:auth_user_password_change": reads(ROOT, of="accounts.user"),
    "admin:catalog_productlink_review": reads(OFFICE),
    "admin:catalog_productlink_undo": reads(OFFICE),
    "admin:catalog_productlink_review_one": reads(OFFICE, of="catalog.productlink"),
    "admin:catalog_productlink_decide link": Line(post=OFFICE, of="catalog.productlink"),
    "admin:catalog_productlink_decide reject": Line(post=OFFICE, of="catalog.productlink"),
    "admin:catalog_productlink_decide new": Line(post=OFFICE, of="catalog.productlink"),
    "admin:catalog_productlink_decide skip": Line(post=OFFICE, of="catalog.productlink"),
    "admin:catalog_quarantinedrow_verb ignore": Line(post=OFFICE, of="catalog.quarantinedrow"),
    "admin:catalog_quarantinedrow_verb reopen": Line(post=OFFICE, of="catalog.quarantinedrow"),
    "admin:catalog_quarantinedrow_verb replay": Line(post=OFFICE, of="catalog.quarantinedrow"),
    "admin:compliance_report_desk": reads(OFFICE),
    "admin:compliance_report_desk_one": reads(OFFICE, of="compliance.report"),
    "admin:compliance_report_verb redrive": Line(post=OFFICE, of="compliance.report"),
    "admin:compliance_report_verb look": Line(post=OFFICE, of="compliance.report"),
    "admin:compliance_report_verb edit": Line(post=OFFICE, of="compliance.report"),
    "admin:compliance_report_verb adopt": Line(post=OFFICE, of="compliance.report"),
    "admin:compliance_report_verb cancel": Line(post=OFFICE, of="compliance.report"),
    "admin:compliance_discrepancy_settle": Line(post=OFFICE, of="compliance.discrepancy"),
    "admin:compliance_report_bulk": Line(get=LEADERS, post=LEADERS),
    "admin:compliance_tag_refresh": Line(post=LEADERS),
    "admin:compliance_report_outage begin": Line(post=LEADERS),
    "admin:compliance_report_outage end": Line(post=LEADERS),
    "admin:orders_invoice_verb pay": Line(post=HEADS, of="orders.invoice"),
    "admin:orders_invoice_verb credit": Line(post=HEADS, of="orders.invoice"),
    "admin:orders_invoice_verb void": Line(post=HEADS, of="orders.invoice"),
    "admin:orders_invoice_verb ask": Line(post=HEADS, of="orders.invoice"),
    "admin:orders_invoice_verb write-off": Line(post=HEADS, of="orders.invoice"),
    "admin:core_syncrun_sync": Line(post=OFFICE, of="accounts.location"),
    "admin:core_syncrun_changes": reads(OFFICE, of="core.syncrun"),
    "admin:core_syncrun_held": reads(OFFICE, of="core.syncrun"),
    "admin:core_syncrun_verb release": Line(post=HEADS, in_words=frozenset({STAFF}), of="core.syncrun"),
    "admin:core_syncrun_verb discard": Line(post=OFFICE, of="core.syncrun"),
    "admin:core_syncrun_verb replay": Line(post=OFFICE, of="core.syncrun"),
    "admin:orders_order_board": reads(OFFICE),
    "admin:orders_order_accept": Line(get=OFFICE, post=OFFICE),
    "admin:orders_order_shortfalls": reads(OFFICE),
    "admin:orders_order_make": Line(get=LEADERS, post=LEADERS),  # a retailer's people are sent to the board
    "admin:orders_order_lines": Line(get=LEADERS, post=LEADERS, of="orders.order"),
    "admin:orders_order_pick_list": reads(OFFICE, of="orders.order"),
    "admin:orders_order_reconcile": Line(get=LEADERS, post=LEADERS),
    "admin:orders_order_move claim": Line(post=LEADERS, of="orders.order"),
    "admin:orders_order_move reject": Line(post=LEADERS, of="orders.order"),
    "admin/(?P<url>.*)$": Line(),
}


def desk_lines(model: str, desk: Desk) -> dict[str, Line]:
    """The lines of a model's pages in Django's admin."""
    app, name = model.split(".")
    base, looked = f"admin:{app}_{name}", {"of": model, "seen": desk.rows}
    return {
        f"{base}_changelist": reads(desk.view, of=model if desk.actions else "", kept=desk.rows),
        f"{base}_add": Line(get=desk.add, post=desk.add),
        f"{base}_change": Line(get=desk.view, post=desk.change, known=desk.rows, **looked),
        f"{base}_delete": Line(get=desk.delete, post=desk.delete, of=model, known=desk.rows),
        f"{base}_history": reads(desk.view, **looked, kept=desk.rows),
        f"admin/{app}/{name}/<path:object_id>/": reads(EVERYBODY),  # an old address: on to `change`, whatever it names
    }


ROUTES: dict[str, Line] = PAGES | API | BACK_ROOMS
for _model, _desk in DESKS.items():
    ROUTES |= desk_lines(_model, _desk)


@dataclass(frozen=True)
class Topic:
    """Who may hear a topic whose key is a row of `of` (`me` has none)."""

    hear: frozenset[str]
    of: str = ""
    rows: Rows = field(default=OWN)


TOPICS = {
    "me": Topic(hear=SIGNED_IN),
    "runs": Topic(hear=MEMBERS, of="accounts.organization"),
    "inventory": Topic(hear=MEMBERS, of="accounts.location", rows=SHARED),
    "order": Topic(hear=MEMBERS, of="orders.order", rows=PARTNERS),
    "orders": Topic(hear=MEMBERS, of="accounts.organization"),
    "receiving": Topic(hear=MEMBERS, of="accounts.organization"),
}


def line_of(route: str) -> Line:
    """A route nobody wrote down is open to nobody."""
    return ROUTES.get(route, Line())


def scope_of(route: str, method: str) -> str | None:
    """The scope an API key needs; "" where everybody gets in, None where no key does."""
    line = line_of(route)
    looking = method in ("GET", "HEAD", "OPTIONS")
    scope = line.reads if looking else line.writes
    return scope or ("" if ANONYMOUS in line.who("GET" if looking else method) else None)


def enters(role: str, *, is_staff: bool) -> bool:
    """Whether somebody gets past the back office's door at all; what they may do there their role says."""
    return is_staff and role != ANONYMOUS
