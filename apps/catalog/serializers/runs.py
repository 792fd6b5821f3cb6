"""Shapes out: runs with their steps, counts and the rows they set aside."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.models import QuarantinedRow
from apps.core.models import RunState, StepState, SyncRun, SyncStep

MOST_QUARANTINED = 200


class PhaseOut(serializers.ModelSerializer):
    """One step of a run. `detail` is a sentence for people."""

    state = serializers.ChoiceField(choices=StepState.choices)

    class Meta:
        model = SyncStep
        fields = ["name", "state", "seconds", "count", "detail"]
        read_only_fields = fields


class MatchedOut(serializers.Serializer):
    """Products by what their match rests on."""

    sku = serializers.IntegerField(default=0)
    upc = serializers.IntegerField(default=0)
    alias = serializers.IntegerField(default=0)
    name = serializers.IntegerField(default=0)
    link = serializers.IntegerField(default=0)


class CountsOut(serializers.Serializer):
    """Rows of this run, those seen before included; `matched`, `new` and `review` count products."""

    fetched = serializers.IntegerField(default=0)
    matched = MatchedOut(default=dict)
    new = serializers.IntegerField(default=0)
    review = serializers.IntegerField(default=0)
    created = serializers.IntegerField(default=0)
    updated = serializers.IntegerField(default=0)
    unchanged = serializers.IntegerField(default=0)
    gone = serializers.IntegerField(default=0)
    quarantined = serializers.IntegerField(default=0)


class RunOut(serializers.ModelSerializer):
    """One reading of one location. `seconds` and `finished_at` are null while it runs."""

    location = serializers.UUIDField(source="location_id")
    state = serializers.ChoiceField(choices=RunState.choices)
    seconds = serializers.FloatField(allow_null=True)
    counts = CountsOut()

    class Meta:
        model = SyncRun
        fields = [
            "id",
            "location",
            "location_name",
            "kind",
            "trigger",
            "state",
            "source",
            "started_at",
            "finished_at",
            "seconds",
            "attempt",
            "counts",
            "error",
        ]
        read_only_fields = fields


class ReasonOut(serializers.Serializer):
    """One thing wrong with a row: a code for machines, the field by its name on the wire, a sentence for people."""

    code = serializers.CharField()
    field = serializers.CharField()
    text = serializers.CharField()


class QuarantinedOut(serializers.ModelSerializer):
    """A row that could not be used. The last good value stays in use."""

    row = serializers.IntegerField(source="position", help_text="Its place in the answer, from 0.")
    state = serializers.ChoiceField(choices=QuarantinedRow.State.choices)
    reasons = ReasonOut(many=True)

    class Meta:
        model = QuarantinedRow
        fields = ["id", "row", "source", "reasons", "state", "times_seen", "last_seen_at"]
        read_only_fields = fields


class RunDetail(RunOut):
    """A run with its steps in order, and the rows last quarantined by it (the first 200)."""

    phases = PhaseOut(many=True, source="steps")
    quarantined = serializers.SerializerMethodField()

    class Meta(RunOut.Meta):
        fields = [*RunOut.Meta.fields, "phases", "quarantined"]
        read_only_fields = fields

    @extend_schema_field(QuarantinedOut(many=True))
    def get_quarantined(self, run):
        return QuarantinedOut(run.quarantined.order_by("position")[:MOST_QUARANTINED], many=True).data


class SyncAnswer(serializers.Serializer):
    """`run` is the run at work, null before a worker takes it up. `joined`: one was asked for or at work already."""

    run = RunOut(allow_null=True)
    joined = serializers.BooleanField()
