"""Read from the code: one way moves an order (features §3.7, 1), and every refusal of §3.4 is met by a test."""

import ast
from pathlib import Path

from django.conf import settings

from tests.orders.test_api import REFUSED

REFUSALS = {  # slug → the test that meets it with its status and its text
    "illegal-transition": "test_api.test_what_a_state_does_not_allow_is_an_illegal_transition_that_names_what_it_does",
    "already-decided": "test_together.test_two_staff_accept_at_once_the_first_wins_and_the_second_is_told_who_and_when",
    "forbidden": "test_api.test_a_role_that_may_not_is_403_and_a_stranger_learns_nothing",
    "not-found": "test_api.test_fc48_what_is_somebody_elses_is_answered_as_what_is_nobodys",
    "insufficient-user-authentication": "test_confirming.test_by_api_it_is_401_and_names_the_limit",
    "manifest-required": "test_table.test_t22_goods_that_are_reported_leave_with_the_number_alone",
}
IN_ONE = """version-mismatch precondition-required insufficient-stock quantity-rule order-minimum credit-limit
licence-invalid coa-required claimed reason-required past-cutoff already-decided"""


def test_every_refusal_of_the_table_is_met_by_a_test():
    assert {code for code, *_ in REFUSED} >= set(IN_ONE.split())
    for named_test in REFUSALS.values():
        module, _, name = named_test.partition(".")
        assert f"def {name}(" in (Path(__file__).parent / f"{module}.py").read_text(), named_test


# Whose `.state` it is that these lines write, none an order's but the first three.
WRITERS = {
    "actions/moving.py": {"order.state = step.to"},
    "actions/verbs/deciding.py": {"order.state = rules.State.ACCEPTED", "order.state = was"},
    "actions/verbs/answering.py": {"proposal.state = state"},
    "actions/verbs/preparing.py": {"proposal.state = Proposal.State.APPROVED"},
    "actions/verbs/delivering.py": {
        "proposal.state = Proposal.State.APPROVED",
        "asked.state = Return.State.APPROVED if approved else Return.State.REFUSED",
    },
    "actions/preview.py": {"self.state = state"},
    "actions/billing/issuing.py": {"made.state = *"},
    "actions/billing/books.py": {"invoice.state = *"},
}


def test_nothing_but_the_one_way_writes_an_orders_state():
    """`finish` does, for `transition` and drafts; `settle` lends the order its next state while it adds up. A backorder
    is born PENDING (`backorders`); demo and tests' rows come by the verbs or by `make`."""
    found = {}
    for path in [*(settings.ROOT / "apps").rglob("*.py"), *(settings.ROOT / "reup").rglob("*.py")]:
        text = path.read_text()
        knows_orders = "apps/orders/" in str(path) or "apps.orders" in text
        if "migrations" in path.parts or not knows_orders:
            continue
        if written := _written(ast.parse(text)):
            found[str(path.relative_to(settings.ROOT)).removeprefix("apps/orders/")] = written
    assert _short(found) == WRITERS


def _written(tree: ast.AST) -> set[str]:
    """`thing.state = value` and `things.update(state=value)`, as text."""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target, value in _pairs(node):
                if isinstance(target, ast.Attribute) and target.attr == "state":
                    lines.add(f"{ast.unparse(target)} = {ast.unparse(value)}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            whose = ast.unparse(node.func.value)
            if any(one.arg == "state" for one in node.keywords) and "proposals" not in whose:
                lines.add(ast.unparse(node))
    return lines


def _pairs(node: ast.Assign):
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _short(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Invoices' values are calls of some length: a star."""
    long = ("made.state = ", "invoice.state = ")
    cut = lambda text: next((start + "*" for start in long if text.startswith(start)), text)  # noqa: E731
    return {path: {cut(text) for text in texts} for path, texts in found.items()}
