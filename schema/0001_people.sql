-- People, companies and who works where. Instants are milliseconds since 1970, ids are UUIDv7 text.

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,           -- trimmed and lower-case, never changed
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  password_hash TEXT,                   -- PHC string of argon2id; null until an invitation is accepted
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER,
  user_agent TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, expires_at);

CREATE TABLE companies (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  pending_close_after INTEGER NOT NULL DEFAULT 1814400,   -- seconds; three weeks
  terms_accepted_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
  id TEXT PRIMARY KEY,                  -- the agent
  company_id TEXT NOT NULL REFERENCES companies (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'disabled', 'removed')),
  owner INTEGER NOT NULL DEFAULT 0,
  roles TEXT NOT NULL,                  -- JSON array of role keys
  add_ons TEXT NOT NULL DEFAULT '[]',   -- JSON array of add-on keys
  display_name TEXT NOT NULL,
  public_name TEXT,
  function TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, user_id)
) STRICT;
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  membership_id TEXT NOT NULL REFERENCES memberships (id),
  token_hash TEXT NOT NULL UNIQUE,      -- SHA-256 of the token, hexadecimal
  invited_by TEXT NOT NULL REFERENCES memberships (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  accepted_session TEXT                 -- the session that the acceptance started
) STRICT;
CREATE INDEX invitations_by_membership ON invitations (membership_id);
