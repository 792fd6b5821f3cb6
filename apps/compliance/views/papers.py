"""Papers: our manifest as a PDF, and the state's own beside it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.compliance import paper
from apps.compliance.models import Manifest, Transfer
from apps.core.scope import current, everyone


@require_safe
@login_required
def manifest(request, pk):
    """Who ships and who receives may read it; the driver's whole licence is for who ships."""
    found = get_object_or_404(Manifest, pk=pk)
    licence, permit = found.driver.open() if found.organization_id == current().organization else ("", "")
    with everyone("the number of a manifest that may be read"):
        number = found.report.found.get("manifest_number", "")
    made = paper.pdf(found.document, manifest_number=number, driver_licence=licence, driver_permit=permit)
    return _pdf(made, f"manifest-{found}")


@require_safe
@login_required
def state_manifest(request, pk):
    """As METRC gave it; 404 until it has."""
    found = get_object_or_404(Transfer.objects.exclude(state_pdf=None), pk=pk)
    return _pdf(bytes(found.state_pdf), f"state-manifest-{found.manifest_number}")


def _pdf(content: bytes, name: str) -> HttpResponse:
    if not content.startswith(b"%PDF"):
        raise Http404
    response = HttpResponse(content, content_type="application/pdf")
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name)
    response["Content-Disposition"] = f'inline; filename="{plain}.pdf"'
    return response
