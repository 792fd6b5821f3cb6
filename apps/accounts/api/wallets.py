"""JSON: `auth/wallet/…`: a message to sign, the way in with its signature, and wallets of one's own."""

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response

from apps.accounts import entering
from apps.accounts.actions import wallets
from apps.accounts.models import Nonce, Wallet
from apps.accounts.serializers import StepOut
from apps.accounts.visitors import facts_of
from apps.accounts.wallet import checksummed
from apps.core.drf.fields import Strict
from apps.core.drf.permissions import SignedIn

from .tokens import PRIVATE, Door, answer_of


class Verbatim(serializers.CharField):
    """A text as it came, with whatever it holds: an attempt in odd letters is an attempt, and burns its message too."""

    def __init__(self, **options):
        super().__init__(trim_whitespace=False, allow_blank=True, **options)

    def run_validators(self, value):
        return None


class Asked(Strict):
    address = serializers.CharField(max_length=42, help_text="In any letter case.")
    chain_id = serializers.IntegerField(help_text="One of the chains this portal takes wallets of.")

    def validate_address(self, value):
        try:
            return checksummed(value)
        except ValueError:
            raise serializers.ValidationError(_("An address is 0x and 40 hexadecimal digits."))


class Answered(Strict):
    message = Verbatim(help_text="The message exactly as it was given.")
    signature = Verbatim(help_text="0x and 65 bytes in hexadecimal: r, s, v.")


class MessageOut(serializers.Serializer):
    message = serializers.CharField()
    nonce = serializers.CharField()


class WalletOut(serializers.ModelSerializer):
    class Meta:
        model = Wallet
        fields = ["address", "created_at", "last_used_at"]
        read_only_fields = fields


class WalletNonce(Door):
    """A message for the wallet to sign within five minutes, once. Asked for inside a session, it is good only there."""

    shape = Asked

    @extend_schema(request=Asked, responses=MessageOut, operation_id="auth_wallet_nonce")
    def post(self, request):
        return _handed_out(request, **self.said(request))


class WalletVerify(Door):
    """The message as it was given, and its signature: tokens, or a token to show a second factor with. An unknown
    wallet becomes a new lender's account. A message is used up by its first try."""

    shape = Answered

    @extend_schema(request=Answered, responses=StepOut, operation_id="auth_wallet_verify")
    def post(self, request):
        facts, now = facts_of(request), timezone.now()
        said, session = self.said(request), entering.name_of(request)
        return answer_of(wallets.sign_in_with_wallet(**said, session=session, request_facts=facts, now=now))


class LinkNonce(Door):
    """A message that links a wallet to this account: it says so, and is good in this session alone, which has shown who
    it is within ten minutes."""

    authentication_classes = generics.GenericAPIView.authentication_classes
    permission_classes = [SignedIn]
    shape = Asked

    @extend_schema(request=Asked, responses=MessageOut, operation_id="auth_wallet_link_nonce")
    def post(self, request):
        entering.demand_fresh(request, now=timezone.now())
        return _handed_out(request, purpose=Nonce.Purpose.LINK, user=request.user, **self.said(request))


class LinkWallet(LinkNonce):
    """The signed message: the wallet is this account's from now on, and a way into it."""

    shape = Answered

    @extend_schema(request=Answered, responses={201: WalletOut}, operation_id="auth_wallet_link")
    def post(self, request):
        entering.demand_fresh(request, now=timezone.now())
        linked = wallets.link_wallet(
            user=request.user,
            verified=is_verified(request),
            session=entering.name_of(request),
            now=timezone.now(),
            **self.said(request),
        )
        return Response(WalletOut(linked).data, status=201)


class Wallets(generics.ListAPIView):
    """One's own wallets."""

    serializer_class = WalletOut
    permission_classes = [SignedIn]
    ordering = ("created_at", "id")
    queryset = Wallet.objects.all()

    def get_queryset(self):
        return Wallet.objects.filter(user=self.request.user.pk)


def is_verified(request) -> bool:
    """Has this session shown a second factor?"""
    return request.sign_in.verified if request.sign_in else request.user.is_verified()


def _handed_out(request, **asked) -> Response:
    now, facts = timezone.now(), facts_of(request)
    made = wallets.issue_nonce(**asked, session=entering.name_of(request), request_facts=facts, now=now)
    return Response({"message": made.message, "nonce": made.nonce}, headers=PRIVATE)
