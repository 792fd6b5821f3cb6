"""What a role may do, as a table: each role's whole list of rights, and nothing beside it."""

import pytest
from django.apps import apps

from apps.accounts import rules
from apps.accounts.rules import Role, may_in_office

VERBS = ("view", "add", "change", "delete")
MODELS = [
    model._meta.label_lower
    for app in ("accounts", "catalog", "compliance", "core", "orders")
    for model in apps.get_app_config(app).get_models()
]


def rights(role) -> dict[str, str]:
    """model → the verbs that role has, as initials."""
    found = {
        label: "".join(verb[0] for verb in VERBS if may_in_office(role, f"{label.replace('.', f'.{verb}_')}"))
        for label in MODELS
    }
    return {label: verbs for label, verbs in found.items() if verbs}


def of(app: str, verbs: str) -> dict[str, str]:
    return {label: verbs for label in MODELS if label.startswith(f"{app}.")}


EVERYWHERE = of("catalog", "vac") | of("core", "v") | of("compliance", "v") | of("orders", "v")
SHARED = {
    "catalog.packrule": "vacd",
    "compliance.driver": "vac",
    "compliance.vehicle": "vac",
    "orders.deliveryrule": "vac",
    "orders.taxrule": "vac",
    "orders.tradeterms": "vac",
}
del EVERYWHERE["compliance.errorrule"]  # what METRC's answers mean is the platform's to say
del EVERYWHERE["compliance.capability"]  # and what its states publish
del EVERYWHERE["compliance.maintenancewindow"]  # and when it is away


def test_an_owner_runs_the_organization():
    assert rights(Role.OWNER) == EVERYWHERE | SHARED | {
        "compliance.facility": "vac",
        "accounts.organization": "vc",
        "accounts.location": "vac",
        "accounts.membership": "vacd",
        "accounts.connection": "vacd",
        "accounts.credential": "vacd",
        "accounts.license": "vacd",
        "accounts.apikey": "v",
        "accounts.invitation": "v",
        "accounts.user": "v",
    }


def test_staff_work_on_the_catalog_and_see_no_keys():
    assert rights(Role.STAFF) == EVERYWHERE | SHARED | {
        "accounts.organization": "v",
        "accounts.location": "v",
        "accounts.membership": "v",
        "accounts.connection": "v",
        "accounts.user": "v",
        "accounts.license": "v",
    }


@pytest.mark.parametrize("role", [Role.BUYER, Role.VIEWER, None, "", "unheard of"])
def test_others_have_no_rights_in_the_back_office(role):
    assert rights(role) == {}


def test_every_right_names_a_model_there_is():
    named = {label for table in rules.MAY.values() for label in table if not label.endswith(".*")}

    assert named <= set(MODELS)


@pytest.mark.parametrize("permission", ["", "catalog", "catalog.", "view_product", "catalog.sell_product"])
def test_a_permission_of_another_form_is_nobodys(permission):
    assert not may_in_office(Role.OWNER, permission)
