"""What the shop answers."""

from flask_shop.views import cart, health, offers, orders

__all__ = ["cart", "health", "offers", "orders"]
