-- What was said, to be searched: a copy of the words in the conversations' logs, which send them here.

-- The part of the index that is a company's. Together with a conversation's number and a place in its log it makes an id,
-- so that a company's words lie together, the newest conversation's last: (part << 43) | (number << 19) | seq.
CREATE TABLE search_parts (
  part INTEGER PRIMARY KEY,
  company_id TEXT NOT NULL UNIQUE REFERENCES companies (id)
) STRICT;

-- Rows are only ever added, under an id that says what they are: repeats change nothing. Subject and contact stand beside
-- every message, so that a word of each finds it; the contact is the one thing that is corrected. seq 0 is the
-- conversation itself.
CREATE TABLE search_words (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  contact TEXT NOT NULL,
  message TEXT NOT NULL,
  note TEXT NOT NULL,                   -- an internal comment
  at INTEGER NOT NULL,
  by TEXT NOT NULL                      -- who said it, as agents see him, JSON
) STRICT;

-- `wrangler d1 export` refuses databases with virtual tables. This one holds nothing of its own: drop it, export, create
-- it again and say INSERT INTO search (search) VALUES ('rebuild').
CREATE VIRTUAL TABLE search USING fts5 (
  subject, contact, message, note,
  content = 'search_words', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TRIGGER search_hears_of_words AFTER INSERT ON search_words
BEGIN
  INSERT INTO search (rowid, subject, contact, message, note)
    VALUES (NEW.id, NEW.subject, NEW.contact, NEW.message, NEW.note);
END;
CREATE TRIGGER search_forgets_words AFTER DELETE ON search_words
BEGIN
  INSERT INTO search (search, rowid, subject, contact, message, note)
    VALUES ('delete', OLD.id, OLD.subject, OLD.contact, OLD.message, OLD.note);
END;
CREATE TRIGGER search_hears_of_contacts AFTER UPDATE OF contact ON search_words
BEGIN
  INSERT INTO search (search, rowid, subject, contact, message, note)
    VALUES ('delete', OLD.id, OLD.subject, OLD.contact, OLD.message, OLD.note);
  INSERT INTO search (rowid, subject, contact, message, note)
    VALUES (NEW.id, NEW.subject, NEW.contact, NEW.message, NEW.note);
END;

-- Up to where a conversation's words are here.
ALTER TABLE conversations ADD COLUMN searched INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversations_unsearched ON conversations (company_id, last_event_at DESC) WHERE searched < rev;

-- What the index knows of older conversations is found at once; what was said in them, as soon as they have sent it.
INSERT INTO search_parts (company_id) SELECT DISTINCT company_id FROM conversations;
INSERT INTO search_words (id, subject, contact, message, note, at, by)
  SELECT (p.part << 43) | (v.number << 19), v.view ->> '$.subject',
    (v.view ->> '$.contact.name') || ' <' || (v.view ->> '$.contact.email') || '>', '', '', v.created_at,
    json_object('kind', 'customer', 'name', v.view ->> '$.contact.name')
  FROM conversations v JOIN search_parts p ON p.company_id = v.company_id WHERE v.rev > 0;
