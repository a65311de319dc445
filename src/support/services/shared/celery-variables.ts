/** What Celery itself reads from its environment, before its configuration: celery.app.utils.Settings. */
export const BROKER_OF_CELERY = 'CELERY_BROKER_URL';
export const RESULTS_OF_CELERY = 'CELERY_RESULT_BACKEND';
