"""fastapi-media: takes pictures and clips, and says what is in them."""
