"""How each kind of report is said to METRC, and how METRC is asked whether it has it."""

from apps.compliance.rules import Kind

from . import adjustment, new_package, receipt, registration, template, voiding
from .outcome import Look, Outcome, Seen

LETTERS = {
    Kind.PACKAGE_ADJUST: adjustment,
    Kind.AUDIT_CORRECTION: adjustment,
    Kind.PACKAGE_CREATE: new_package,
    Kind.TRANSFER_CREATE: template,
    Kind.TRANSFER_REGISTER: registration,
    Kind.TRANSFER_ACCEPT: receipt,
    Kind.TRANSFER_VOID: voiding,
}

__all__ = ["LETTERS", "Look", "Outcome", "Seen"]
