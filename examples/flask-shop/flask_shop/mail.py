"""Mail to buyers, by SMTP."""

import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app, render_template

from flask_shop.models import Order
from flask_shop.money import euros

ADDRESS = re.compile(r"[^@\s,;:<>\"()\\]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,188}[A-Za-z0-9])?")

SMTP_SECONDS = 10


def checked_address(text: str) -> str | None:
    """The address in `text` when mail can be sent to it; no names, no lists, no line breaks."""
    address = text.strip()
    if not ADDRESS.fullmatch(address) or ".." in address or not address.isascii():
        return None
    return address


def send_confirmation(order: Order) -> None:
    """Tell the buyer what was ordered. Raises OSError or SMTPException when the server does not take the mail."""
    message = EmailMessage()
    message["Subject"] = f"Your order of {euros(order.total_cents)}"
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = order.email
    sender = parseaddr(current_app.config["MAIL_FROM"])[1]
    message["Message-ID"] = make_msgid(idstring=order.key, domain=sender.rpartition("@")[2])
    message.set_content(render_template("confirmation.txt", order=order))
    message.add_alternative(render_template("confirmation.html", order=order), subtype="html")
    url = urlsplit(current_app.config["SMTP_URL"])
    with _connect(url) as smtp:
        if url.username:
            smtp.login(unquote(url.username), unquote(url.password or ""))
        smtp.send_message(message)


def _connect(url: SplitResult) -> smtplib.SMTP:
    host = url.hostname or ""
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=SMTP_SECONDS, context=context)
    smtp = smtplib.SMTP(host, url.port or 25, timeout=SMTP_SECONDS)
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=context)
    elif url.username:
        smtp.close()
        raise smtplib.SMTPNotSupportedError("The server offers no TLS, and the password is not sent without it.")
    return smtp
