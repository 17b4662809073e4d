-- Automated responses: texts to answer with, of one's own, of a team or of the whole company.

CREATE TABLE responses (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  owner_id TEXT NOT NULL REFERENCES memberships (id),                -- who wrote it
  scope TEXT NOT NULL CHECK (scope IN ('private', 'team', 'company')),
  team_id TEXT REFERENCES teams (id) ON DELETE SET NULL,             -- of a team's; once it is gone, the writer's own again
  name TEXT NOT NULL COLLATE NOCASE,
  shortcut TEXT NOT NULL DEFAULT '',                                 -- what is typed after the slash, lower-case
  language TEXT,                                                     -- null: any
  body TEXT NOT NULL,
  haystack TEXT NOT NULL,                                            -- name, shortcut and body in lower case, to search
  uses INTEGER NOT NULL DEFAULT 0,
  last_used_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX responses_by_name ON responses (company_id, name, id);

-- Whoever types a shortcut means one text: of his own, of each team's and of the company's there is one at most.
CREATE UNIQUE INDEX responses_by_shortcut
  ON responses (company_id, scope, COALESCE(team_id, ''), CASE scope WHEN 'private' THEN owner_id ELSE '' END, shortcut)
  WHERE shortcut <> '' AND NOT (scope = 'team' AND team_id IS NULL);

-- What was sent with which text: a message that is sent again counts once.
CREATE TABLE response_uses (
  response_id TEXT NOT NULL REFERENCES responses (id) ON DELETE CASCADE,
  agent_id TEXT NOT NULL REFERENCES memberships (id),
  client_id TEXT NOT NULL,              -- the sender's name for the message
  at INTEGER NOT NULL,
  PRIMARY KEY (response_id, agent_id, client_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE memberships ADD COLUMN append_signature INTEGER NOT NULL DEFAULT 1;  -- whether it goes under his answers by itself
