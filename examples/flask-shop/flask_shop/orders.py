"""Placing orders so that nothing is sold twice, and confirming each of them once."""

import re
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from flask_shop import catalogue, mail
from flask_shop.extensions import db
from flask_shop.models import CONFIRMED, PLACED, Order, OrderLine, Product, now

MAX_QUANTITY = 20
KEY = re.compile(r"[0-9a-f]{32}")


class OrderError(Exception):
    """The order cannot be placed; the text is for the buyer."""


class SoldOutError(OrderError):
    """Somebody else was faster."""

    def __init__(self, title: str) -> None:
        super().__init__(f"There is not enough left of: {title}.")


def place_order(key: str, email: str, cart: dict[str, int]) -> Order:
    """Take what is in the cart from the stock and store the order, both or neither.

    The same key twice is the same order: the second call returns what the first one placed.
    """
    if not KEY.fullmatch(key):
        raise OrderError("The form is incomplete. Please open the cart again.")
    if not cart:
        raise OrderError("The cart is empty.")
    address = mail.checked_address(email)
    if address is None:
        raise OrderError("This is not an address that mail can be sent to.")
    existing = find_order(key)
    if existing:
        return existing
    try:
        order = _store(key, address, cart)
        db.session.commit()
    except IntegrityError:
        # The same form at the same time: the one that committed first has placed the order.
        db.session.rollback()
        winner = find_order(key)
        if winner is None:
            raise
        return winner
    except BaseException:
        db.session.rollback()
        raise
    catalogue.cache().clear()
    return order


def find_order(key: str) -> Order | None:
    """The order with that key."""
    return db.session.scalar(select(Order).where(Order.key == key))


def confirm_order(order_id: int) -> bool:
    """Send the confirmation of an order that has none, and note it; whether it was sent now.

    The row is locked while the mail goes out, so two workers send one mail. A worker that dies in between leaves the
    order unconfirmed, and another one sends the mail: rather twice than never.
    """
    order = db.session.scalar(select(Order).where(Order.id == order_id).with_for_update())
    if order is None or order.status != PLACED:
        db.session.rollback()
        return False
    try:
        mail.send_confirmation(order)
        order.status = CONFIRMED
        order.confirmed_at = now()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    return True


def find_waiting(older_than_seconds: int) -> list[int]:
    """The ids of the orders that have waited that long for their confirmation."""
    before = now() - timedelta(seconds=older_than_seconds)
    return list(db.session.scalars(select(Order.id).where(Order.status == PLACED, Order.placed_at <= before)))


def _store(key: str, email: str, cart: dict[str, int]) -> Order:
    order = Order(key=key, email=email, total_cents=0)
    # In the order of ids everywhere, so that two orders never wait for each other.
    products = db.session.scalars(select(Product).where(Product.slug.in_(cart)).order_by(Product.id)).all()
    missing = set(cart) - {product.slug for product in products}
    if missing:
        raise OrderError(f"No longer sold: {', '.join(sorted(missing))}.")
    for product in products:
        quantity = cart[product.slug]
        # One statement looks and takes: between a look and a taking, somebody else could buy the last one.
        taken = db.session.execute(
            update(Product)
            .where(Product.id == product.id, Product.stock >= quantity)
            .values(stock=Product.stock - quantity)
            .execution_options(synchronize_session=False)
        )
        if cast(CursorResult[Any], taken).rowcount != 1:
            raise SoldOutError(product.title)
        order.lines.append(
            OrderLine(product_id=product.id, title=product.title, price_cents=product.price_cents, quantity=quantity)
        )
        order.total_cents += product.price_cents * quantity
    db.session.add(order)
    return order
