"""Commands for whoever runs the shop: `flask --app flask_shop stock …`."""

import click
from flask import Flask
from sqlalchemy import select

from flask_shop import catalogue
from flask_shop.extensions import db
from flask_shop.models import Product


def register(app: Flask) -> None:
    """Add the commands to `flask`."""

    @app.cli.command("stock")
    @click.argument("slug")
    @click.argument("pieces", type=click.IntRange(min=0))
    def stock(slug: str, pieces: int) -> None:
        """Set how many PIECES of the product SLUG there are."""
        product = db.session.scalar(select(Product).where(Product.slug == slug).with_for_update())
        if product is None:
            raise click.ClickException(f"There is no product {slug!r}.")
        product.stock = pieces
        db.session.commit()
        catalogue.cache().clear()
        click.echo(f"{product.title}: {pieces}")
