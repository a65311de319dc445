"""Celery inside Flask: the same settings, and every task within the app's context."""

from typing import Any

from celery import Celery, Task
from flask import Flask


def create_celery(app: Flask) -> Celery[Any]:
    """The Celery app that belongs to `app`, also to be found as app.extensions["celery"]."""

    class ContextTask(Task):  # type: ignore[type-arg]  # generic in the stubs only
        def __call__(self, *args: object, **kwargs: object) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery: Celery[Any] = Celery(app.name, task_cls=ContextTask, set_as_current=False)
    celery.conf.update(
        broker_url=app.config["BROKER_URL"],
        task_default_queue=app.config["PREFIX"],
        task_ignore_result=True,
        # A task ends when it is done, not when it begins: a worker that dies gives back what it had.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        # The buyer is waiting while a task is handed over; who cannot be reached soon is asked later.
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1},
        broker_connection_timeout=2,
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(app.config["BROKER_URL"]),
        beat_schedule={
            "confirm waiting orders": {
                "task": "flask_shop.tasks.confirm_waiting",
                "schedule": app.config["CONFIRM_AGAIN_SECONDS"],
            }
        },
    )
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


def _transport_options(url: str) -> dict[str, Any]:
    if not url.startswith("redis"):
        return {}
    # Redis knows no acknowledgements: after that time a task counts as lost, so it must be longer than any takes.
    return {"visibility_timeout": 600, "socket_connect_timeout": 2, "max_retries": 1}
