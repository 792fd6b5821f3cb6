"""JSON: `api-keys/`: listed by prefix, made and shown once after a fresh sign-in, revoked. No key gets in here."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import entering, rules
from apps.accounts.actions import api_keys
from apps.accounts.models import ApiKey
from apps.core.drf.fields import Strict

from .rights import who_may

Holder = who_may("accounts.manage_keys")


class KeyIn(Strict):
    name = serializers.CharField(max_length=60)
    scopes = serializers.ListField(child=serializers.ChoiceField(sorted(rules.SCOPES)), min_length=1)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class KeyOut(serializers.ModelSerializer):
    made_by = serializers.CharField(source="made_by.email")

    class Meta:
        model = ApiKey
        fields = ["id", "name", "prefix", "scopes", "made_by", "created_at", "expires_at", "last_used_at", "revoked_at"]
        read_only_fields = fields


class KeyMadeOut(KeyOut):
    """With the key itself, this once."""

    key = serializers.CharField()

    class Meta(KeyOut.Meta):
        fields = [*KeyOut.Meta.fields, "key"]
        read_only_fields = fields


class Keys(generics.ListAPIView):
    """The organization's keys, newest first."""

    serializer_class = KeyOut
    permission_classes = [Holder]
    ordering = ("-created_at", "id")
    queryset = ApiKey.objects.none()

    def get_queryset(self):
        return ApiKey.objects.filter(organization=self.request.organization).select_related("made_by")

    @extend_schema(request=KeyIn, responses={201: KeyMadeOut}, operation_id="api_key_make")
    def post(self, request):
        """Make a key. Its text is in this answer and never again; so no answer is kept for an Idempotency-Key."""
        asked = KeyIn(data=request.data)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        entering.demand_fresh(request, now=now)
        key, text = api_keys.make_key(
            organization=request.organization, by=request.user, now=now, **asked.validated_data
        )
        return Response(KeyOut(key).data | {"key": text}, status=201, headers={"Cache-Control": "no-store"})


class OneKey(APIView):
    """Revoke a key: its next request is refused."""

    permission_classes = [Holder]

    @extend_schema(responses={204: None}, operation_id="api_key_revoke")
    def delete(self, request, pk):
        key = ApiKey.objects.filter(organization=request.organization, pk=pk).first()
        if key is None:
            raise Http404
        api_keys.revoke_key(key=key, by=request.user, now=timezone.now())
        return Response(status=204)
