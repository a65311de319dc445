"""The worker's way in: `celery --app flask_shop.worker worker`, and `… beat` for what is done every minute."""

from flask_shop import create_app

celery_app = create_app().extensions["celery"]
