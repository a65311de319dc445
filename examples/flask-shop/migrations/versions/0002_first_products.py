"""The first products, so that a new shop is not empty

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PRODUCTS = [
    ("lantern", "Storm lantern", 3490, 500),
    ("rope", "Mooring rope, 10 m", 2450, 800),
    ("compass", "Brass compass 🧭", 5900, 300),
    ("chart", "Chart of the bay", 1295, 0),
]


def upgrade():
    products = sa.table(
        "products",
        sa.column("slug", sa.String),
        sa.column("title", sa.String),
        sa.column("price_cents", sa.Integer),
        sa.column("stock", sa.Integer),
    )
    rows = [dict(zip(("slug", "title", "price_cents", "stock"), product, strict=True)) for product in PRODUCTS]
    op.bulk_insert(products, rows)


def downgrade():
    slugs = ", ".join(f"'{slug}'" for slug, *_ in PRODUCTS)
    # What was sold stays: it is part of an order.
    op.execute(f"DELETE FROM products WHERE slug IN ({slugs}) AND id NOT IN (SELECT product_id FROM order_lines)")  # noqa: S608
