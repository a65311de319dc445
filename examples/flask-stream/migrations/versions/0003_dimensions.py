"""Width, height and duration; an index for what is new."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("uploads", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("width", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("height", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("duration", sa.Float(), nullable=True))
        batch.create_index("ix_uploads_created_at", ["created_at"])


def downgrade():
    with op.batch_alter_table("uploads", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_index("ix_uploads_created_at")
        batch.drop_column("duration")
        batch.drop_column("height")
        batch.drop_column("width")
