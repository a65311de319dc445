"""fastapi-digest: a podcast's feed as a short digest, to read and to listen to."""
