"""E-mail through Django's backends, as HTML and as text."""

from email.utils import parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from .base import Channel, Message, Undelivered


class EmailChannel(Channel):
    """Send messages by e-mail; the templates are notifications/email.html and notifications/email.txt."""

    def send(self, message: Message) -> None:
        """Send a message; raises Undelivered."""
        if not message.addresses:
            raise Undelivered("The receiver has no e-mail address.", is_final=True)
        try:
            email_of(message).send()
        except (OSError, SMTPException) as error:
            raise Undelivered(f"{type(error).__name__}: {error}"[:300]) from error


def email_of(message: Message) -> EmailMultiAlternatives:
    """Return a message as an e-mail; one click unsubscribes (RFC 8058)."""
    context = {"message": message, "site_url": settings.SITE_URL}
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{message.id}@{domain}>", "Auto-Submitted": "auto-generated"}
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text = render_to_string("notifications/email.txt", context)
    email = EmailMultiAlternatives(message.title, text, to=list(message.addresses), headers=headers)
    email.attach_alternative(render_to_string("notifications/email.html", context), "text/html")
    return email
