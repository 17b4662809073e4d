-- The index of conversations: a copy of what each conversation's object says, guarded by `rev`.

CREATE TABLE contacts (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, email)
) STRICT;

CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  client_id TEXT NOT NULL,              -- the sender's name for the opening: a repeat finds the same row
  number INTEGER NOT NULL,
  contact_id TEXT NOT NULL REFERENCES contacts (id),
  created_at INTEGER NOT NULL,
  -- Everything below is null or zero until the object has reported for the first time.
  rev INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'new',
  assignee_id TEXT,
  last_event_at INTEGER NOT NULL DEFAULT 0,
  waiting_since INTEGER,
  view TEXT NOT NULL DEFAULT '{}',      -- the conversation as agents see it, JSON
  UNIQUE (company_id, client_id),
  UNIQUE (company_id, number)
) STRICT;
CREATE INDEX conversations_by_status ON conversations (company_id, status, last_event_at DESC, id DESC);
CREATE INDEX conversations_by_time ON conversations (company_id, last_event_at DESC, id DESC);
CREATE INDEX conversations_by_assignee ON conversations (company_id, assignee_id, last_event_at DESC, id DESC);
CREATE INDEX conversations_by_contact ON conversations (contact_id, created_at);
CREATE INDEX conversations_waiting ON conversations (company_id, waiting_since, id)
  WHERE waiting_since IS NOT NULL AND assignee_id IS NULL;

-- Who takes part in what: the scope `participating` of lists.
CREATE TABLE participants (
  agent_id TEXT NOT NULL REFERENCES memberships (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  PRIMARY KEY (agent_id, conversation_id)
) STRICT, WITHOUT ROWID;
