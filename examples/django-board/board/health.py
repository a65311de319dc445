"""Whether this instance can do its work, for load balancers and orchestrators."""

import logging

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

log = logging.getLogger(__name__)


@never_cache
def health(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has this version's schema; 503 otherwise, saying which of the two it is."""
    state = _database()
    return JsonResponse(
        {"status": "ok" if state == "ok" else "unavailable", "database": state}, status=200 if state == "ok" else 503
    )


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        # To the log only: the answer is public, and the error names hosts and users.
        log.error("Database check failed: %s", error)
        return "failed"
    return "not migrated" if pending else "ok"
