"""What a seller agreed with its buyers, and when it delivers."""

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin.trading import Below, Traded
from apps.accounts.models import Connection, Location
from apps.core.look.text import money
from apps.orders.actions.credit import credit_for
from apps.orders.models import DeliveryRule, DeliveryRuleBuyer, TaxRule, TradeTerms
from apps.orders.models.delivery import known_window

WEEKDAYS = [(1, _("Mon")), (2, _("Tue")), (3, _("Wed")), (4, _("Thu")), (5, _("Fri")), (6, _("Sat")), (7, _("Sun"))]


class TermsForm(forms.ModelForm):
    owner = None

    def clean_buyer(self):
        """A member's own company is no field of the form, so the form looks for a second row itself."""
        buyer = self.cleaned_data["buyer"]
        if self.owner and TradeTerms.objects.filter(seller=self.owner, buyer=buyer).exists():
            raise forms.ValidationError(_("There are terms with this buyer already. Change those."))
        return buyer


@admin.register(TradeTerms)
class TradeTermsAdmin(Traded):
    """One row a buyer; who has none pays on delivery. The credit a buyer has used stands beside its limit. A row stays
    when the two trade no more: what was bought under it is still to be paid."""

    form, mine = TermsForm, "seller"
    list_display = ["partner", "payment", "limit", "least", "on_short", "seller"]
    list_select_related = ["seller"]
    search_fields = ["buyer_name"]
    ordering = ["buyer_name"]
    fieldsets = [
        (None, {"fields": ["seller", "buyer", "partner", "payment", "credit_limit", "used", "order_minimum"]}),
        (_("How orders go"), {"fields": ["on_short", "hold_hours", "answer_hours", "cancel_hours"]}),
    ]
    readonly_fields = ["partner", "used"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"owner": request.organization})

    def get_exclude(self, request, obj=None):
        return [*super().get_exclude(request, obj), "buyer" if obj else "partner"]

    def get_queryset(self, request):
        trades = Connection.objects.filter(wholesaler=OuterRef("seller"), retailer=OuterRef("buyer"))
        return super().get_queryset(request).annotate(connected=Exists(trades))

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("Buyer"), ordering="buyer_name")
    def partner(self, row) -> str:
        return row.buyer_name if row.connected else _("%(name)s, not connected now") % {"name": row.buyer_name}

    @admin.display(description=_("Credit limit"), ordering="credit_limit")
    def limit(self, row) -> str:
        return money(row.credit_limit)

    @admin.display(description=_("Order minimum"), ordering="order_minimum")
    def least(self, row) -> str:
        return money(row.order_minimum)

    @admin.display(description=_("Credit used"))
    def used(self, row) -> str:
        if row.pk is None:
            return "—"
        credit = credit_for(seller=row.seller_id, buyer=row.buyer_id)
        told = {"used": money(credit.used), "overdue": money(credit.overdue)}
        return _("%(used)s, of which %(overdue)s is overdue") % told


@admin.register(TaxRule)
class TaxRuleAdmin(Traded):
    """A rate that changes is a rule that ends and another that begins; orders keep the rates they were made with."""

    list_display = ["name", "state", "category", "rate", "remits", "starts_date", "ends_date"]
    list_filter = ["state", "remits"]
    search_fields = ["name"]
    ordering = ["name", "starts_date"]
    fields = ["organization", "name", ("state", "category"), ("percent", "remits"), ("starts_date", "ends_date")]

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("Rate"), ordering="percent")
    def rate(self, row) -> str:
        return f"{row.percent.normalize():f}%"


class RoundForm(forms.ModelForm):
    """Weekdays are ticked; windows and closed days are written with commas."""

    weekdays = forms.TypedMultipleChoiceField(choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple)

    def clean_windows(self):
        """Said here too: Django's array field keeps the sentence to itself."""
        for text in self.cleaned_data["windows"]:
            known_window(text)
        return self.cleaned_data["windows"]

    class Meta:
        help_texts = {
            "windows": _("Like 08:00-10:00, 13:00-15:00, in the place's time."),
            "closed_dates": _("Days without deliveries, like 2026-12-25, 2027-01-01."),
        }


class Served(Below):
    model = DeliveryRuleBuyer
    fields = ["buyer"]


@admin.register(DeliveryRule)
class DeliveryRuleAdmin(Traded):
    """A round that is over is put out of force."""

    form, permission = RoundForm, "orders.decide"
    list_display = ["location", "area", "days", "hours", "cutoff", "lead_days", "for_everyone", "is_active"]
    list_select_related = ["location"]
    list_filter = ["is_active", ("location", admin.RelatedOnlyFieldListFilter)]
    ordering = ["location__name", "area", "id"]
    fields = ["location", "area", "weekdays", "windows", ("cutoff", "lead_days"), "closed_dates"]
    fields += ["for_everyone", "is_active"]
    inlines = [Served]

    def get_readonly_fields(self, request, obj=None):
        return ["location"] if obj else []

    def has_delete_permission(self, request, obj=None):
        return False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "location":
            own = Location.objects.filter(is_active=True)
            kwargs["queryset"] = own if request.user.is_superuser else own.filter(organization=request.organization)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("Days"))
    def days(self, row) -> str:
        return ", ".join(str(word) for number, word in WEEKDAYS if number in row.weekdays)

    @admin.display(description=_("Windows"))
    def hours(self, row) -> str:
        return ", ".join(row.windows)
