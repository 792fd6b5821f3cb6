"""Letters to people: plain text by a template whose first line is the subject. Sent from jobs, never inside a request:
a mail server may be slow or away, and a job is tried again."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

NOWHERE = ".invalid"  # RFC 2606: addresses of accounts that were opened without one


def send(to: str, letter: str, **told) -> bool:
    """Send `templates/mail/<letter>.txt` to one address; False for one that leads nowhere. Raises OSError or
    SMTPException when the mail server does not take it."""
    if to.endswith(NOWHERE):
        return False
    text = render_to_string(f"mail/{letter}.txt", told | {"site": settings.PUBLIC_URL})
    subject, _sep, body = text.strip().partition("\n")
    EmailMessage(subject=subject.strip(), body=f"{body.strip()}\n", to=[to]).send()
    return True
