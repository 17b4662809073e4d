-- Tags, what each conversation is tagged with, how pressing it is and how it came in; and indexes for lists and counters.

CREATE TABLE tags (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  name TEXT NOT NULL COLLATE NOCASE,
  colour TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, name)
) STRICT;

-- A copy of what conversations say of themselves, as they report it: a tag in it may have been deleted a moment ago.
CREATE TABLE conversation_tags (
  conversation_id TEXT NOT NULL REFERENCES conversations (id),
  tag_id TEXT NOT NULL,
  PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tags_by_tag ON conversation_tags (tag_id, conversation_id);

ALTER TABLE conversations ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;      -- 0 low, 1 normal, 2 high, 3 urgent
ALTER TABLE conversations ADD COLUMN channel TEXT NOT NULL DEFAULT 'web';
UPDATE conversations SET channel = json_extract(view, '$.channel') WHERE rev > 0;

CREATE INDEX conversations_by_priority ON conversations (company_id, priority DESC, last_event_at DESC, id DESC);
-- All that counters ask of a conversation, so that they need not look at the conversations themselves.
CREATE INDEX conversations_counted ON conversations (company_id, status, assignee_id, folder_id, team_id, id) WHERE rev > 0;
