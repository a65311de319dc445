"""The cart: in the signed cookie of the buyer, who may look into it but not change it."""

import uuid

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from flask_shop import catalogue
from flask_shop.orders import MAX_QUANTITY

blueprint = Blueprint("cart", __name__)


@blueprint.get("/cart")
def show() -> str:
    """What is in the cart, and the form that orders it."""
    return render_cart()


@blueprint.post("/cart")
def change() -> Response:
    """Set how many pieces of a product (`slug`) are in the cart: form field `quantity`, or one more without it."""
    slug = request.form.get("slug", "")
    cart = current_cart()
    if slug not in {offer["slug"] for offer in catalogue.list_offers()}:
        abort(404, "There is no such product.")
    quantity = request.form.get("quantity", type=int, default=cart.get(slug, 0) + 1)
    if not 0 <= quantity <= MAX_QUANTITY:
        abort(400, f"A cart holds up to {MAX_QUANTITY} pieces of a product.")
    if quantity:
        cart[slug] = quantity
    else:
        cart.pop(slug, None)
    session["cart"] = cart
    return redirect(url_for("cart.show"), 303)


def current_cart() -> dict[str, int]:
    """The cart of this request's session."""
    return dict(session.get("cart", {}))


def render_cart(problem: str | None = None, email: str = "") -> str:
    """The page of the cart; with a problem, after an order that could not be placed."""
    rows = catalogue.find_offers(current_cart())
    total = sum(offer["price_cents"] * quantity for offer, quantity in rows)
    return render_template("cart.html", rows=rows, total=total, key=uuid.uuid4().hex, problem=problem, email=email)
