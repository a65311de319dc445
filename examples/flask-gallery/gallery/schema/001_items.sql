CREATE TABLE items (
  key TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('track', 'picture')),
  title TEXT NOT NULL,
  artist TEXT NOT NULL DEFAULT '',
  content_type TEXT NOT NULL,
  filename TEXT NOT NULL UNIQUE,
  preview TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  owner TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  width INTEGER,
  height INTEGER,
  seconds REAL,
  peaks TEXT
);
CREATE INDEX items_by_age ON items (created_at DESC, key);
