"""JSON: `members/` and `invitations/` of the organization, for who manages its people."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import entering
from apps.accounts.actions import invitations, team
from apps.accounts.models import Invitation, Membership
from apps.core.drf.fields import Strict
from apps.core.drf.idempotency import idempotent

from .rights import who_may

Manager = who_may("accounts.manage_people")


class RolesIn(Strict):
    roles = serializers.ListField(child=serializers.CharField(max_length=24), min_length=1)
    locations = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)


class InvitationIn(RolesIn):
    email = serializers.EmailField()


class MemberOut(serializers.ModelSerializer):
    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")

    class Meta:
        model = Membership
        fields = ["id", "email", "name", "roles", "locations", "created_at"]
        read_only_fields = fields


class InvitationOut(serializers.ModelSerializer):
    class Meta:
        model = Invitation
        fields = ["id", "email", "roles", "locations", "created_at", "expires_at"]
        read_only_fields = fields


class Members(generics.ListAPIView):
    """Who works for the organization, as what."""

    serializer_class = MemberOut
    permission_classes = [Manager]
    ordering = ("id",)
    queryset = Membership.objects.none()

    def get_queryset(self):
        return Membership.objects.filter(organization=self.request.organization).select_related("user")


class OneMember(APIView):
    """Other roles, or out; from the person's next request on. Both want a fresh sign-in."""

    permission_classes = [Manager]

    @extend_schema(request=RolesIn, responses=MemberOut, operation_id="member_change")
    def patch(self, request, pk):
        asked = RolesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        entering.demand_fresh(request, now=timezone.now())
        row = team.change_member(member=_member(request, pk), by=request.user, **asked.validated_data)
        return Response(MemberOut(row).data)

    @extend_schema(responses={204: None}, operation_id="member_remove")
    def delete(self, request, pk):
        row, now = _member(request, pk), timezone.now()
        entering.demand_fresh(request, now=now)
        team.remove_member(member=row, by=request.user, now=now)
        return Response(status=204)


class Invitations(generics.ListAPIView):
    """Those that wait for an answer; and another one."""

    serializer_class = InvitationOut
    permission_classes = [Manager]
    ordering = ("-created_at", "id")
    queryset = Invitation.objects.none()

    def get_queryset(self):
        return Invitation.objects.waiting().filter(organization=self.request.organization)

    @extend_schema(request=InvitationIn, responses={201: InvitationOut}, operation_id="invitation_send")
    @idempotent(required=False)
    def post(self, request):
        asked = InvitationIn(data=request.data)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        entering.demand_fresh(request, now=now)
        row = invitations.invite(organization=request.organization, by=request.user, now=now, **asked.validated_data)
        return Response(InvitationOut(row).data, status=201)


class OneInvitation(APIView):
    """Withdraw one: its link leads nowhere from now on."""

    permission_classes = [Manager]

    @extend_schema(responses={204: None}, operation_id="invitation_withdraw")
    def delete(self, request, pk):
        row = Invitation.objects.waiting().filter(organization=request.organization, pk=pk).first()
        if row is None:
            raise Http404
        invitations.withdraw(invitation=row, by=request.user, now=timezone.now())
        return Response(status=204)


def _member(request, pk) -> Membership:
    row = Membership.objects.filter(organization=request.organization, pk=pk).first()
    if row is None:
        raise Http404
    return row
