"""Placing an order, and seeing what became of it."""

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from flask_shop import orders, tasks
from flask_shop.models import PLACED
from flask_shop.views.cart import current_cart, render_cart

blueprint = Blueprint("orders", __name__)


@blueprint.post("/orders")
def create() -> Response | tuple[str, int]:
    """Order the cart: form fields `email` and `key`."""
    email = request.form.get("email", "")
    key = request.form.get("key", "")
    # Sent again after the cart was emptied by the first time: the order is there.
    order = orders.find_order(key)
    if order:
        return redirect(url_for("orders.show", key=order.key), 303)
    try:
        order = orders.place_order(key, email, current_cart())
    except orders.OrderError as problem:
        return render_cart(str(problem), email), 409 if isinstance(problem, orders.SoldOutError) else 400
    tasks.request_confirmation(order.id)
    session.pop("cart", None)
    return redirect(url_for("orders.show", key=order.key), 303)


@blueprint.get("/orders/<key>")
def show(key: str) -> str:
    """One order; whoever knows its key may see it."""
    order = orders.find_order(key) or abort(404, "There is no such order.")
    return render_template("order.html", order=order, waiting=order.status == PLACED)
