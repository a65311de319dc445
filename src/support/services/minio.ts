/** MinIO, which stands for S3 where the app reads the address of one. */
import type { RunServiceDefinition } from './definition.js';

export const minio: RunServiceDefinition = {
  run: true,
  rank: 48,
  title: 'MinIO',
  doc: 'for S3, by boto3, aioboto3, minio, s3fs or django-storages, where the app reads the address of an endpoint',
  need: 'MinIO (S3)',
  isDatabase: false,
  drivers: [
    {
      packages: [
        'minio',
        'miniopy-async',
        'boto3',
        'aioboto3',
        'aiobotocore',
        's3fs',
        'django-storages',
        'django-minio-backend',
        'django-minio-storage',
        'flask-s3',
      ],
      scheme: 'http',
      plain: 'http',
      counts: 'read',
    },
  ],
  protocol: 'http',
  variables: [
    /^AWS_(S3_)?ENDPOINT_UR[IL](_S3)?$/,
    /(^|_)(MINIO|S3)(_STORAGE)?_(ENDPOINT_UR[IL]|UR[IL]|SERVER_UR[IL])$/,
  ],
  example: 'AWS_S3_ENDPOINT_URL',
  schemes: /^s3\+http$/,
  prefixes: ['MINIO', 'MINIO_STORAGE', 'S3', 'AWS_S3', 'AWS', 'MINIO_ROOT'],
  ends: {
    server: ['ENDPOINT', 'SERVER'],
    user: ['ACCESS_KEY', 'ACCESS_KEY_ID'],
    password: ['SECRET_KEY', 'SECRET_ACCESS_KEY'],
    off: ['SECURE', 'USE_SSL', 'USE_HTTPS', 'USE_TLS', 'SSL'],
  },
  own: /(^|_)MINIO_/,
  // Others of the company's services, and what says whether one is used.
  notOf:
    /(^|_)(SES|SNS|SQS|RDS|KMS|DYNAMO(DB)?|LAMBDA|CLOUDFRONT|COGNITO|BEDROCK|TEXTRACT|SMTP|EMAIL|DB|DATABASE)(_|$)|^USE_/,
  goesWithout: true,
  switches: /(^|_)BUCKET(_NAME)?$/,
  loginApart: true,
  isOpen: false,
  programs: ['minio'],
  images: [{ repository: 'minio/minio' }, { repository: 'bitnami/minio' }],
  sharesMessages: false,
  seenByBrowsers: false,
};
