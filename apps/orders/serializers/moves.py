"""Shapes in: what each move takes, by its name. What a move does not take is refused."""

from uuid import UUID

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from apps.core.drf.fields import Strict
from apps.orders import rules
from apps.orders.models import TrackingEvent
from apps.orders.rules import photos
from apps.orders.rules.terms import Due

from .asked import DraftInput
from .numbers import Amount, Price, Quantity


def text(most: int = 1000):
    return serializers.CharField(required=False, allow_blank=True, max_length=most)


class Nothing(Strict):
    """Nothing has to be said."""


class Reason(Strict):
    """`reason` is a code (`OUT_OF_STOCK`, …) or words of one's own; `text` is what the other side reads besides."""

    reason, text = text(), text()


class Submit(Strict):
    """The first open slot, the seller's terms and `on_short` as the draft has it, unless named. `signed_by` is the name
    typed under the terms; `accept_prices` takes today's prices where they changed."""

    deliver_date = serializers.DateField(required=False)
    deliver_starts = serializers.TimeField(required=False)
    terms = serializers.ChoiceField(required=False, choices=Due.choices)
    on_short = serializers.ChoiceField(required=False, choices=rules.OnShort.choices)
    signed_by = text(200)
    accept_prices = serializers.BooleanField(required=False)
    text = text()


class Claim(Strict):
    """`take_over` takes it from who has it."""

    take_over = serializers.BooleanField(required=False)


class AcceptedLine(Strict):
    id = serializers.UUIDField()
    accepted = Quantity(none_too=True)


class Accept(Strict):
    """Lines not named are accepted in full. `remainder` says what becomes of the rest. `keep_prices`: a backorder that
    waited longer than its prices hold keeps them all the same."""

    lines = AcceptedLine(many=True, required=False)
    remainder = serializers.ChoiceField(required=False, choices=["drop", "backorder"])
    take_over = serializers.BooleanField(required=False)
    credit_override = serializers.BooleanField(required=False)
    keep_prices = serializers.BooleanField(required=False)
    text = text()


class ChangedLine(Strict):
    id = serializers.UUIDField()
    quantity = Quantity(none_too=True, required=False)
    price = Price(required=False)


class Change(Reason):
    """Lines that would be other than they are."""

    lines = ChangedLine(many=True, allow_empty=False)
    take_over = serializers.BooleanField(required=False)


class CounteredLine(ChangedLine):
    """`substitute` is the SKU of goods that would come in the line's place; their price is today's unless named."""

    substitute = serializers.CharField(required=False, max_length=100)


class Counter(Change):
    """Lines that would be other than they are, another delivery, or both: its day, and when its window starts (the
    first open one where that is not said)."""

    lines = CounteredLine(many=True, required=False, allow_empty=False)
    deliver_date = serializers.DateField(required=False)
    deliver_starts = serializers.TimeField(required=False)


class Cancel(Reason):
    """`keep_backorders`: what waits for stock of it goes on; else it ends too."""

    keep_backorders = serializers.BooleanField(required=False)


class Decline(Strict):
    """`keep` the order as it was first asked; else it ends."""

    keep = serializers.BooleanField(required=False)
    text = text()


class Taking(Reason):
    take_over = serializers.BooleanField(required=False)


class PackageAsked(Strict):
    id = serializers.UUIDField(help_text="The line.")
    package = serializers.IntegerField(min_value=1, help_text="As `inventory/` names it.")
    quantity = Quantity()
    tag = serializers.CharField(
        required=False,
        max_length=40,
        help_text="An unused METRC tag for the new package, where not all of it is taken.",
    )


class Prepare(Strict):
    """Lines without a package of one's choice keep those that expire first; parts without a tag of one's choice get the
    next free ones."""

    packages = PackageAsked(many=True, required=False)


class PickedLine(Strict):
    id = serializers.UUIDField()
    picked = Quantity(none_too=True)


class ShortPick(Reason):
    lines = PickedLine(many=True, allow_empty=False)


class Named(Strict):
    """A saved one by its id alone."""

    id = serializers.UUIDField(required=False)
    needed: tuple[str, ...] = ()

    def to_internal_value(self, data):
        found = super().to_internal_value({"id": data} if isinstance(data, str | UUID) else data)
        missing = [name for name in self.needed if "id" not in found and name not in found]
        if missing:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return {"id": found["id"]} if "id" in found else found


class DriverAsked(Named):
    name = serializers.CharField(required=False, max_length=120)
    licence = serializers.CharField(required=False, max_length=40)
    needed = ("name", "licence")


class VehicleAsked(Named):
    plate = serializers.CharField(required=False, max_length=20)
    make = serializers.CharField(required=False, max_length=60)
    model = serializers.CharField(required=False, max_length=60)
    needed = ("plate",)


class Manifest(Strict):
    """Driver and vehicle in words, or a saved one's id; the only ones there are where none is named."""

    driver = DriverAsked(required=False)
    vehicle = VehicleAsked(required=False)
    departs_at = serializers.DateTimeField(required=False)
    arrives_at = serializers.DateTimeField(required=False)


class Ship(Reason):
    """`tracking` is how the retailer knows the van."""

    tracking = text(200)


class Track(Strict):
    kind = serializers.ChoiceField(required=False, choices=TrackingEvent.Kind.choices)
    note = text(400)
    expected_at = serializers.DateTimeField(required=False)


class ReceivedLine(Strict):
    id = serializers.UUIDField()
    received = Quantity(none_too=True)
    reason = text(400)


class Deliver(Strict):
    """Lines not named were received in full; each that was not says why."""

    lines = ReceivedLine(many=True, required=False)
    signed_by = text(200)


class Confirm(Strict):
    """Lines not named are as they were delivered."""

    lines = ReceivedLine(many=True, required=False)


class DisputedLine(Strict):
    id = serializers.UUIDField()
    reason = text(400)


class Dispute(Reason):
    lines = DisputedLine(many=True, required=False)


class DisputeForm(serializers.Serializer):
    """A dispute with photos. `data` is what a dispute takes, as JSON text."""

    action = serializers.ChoiceField(choices=["dispute"])
    data = serializers.CharField(required=False)
    photo = serializers.ListField(
        child=serializers.FileField(),
        max_length=photos.MOST,
        required=False,
        help_text="JPEG, PNG or WebP, at most 5 MB each and 9 MB in all.",
    )


class Resolve(Reason):
    """`credit` is what the seller gives back."""

    credit = Amount(required=False)


class ReturnedLine(Strict):
    id = serializers.UUIDField()
    quantity = Quantity()


class AskReturn(Reason):
    lines = ReturnedLine(many=True, allow_empty=False)


class AnswerReturn(Reason):
    approve = serializers.BooleanField()


TAKES: dict[str, type[Strict]] = {
    "edit": DraftInput,
    "submit": Submit,
    "propose": Submit,
    "claim": Claim,
    "accept": Accept,
    "counter": Counter,
    "amend": Change,
    "decline": Decline,
    "reject": Taking,
    "cancel": Cancel,
    "request_cancel": Reason,
    "refuse_cancel": Reason,
    "decline_amend": Reason,
    "withdraw": Reason,
    "prepare": Prepare,
    "short_pick": ShortPick,
    "manifest": Manifest,
    "void_manifest": Reason,
    "ship": Ship,
    "track": Track,
    "void_ship": Reason,
    "deliver": Deliver,
    "refuse_all": Reason,
    "confirm": Confirm,
    "dispute": Dispute,
    "resolve": Resolve,
    "ask_return": AskReturn,
    "answer_return": AnswerReturn,
}
DATA = PolymorphicProxySerializer(
    component_name="MoveData", serializers=list({*TAKES.values(), Nothing}), resource_type_field_name=None
)


@extend_schema_field(DATA)
class Data(serializers.DictField):
    """What the move takes; read by the move's own shape once its name is known."""


class TransitionInput(Strict):
    """A move by its name, and what it takes."""

    action = serializers.ChoiceField(choices=list(rules.MOVES))
    data = Data(required=False, default=dict)

    def validate(self, asked: dict) -> dict:
        shape = TAKES.get(asked["action"], Nothing)(data=asked["data"])
        if not shape.is_valid():
            raise serializers.ValidationError({"data": shape.errors})
        return {"action": asked["action"], "data": dict(shape.validated_data)}
