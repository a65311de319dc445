"""What is for sale, as a page and as JSON."""

from flask import Blueprint, Response, jsonify, render_template

from flask_shop import catalogue

blueprint = Blueprint("offers", __name__)


@blueprint.get("/")
def index() -> str:
    """The shop's first page."""
    return render_template("offers.html", offers=catalogue.list_offers())


@blueprint.get("/api/offers")
def api_offers() -> Response:
    """The same for programs."""
    return jsonify(items=catalogue.list_offers())
