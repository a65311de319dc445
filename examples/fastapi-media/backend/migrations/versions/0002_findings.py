"""What the analysis finds"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("media") as table:
        table.add_column(sa.Column("findings", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("fingerprint", sa.String(16)))
        table.create_index("media_by_fingerprint", ["fingerprint"])


def downgrade() -> None:
    with op.batch_alter_table("media") as table:
        table.drop_index("media_by_fingerprint")
        table.drop_column("fingerprint")
        table.drop_column("findings")
