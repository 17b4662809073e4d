-- What agents were told of, and the browsers that they are told by. Nothing that anybody typed is in here.

CREATE TABLE notifications (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  agent_id TEXT NOT NULL REFERENCES memberships (id),
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  seq INTEGER NOT NULL,                 -- of the newest event that it is about
  count INTEGER NOT NULL DEFAULT 1,     -- how many events it is about
  in_page INTEGER NOT NULL,             -- whether it is listed; else it was told by other ways only
  at INTEGER NOT NULL,
  read_at INTEGER,
  digested_at INTEGER                   -- when a digest told of it
) STRICT;
-- As long as it is not read, what follows of the same kind joins it.
CREATE UNIQUE INDEX notifications_unread ON notifications (agent_id, conversation_id, kind) WHERE read_at IS NULL;
CREATE INDEX notifications_by_agent ON notifications (agent_id, at DESC, id DESC);
CREATE INDEX notifications_by_conversation ON notifications (conversation_id, agent_id, kind, seq);

CREATE TABLE push_subscriptions (
  id TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL REFERENCES memberships (id),
  session_id TEXT NOT NULL REFERENCES sessions (id),   -- once it has ended, nothing is sent any more
  endpoint TEXT NOT NULL,
  p256dh TEXT NOT NULL,                 -- the browser's public key, base64url
  auth TEXT NOT NULL,                   -- the secret it shares with us, base64url
  key_id TEXT NOT NULL,                 -- of our ring: the key that the browser expects
  user_agent TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL,        -- when the browser last said that it is there
  failures INTEGER NOT NULL DEFAULT 0,  -- refusals in a row
  UNIQUE (agent_id, endpoint)
) STRICT;
CREATE INDEX push_subscriptions_by_endpoint ON push_subscriptions (endpoint);
