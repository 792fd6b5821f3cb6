"""Shapes in and out: signing in, sessions, places."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.core.drf.fields import Strict

from .models import Location, Session


class LocationOut(serializers.ModelSerializer):
    """A licensed site: one's own, or of a connected wholesaler. `zone` is its IANA time zone."""

    organization = serializers.UUIDField(source="organization_id")

    class Meta:
        model = Location
        fields = ["id", "organization", "name", "slug", "zone", "license_number"]
        read_only_fields = fields


class EmailAndPassword(Strict):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class MfaToken(Strict):
    mfa_token = serializers.CharField(max_length=2_000)


class FirstCodeIn(MfaToken):
    code = serializers.CharField(max_length=40)


class CodeIn(MfaToken):
    """A `code`, or for the method `passkey` the `assertion` that the authenticator made."""

    method = serializers.ChoiceField(["totp", "recovery", "passkey"])
    code = serializers.CharField(max_length=40, required=False)
    assertion = serializers.DictField(required=False, help_text="PublicKeyCredential.toJSON() of WebAuthn Level 3.")

    def validate(self, said):
        name = "assertion" if said["method"] == "passkey" else "code"
        if name not in said:
            raise serializers.ValidationError({name: [_("This method is shown with it.")]})
        return said | {"shown": said[name]}


class RefreshIn(Strict):
    refresh = serializers.CharField(max_length=2_000)


class TokensOut(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField()


class EnrolledOut(TokensOut):
    recovery_codes = serializers.ListField(child=serializers.CharField())


class StepOut(serializers.Serializer):
    """Either both tokens, or `mfa_required` with the token and methods to go on with."""

    access = serializers.CharField(required=False)
    refresh = serializers.CharField(required=False)
    mfa_required = serializers.BooleanField(required=False)
    mfa_token = serializers.CharField(required=False)
    methods = serializers.ListField(child=serializers.CharField(), required=False)
    enrol_required = serializers.BooleanField(required=False)


class SecretOut(serializers.Serializer):
    secret = serializers.CharField()
    uri = serializers.CharField()


class PasskeyOptionsOut(serializers.Serializer):
    options = serializers.DictField(help_text="For navigator.credentials.get(): PublicKeyCredentialRequestOptionsJSON.")


class SessionOut(serializers.ModelSerializer):
    class Meta:
        model = Session
        fields = ["id", "kind", "amr", "agent", "address", "created_at", "last_seen_at"]
        read_only_fields = fields
