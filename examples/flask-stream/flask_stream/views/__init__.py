"""The blueprints: thin, they read the request and leave the work to `library`."""
