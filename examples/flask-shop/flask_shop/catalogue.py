"""What is for sale, from the cache when nothing has changed."""

from typing import TypedDict, cast

from flask import current_app
from sqlalchemy import select

from flask_shop.cache import Cache
from flask_shop.extensions import db
from flask_shop.models import Product


class Offer(TypedDict):
    slug: str
    title: str
    price_cents: int
    stock: int


def list_offers() -> list[Offer]:
    """Every product in the order of their titles."""

    def ask() -> list[Offer]:
        return [
            Offer(slug=product.slug, title=product.title, price_cents=product.price_cents, stock=product.stock)
            for product in db.session.scalars(select(Product).order_by(Product.title))
        ]

    return cast(list[Offer], cache().get_or_make("offers", ask))


def find_offers(cart: dict[str, int]) -> list[tuple[Offer, int]]:
    """The offers in a cart with their quantities; products that are no longer sold are left out."""
    return [(offer, cart[offer["slug"]]) for offer in list_offers() if offer["slug"] in cart]


def cache() -> Cache:
    """The cache of the current app."""
    return cast(Cache, current_app.extensions["cache"])
