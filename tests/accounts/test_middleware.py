"""A request works in one organization's scope; a connection opens a shelf, its end closes it; superusers are seen."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from apps.accounts.middleware import EnterScope
from apps.accounts.models import Connection
from apps.catalog.models import ShelfLine
from apps.core.models import AuditEntry
from apps.core.scope import NOBODY, current, everyone
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(rf):
    """`visit(user)` makes a request and returns it and the scope its view worked in."""

    def visited(user, path="/portal/catalog/", chosen=None, method="get"):
        request = getattr(rf, method)(path)
        request.user, request.session = user, {"organization": str(chosen.pk)} if chosen else {}
        seen = []

        def view(request):
            seen.append(current())
            return HttpResponse()

        EnterScope(view)(request)
        assert current() == NOBODY
        return request, seen[0]

    return visited


def test_nobody_signed_in_is_nobodys_scope(visit):
    request, scope = visit(AnonymousUser())

    assert scope == NOBODY
    assert (request.membership, request.organization, request.place) == (None, None, None)


def test_a_member_works_in_their_organization(visit, cast):
    request, scope = visit(cast.seller)

    assert (scope.organization, scope.user, scope.reads, scope.everyone) == (
        cast.wholesaler.pk,
        cast.seller.pk,
        (),
        "",
    )
    assert (request.organization, request.membership.role) == (cast.wholesaler, "owner")


def test_a_person_without_membership_has_only_themselves(visit):
    person = make.user()
    request, scope = visit(person)

    assert (scope.organization, scope.user) == (None, person.pk)
    assert request.organization is None


def test_a_person_of_two_organizations_works_in_the_one_they_chose(visit, cast):
    with everyone("test"):
        cast.buyer.memberships.create(organization=cast.stranger, role="buyer")

    assert visit(cast.buyer)[1].organization == cast.retailer.pk
    assert visit(cast.buyer, chosen=cast.stranger)[1].organization == cast.stranger.pk


def test_choosing_an_organization_one_is_no_member_of_changes_nothing(visit, cast):
    assert visit(cast.buyer, chosen=cast.wholesaler)[1].organization == cast.retailer.pk


def test_a_connection_opens_the_sellers_shelf_and_its_end_closes_it(visit, cast, scoped):
    make.shelf_line(location=cast.place)
    assert visit(cast.buyer)[1].reads == (cast.wholesaler.pk,)
    with scoped(cast.buyer):
        assert ShelfLine.objects.count() == 1

    with everyone("test"):
        Connection.objects.all().delete()

    assert visit(cast.buyer)[1].reads == ()
    with scoped(cast.buyer):
        assert ShelfLine.objects.count() == 0


def test_a_connection_of_others_opens_nothing(visit, cast):
    assert visit(cast.outsider)[1].reads == ()


def test_a_connection_does_not_open_the_retailer_to_the_seller(visit, cast):
    assert visit(cast.seller)[1].reads == ()


def test_a_superuser_sees_all_in_the_back_office_alone_and_each_look_is_written_down(visit, cast):
    chief = make.user(staff=True, superuser=True)

    assert visit(chief, "/portal/catalog/")[1].everyone == ""
    assert visit(chief, "/admin/catalog/product/")[1].everyone
    assert visit(chief, "/admin/catalog/product/", method="post")[1].everyone

    with everyone("test"):
        (look,) = AuditEntry.objects.all()
    assert (look.action, look.actor, look.subject_id) == ("platform.looked", chief.email, "/admin/catalog/product/")


def test_a_member_of_staff_sees_their_own_in_the_back_office(visit, cast):
    assert visit(cast.seller, "/admin/catalog/product/")[1].everyone == ""
    with everyone("test"):
        assert not AuditEntry.objects.exists()


def test_a_view_that_breaks_leaves_no_scope_behind(rf, cast):
    request = rf.get("/")
    request.user, request.session = cast.seller, {}

    def view(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        EnterScope(view)(request)
    assert current() == NOBODY
