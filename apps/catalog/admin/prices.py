"""Price lists with their tiers and buyers, and the packs products are sold in."""

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin.trading import Below, Traded
from apps.catalog.models import PackRule, PriceList, PriceListBuyer, PriceRow


class ListForm(forms.ModelForm):
    """`owner` is set by the page that shows it: whose priorities may not meet."""

    owner = None

    def clean_priority(self):
        priority = self.cleaned_data["priority"]
        others = PriceList.objects.filter(organization=self.instance.organization_id or self.owner, priority=priority)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another list has this priority; one list has to go first."))
        return priority


class Rows(Below):
    model = PriceRow
    autocomplete_fields = ["product"]
    fields = ["product", "from_quantity", "price"]


class Buyers(Below):
    model = PriceListBuyer
    fields = ["buyer"]


@admin.register(PriceList)
class PriceListAdmin(Traded):
    """A list that is over is put out of force, never deleted: orders name it."""

    form = ListForm
    list_display = ["name", "priority", "starts_date", "ends_date", "is_active", "prices", "made_for"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    ordering = ["priority"]
    fields = ["organization", "name", "priority", ("starts_date", "ends_date"), "is_active"]
    inlines = [Buyers, Rows]

    def get_queryset(self, request):
        counts = {"row_count": Count("rows", distinct=True), "buyer_count": Count("buyers", distinct=True)}
        return super().get_queryset(request).annotate(**counts)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"owner": request.organization})

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("Prices"), ordering="row_count")
    def prices(self, row) -> int:
        return row.row_count

    @admin.display(description=_("Buyers"), ordering="buyer_count")
    def made_for(self, row) -> int:
        return row.buyer_count


@admin.register(PackRule)
class PackRuleAdmin(Traded):
    list_display = ["product", "price_list", "minimum", "multiple"]
    list_select_related = ["product", "price_list"]
    search_fields = ["product__name", "product__sku"]
    ordering = ["product__name", "id"]
    autocomplete_fields = ["product", "price_list"]
    fields = ["organization", "product", "price_list", "minimum", "multiple"]
