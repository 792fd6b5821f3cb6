"""Roles as data: which may what, on which side, where; and how far each gets at all."""

from uuid import uuid4

import pytest

from apps.accounts import rules
from apps.accounts.models import Membership
from apps.accounts.rules import Role, Side, may
from apps.core.scope import everyone
from tests import make

pytestmark = pytest.mark.django_db
# features §6.4 and the permissions of §6.2, as one reads them: what each role may beside looking
WANTED = {
    ("wholesaler", "order_desk"): "orders.create_for orders.decide orders.fulfil orders.resolve_short",
    ("wholesaler", "sales_rep"): "orders.create_for",
    ("wholesaler", "warehouse"): "compliance.receive orders.deliver orders.fulfil orders.ship",
    ("wholesaler", "driver"): "orders.deliver",
    ("wholesaler", "compliance"): "compliance.adjust compliance.manifest compliance.outage compliance.receive"
    " compliance.redrive orders.ship_without_ack",
    ("wholesaler", "catalog"): "catalog.review_match",
    ("wholesaler", "deals"): "",
    ("wholesaler", "pricing"): "pricing.edit",
    ("wholesaler", "finance"): "finance.record orders.credit_override",
    ("wholesaler", "investor_relations"): "",
    ("wholesaler", "support"): "",
    ("wholesaler", "auditor"): "",
    ("retailer", "approver"): "catalog.review_match orders.approve orders.create",
    ("retailer", "buyer"): "orders.create",
    ("retailer", "receiver"): "compliance.receive orders.receive",
    ("retailer", "accountant"): "",
    ("retailer", "viewer"): "",
}
HEADS = [("wholesaler", "admin"), ("retailer", "owner")]


def member(side: str, *roles: str, locations=()) -> Membership:
    owner = make.organization(side=side)
    user = make.user(at=owner, role="viewer")
    with everyone("test"):
        row = Membership.objects.select_related("organization").get(user=user)
        row.roles, row.locations = list(roles), list(locations)
        row.save()
    return row


@pytest.mark.parametrize(("side", "role"), WANTED, ids=" ".join)
def test_a_role_may_what_is_written_of_it_and_nothing_else(side, role):
    row = member(side, role)

    assert " ".join(sorted(name for name in rules.EVERY if may(name, row))) == WANTED[side, role]


@pytest.mark.parametrize(("side", "role"), HEADS, ids=" ".join)
def test_who_leads_may_everything_of_their_side_and_nothing_of_the_other(side, role):
    row = member(side, role)

    assert {name for name in rules.EVERY if may(name, row)} == rules.roles.PERMISSIONS[side]
    assert may("accounts.manage_people", row)
    assert may("orders.decide", row) is (side == "wholesaler")


def test_every_role_there_is_was_walked():
    assert {(side, role) for side in Side.values for role in rules.ROLES[side]} == {*WANTED, *HEADS}


def test_several_roles_add_up_and_the_tier_is_the_highest():
    row = member("retailer", "viewer", "receiver", "approver")

    assert may("orders.receive", row)
    assert may("orders.approve", row)
    assert row.role == Role.STAFF


def test_a_role_of_the_other_side_is_worth_nothing():
    row = member("retailer", "admin")

    assert not any(may(name, row) for name in rules.EVERY)
    assert row.role == Role.VIEWER


def test_a_member_limited_to_locations_may_nothing_elsewhere():
    here, elsewhere = uuid4(), uuid4()
    row = member("retailer", "buyer", locations=[here])

    assert may("orders.create", row, here)
    assert may("orders.create", row, str(here))
    assert not may("orders.create", row, elsewhere)
    assert may("orders.create", member("retailer", "buyer"), elsewhere)


def test_nobody_may_nothing_and_an_unheard_of_permission_is_a_mistake():
    assert not may("orders.create", None)
    with pytest.raises(ValueError, match="There is no permission 'orders.creat'"):
        may("orders.creat", member("retailer", "owner"))


@pytest.mark.parametrize("side", Side.values)
@pytest.mark.parametrize("tier", Role.values)
def test_a_member_for_whom_nobody_chose_roles_has_the_usual_ones_of_their_tier(side, tier):
    user = make.user(at=make.organization(side=side), role=tier)
    with everyone("test"):
        row = Membership.objects.get(user=user)

    assert row.roles == rules.usual_roles(side, tier)
    assert row.role == tier
