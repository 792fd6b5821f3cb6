"""Matches that wait for a person: candidates with evidence and effects, and the decision that is sent."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.models import MatchDecision, ProductLink
from apps.core.drf.fields import Strict

from .asked import PageQuery

ACTIONS = ["link", "new", "reject", "skip", "undo"]
NAMING = {"link", "reject"}  # actions that need a product


class ReviewQuery(PageQuery):
    state = serializers.ChoiceField(required=False, choices=ProductLink.State.choices, default="review")


class DecisionInput(Strict):
    """`product` is one of the caller's own; needed by link and reject, refused by the others. `decision` narrows undo
    to that decision."""

    action = serializers.ChoiceField(choices=ACTIONS)
    product = serializers.UUIDField(required=False)
    why = serializers.CharField(required=False, max_length=400)
    decision = serializers.IntegerField(required=False, min_value=1)

    def validate(self, asked):
        action, named = asked["action"], "product" in asked
        if named != (action in NAMING):
            words = "This action names a product." if not named else "This action takes no product."
            raise serializers.ValidationError({"product": [words]})
        for field, wrong in (("decision", action != "undo"), ("why", action in ("skip", "undo"))):
            if field in asked and wrong:
                raise serializers.ValidationError({field: ["This action does not take it."]})
        return asked


class MatchOut(serializers.ModelSerializer):
    """One product of a Dutchie tenant and ours, or the doubt why it waits. `decided_by` and `decided_at` stand when a
    person or the sync has linked it."""

    state = serializers.ChoiceField(choices=ProductLink.State.choices)
    product = serializers.UUIDField(source="product_id", allow_null=True)
    name = serializers.CharField(source="source_name")
    sku = serializers.CharField(source="source_sku")
    since = serializers.DateTimeField(source="created_at")

    class Meta:
        model = ProductLink
        fields = ["id", "state", "name", "sku", "lsp", "dutchie_product", "product", "method", "score", "reason"]
        fields += ["since", "decided_by", "decided_at"]
        read_only_fields = fields


class EvidenceOut(serializers.Serializer):
    """One field beside ours: `verdict` same, differs, veto or none, and the same in words."""

    field = serializers.CharField()
    ours = serializers.CharField()
    verdict = serializers.ChoiceField(choices=["same", "differs", "veto", "none"])
    words = serializers.CharField()


class LineEffectOut(serializers.Serializer):
    """A shelf line before and after. Prices are null where there is none."""

    location = serializers.CharField()
    unit = serializers.CharField()
    before = serializers.DecimalField(max_digits=24, decimal_places=4)
    after = serializers.DecimalField(max_digits=24, decimal_places=4)
    price_before = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)
    price_after = serializers.DecimalField(max_digits=14, decimal_places=4, allow_null=True)


class EffectsOut(serializers.Serializer):
    """What the decision would do: packages that join, units of them that may be sold, the name it teaches."""

    packages = serializers.IntegerField()
    units = serializers.DecimalField(max_digits=24, decimal_places=4)
    unit = serializers.CharField()
    learned = serializers.CharField()
    lines = LineEffectOut(many=True)


class CandidateOut(serializers.Serializer):
    """One of ours that may be it. `score` 0 to 100 or null; `veto` says what forbids it."""

    product = serializers.UUIDField(source="product.pk")
    sku = serializers.CharField(source="product.sku")
    name = serializers.CharField(source="product.name")
    score = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    why = serializers.CharField()
    veto = serializers.CharField()
    evidence = EvidenceOut(many=True)
    effects = EffectsOut()


class DecisionOut(serializers.ModelSerializer):
    """One decision of a person. `undone_at` is null while it stands."""

    action = serializers.CharField(source="verb")
    product = serializers.UUIDField(source="product_id", allow_null=True)

    class Meta:
        model = MatchDecision
        fields = ["id", "action", "product", "by", "at", "why", "undone_at"]
        read_only_fields = fields


class ReviewDetail(serializers.Serializer):
    """A match with all that a person decides by. `new` is what making it a new product would do; `decision` is the last
    that stands, null before one."""

    match = MatchOut(source="link")
    candidates = CandidateOut(many=True)
    new = EffectsOut()
    rejected = serializers.SerializerMethodField(help_text="Products of ours that were ruled out.")
    decision = DecisionOut(source="last", allow_null=True)

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_rejected(self, told) -> list[str]:
        return [str(pair.product_id) for pair in told.out]


class DecidedOut(serializers.Serializer):
    """The match as it now stands, and the decision that was made or undone."""

    match = MatchOut()
    decision = DecisionOut()
