"""Products: the sync makes them, staff look at the new ones and put right what the POS writes badly."""

from django.contrib import admin, messages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.catalog.models import Brand, Category, Product
from apps.core import audit
from apps.core.backoffice import Audited, moment


class Made(Audited):
    """Rows a sync makes: edited here, not added or deleted."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        """A retailer's scope shows connected wholesalers' rows too; they are not its own to keep."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(organization=request.organization)


@admin.register(Brand)
class BrandAdmin(Made):
    list_display = ["name", "organization"]
    list_select_related = ["organization"]
    search_fields = ["name"]
    fields = ["organization", "name"]
    readonly_fields = ["organization"]


@admin.register(Category)
class CategoryAdmin(Made):
    list_display = ["name", "form", "organization"]
    list_select_related = ["organization"]
    list_filter = ["form"]
    search_fields = ["name"]
    fields = ["organization", "name", "form"]
    readonly_fields = ["organization"]


@admin.register(Product)
class ProductAdmin(Made):
    list_display = ["name", "sku", "brand", "category", "size", "is_new", "is_listed", "changed"]
    list_filter = [
        "is_new",
        "is_listed",
        ("brand", admin.RelatedOnlyFieldListFilter),
        ("category", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["brand", "category"]
    search_fields = ["name", "sku", "upc"]
    ordering = ["name"]
    autocomplete_fields = ["brand", "category"]
    readonly_fields = ["organization", "created_at", "edited_at"]
    actions = ["mark_looked_at"]
    changed = moment("updated_at", _("Changed, UTC"))
    fieldsets = [
        (None, {"fields": ["organization", "name", "sku", "upc", "brand", "category"]}),
        (_("What it is"), {"fields": ["strain", "strain_type", "size", "unit_weight", "is_cannabis", "description"]}),
        (_("How it is shown"), {"fields": ["is_listed", "image_url", "is_new"]}),
        (_("When"), {"fields": ["created_at", "edited_at"]}),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "image_url":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        """A person's edit is remembered, so that no sync writes over it."""
        obj.edited_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Mark as looked at"), permissions=["change"])
    @transaction.atomic
    def mark_looked_at(self, request, queryset):
        """One record an organization, naming the products."""
        fresh = list(queryset.filter(is_new=True).order_by("organization_id"))
        Product.objects.filter(pk__in=[product.pk for product in fresh]).update(is_new=False, updated_at=timezone.now())
        for owner in dict.fromkeys(product.organization_id for product in fresh):
            looked = [str(product.pk) for product in fresh if product.organization_id == owner]
            audit.record(request.user, "product.looked_at", None, organization=owner, products=looked)
        said = ngettext("%(n)s product is marked as looked at.", "%(n)s products are marked as looked at.", len(fresh))
        messages.success(request, said % {"n": len(fresh)})
