CREATE VIRTUAL TABLE items_text USING fts5 (
  title, artist, content='items', tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO items_text (rowid, title, artist) SELECT rowid, title, artist FROM items;
CREATE TRIGGER items_text_added AFTER INSERT ON items BEGIN
  INSERT INTO items_text (rowid, title, artist) VALUES (new.rowid, new.title, new.artist);
END;
CREATE TRIGGER items_text_removed AFTER DELETE ON items BEGIN
  INSERT INTO items_text (items_text, rowid, title, artist) VALUES ('delete', old.rowid, old.title, old.artist);
END;
