"""Invoices in the back office: what is owed, money written down, credits, and the two people of a write-off."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.rules import may
from apps.core.backoffice import NeedsWork, ReadOnly, moment, state_badge
from apps.core.errors import Refused
from apps.core.look.text import EMPTY, money
from apps.core.scope import current, scope
from apps.orders.actions import billing
from apps.orders.models import Invoice
from apps.orders.rules.billing import CLOSED, InvoiceState, Method

RECORD = "finance.record"
AMOUNT = {"max_digits": 14, "decimal_places": 2, "label": gettext_lazy("Amount")}


class PaymentForm(forms.Form):
    amount = forms.DecimalField(**AMOUNT)
    received_date = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    method = forms.ChoiceField(label=gettext_lazy("How"), choices=Method.choices)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=80, required=False)


class CreditForm(forms.Form):
    amount = forms.DecimalField(**AMOUNT)
    reason = forms.CharField(label=gettext_lazy("Why; the retailer reads it"), max_length=400)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=400)


FORMS = {"pay": PaymentForm, "credit": CreditForm, "void": ReasonForm, "ask": ReasonForm, "write-off": forms.Form}


class Standing(NeedsWork):
    choices_of = [(state.value, state.label) for state in InvoiceState]
    first = "OVERDUE"


@admin.register(Invoice)
class InvoiceAdmin(ReadOnly):
    """One's own sales. Money and state are text here; the verbs below them move both."""

    change_form_template = "admin/orders/invoice/change_form.html"
    list_display = ["number", "badge", "buyer_name", "issued", "due", "amount", "owed"]
    list_filter = [Standing]
    search_fields = ["number", "buyer_name", "order__number", "payments__reference"]
    ordering = ["due_date", "issued_at"]
    badge = state_badge("invoice")
    issued = moment("issued_at", gettext_lazy("Issued, UTC"))
    fields = ["number", "order", "buyer_name", "terms", "issued_at", "due_date", "ended_at", "ended_by", "reason"]

    def get_queryset(self, request):
        rows, mine = super().get_queryset(request), current().organization
        return rows if request.user.is_superuser else rows.filter(seller=mine)

    def get_urls(self):
        act = path("<uuid:pk>/<str:verb>/verb/", self.admin_site.admin_view(self.act), name="orders_invoice_verb")
        return [act, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        invoice = self.get_object(request, object_id)
        shown = self._shown(request, invoice) if invoice else {}
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))

    def act(self, request, pk, verb: str):
        invoice = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "POST" or verb not in FORMS:
            raise Http404
        if not self._may(request):
            raise PermissionDenied
        form = FORMS[verb](request.POST)
        try:
            with scope(invoice.seller_id, user=request.user.pk):
                messages.success(request, _done(request, invoice, verb, form))
        except Refused as refusal:
            messages.error(request, refusal.detail)
        return redirect("admin:orders_invoice_change", invoice.pk)

    def _shown(self, request, invoice: Invoice) -> dict:
        today = {"received_date": timezone.now().date()}
        forms_of = {verb: form(initial=today, auto_id=f"{verb}-%s") for verb, form in FORMS.items()}
        return {
            "invoice": invoice,
            "lines": invoice.lines.all(),
            "payments": invoice.payments.all(),
            "credits": invoice.credits.all(),
            "may_record": self._may(request) and invoice.state not in CLOSED,
            "forms": {verb.replace("-", "_"): form for verb, form in forms_of.items()},
        }

    def _may(self, request) -> bool:
        return request.user.is_superuser or may(RECORD, request.membership)

    @admin.display(description=gettext_lazy("Due"), ordering="due_date")
    def due(self, row) -> str:
        return date_format(row.due_date, "j M Y") if row.due_date else EMPTY

    @admin.display(description=gettext_lazy("Total"), ordering="total")
    def amount(self, row) -> str:
        return money(row.total, row.currency)

    @admin.display(description=gettext_lazy("Still owed"))
    def owed(self, row) -> str:
        return money(row.balance, row.currency)


def _done(request, invoice: Invoice, verb: str, form: forms.Form) -> str:
    """Carries it out, and says what was done. Raises Refused, also for a form that was drawn before the last change."""
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0], code="form")
    if request.POST.get("balance", "") != f"{invoice.balance}":
        raise Refused(_("The invoice changed while you were looking. Review and try again."), code="version-mismatch")
    told = {**form.cleaned_data, "by": request.user, "invoice": invoice}
    number = {"number": invoice.number}
    if verb == "ask":
        billing.ask_write_off(**told)
        return _("Asked. Somebody else of finance has to agree.")
    verbs = {
        "pay": (billing.record_payment, _("The payment is written down on invoice %(number)s.")),
        "credit": (billing.issue_credit, _("The credit note on invoice %(number)s is made.")),
        "void": (billing.void_invoice, _("Invoice %(number)s is void.")),
        "write-off": (billing.write_off, _("Invoice %(number)s is written off.")),
    }
    do, words = verbs[verb]
    do(**told, now=timezone.now())
    return words % number
