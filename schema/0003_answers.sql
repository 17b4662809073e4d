-- What a person was answered when he created something under a name of his own: a repeat gets the same.

CREATE TABLE answers (
  user_id TEXT NOT NULL REFERENCES users (id),
  client_id TEXT NOT NULL,
  hash TEXT NOT NULL,                   -- of the request, so that another one under the same name is noticed
  body TEXT NOT NULL,                   -- what the answer is made from, JSON; nothing secret
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, client_id)
) STRICT, WITHOUT ROWID;
