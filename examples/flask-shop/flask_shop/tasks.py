"""What workers do. Tasks may run twice or late, so each looks at the database before it acts."""

import logging
from smtplib import SMTPException

from celery import shared_task
from flask import current_app
from kombu.exceptions import OperationalError

from flask_shop import orders

log = logging.getLogger(__name__)

RETRIES = 8


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=1, retry_backoff_max=300, max_retries=RETRIES)
def confirm_order(order_id: int) -> None:
    """Send the confirmation of one order; again, ever more seldom, while the mail server does not take it."""
    orders.confirm_order(order_id)


@shared_task
def confirm_waiting() -> None:
    """Hand over the orders whose confirmation got lost."""
    for order_id in orders.find_waiting(current_app.config["CONFIRM_AGAIN_SECONDS"]):
        request_confirmation(order_id)


def request_confirmation(order_id: int) -> None:
    """Hand an order to a worker. Without a broker it stays placed, and `confirm_waiting` finds it later."""
    try:
        confirm_order.delay(order_id)
    except OperationalError as error:
        log.warning("Order %d is stored, and will be confirmed when the broker is back: %s", order_id, error)
