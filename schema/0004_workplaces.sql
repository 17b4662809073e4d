-- What a company, its people and their accounts have beyond a name: settings, groupings, rights, second factors, the
-- audit trail.

ALTER TABLE users ADD COLUMN email_proved_at INTEGER;                 -- when a secret that was mailed there came back
ALTER TABLE users ADD COLUMN password_changed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN password_temporary INTEGER NOT NULL DEFAULT 0;   -- given to him: to be changed first
ALTER TABLE users ADD COLUMN totp_seed TEXT;                          -- from which the key ring derives the secret
ALTER TABLE users ADD COLUMN totp_confirmed_at INTEGER;               -- null while a second factor is being set up
ALTER TABLE users ADD COLUMN totp_last_step INTEGER NOT NULL DEFAULT 0;

CREATE TABLE recovery_codes (
  user_id TEXT NOT NULL REFERENCES users (id),
  hash TEXT NOT NULL,                   -- SHA-256, hexadecimal
  used_at INTEGER,
  PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE password_resets (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  token_hash TEXT NOT NULL UNIQUE,      -- SHA-256, hexadecimal
  mailed INTEGER NOT NULL,              -- whether the link went to the address, and nowhere else
  issued_by TEXT,                       -- the agent who asked for it; null when it was the person himself
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  used_by TEXT                          -- names the one attempt that used it
) STRICT;
CREATE INDEX password_resets_by_user ON password_resets (user_id);

-- How often something was tried since an instant: wrong passwords, mails asked for.
CREATE TABLE attempts (
  what TEXT PRIMARY KEY,
  count INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE companies ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE companies ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE companies ADD COLUMN max_chats INTEGER NOT NULL DEFAULT 10;
ALTER TABLE companies ADD COLUMN seats INTEGER NOT NULL DEFAULT 250;
ALTER TABLE companies ADD COLUMN assignment_policy TEXT NOT NULL DEFAULT 'off';
ALTER TABLE companies ADD COLUMN password_policy TEXT NOT NULL DEFAULT '{}';   -- JSON
ALTER TABLE companies ADD COLUMN business_hours TEXT NOT NULL DEFAULT '[]';    -- JSON
ALTER TABLE companies ADD COLUMN logo_id TEXT;

-- URLs that companies had before: links to them still work, and nobody else gets them for a while.
CREATE TABLE former_slugs (
  slug TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  kept_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE memberships ADD COLUMN language TEXT;                     -- null: the company's
ALTER TABLE memberships ADD COLUMN max_chats INTEGER;                 -- null: the company's
ALTER TABLE memberships ADD COLUMN landline TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN mobile TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN signature TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN description_file_id TEXT;
ALTER TABLE memberships ADD COLUMN photo_id TEXT;
ALTER TABLE memberships ADD COLUMN notifications TEXT NOT NULL DEFAULT '{}';   -- JSON
ALTER TABLE memberships ADD COLUMN sessions_after INTEGER NOT NULL DEFAULT 0;  -- older sessions do not count here
ALTER TABLE memberships ADD COLUMN password_after INTEGER NOT NULL DEFAULT 0;  -- an older password opens nothing here

-- What the inviter called him: until he accepts, nobody is told what an account of that address says.
ALTER TABLE memberships ADD COLUMN invited_first_name TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN invited_last_name TEXT NOT NULL DEFAULT '';

ALTER TABLE invitations ADD COLUMN mailed INTEGER NOT NULL DEFAULT 0; -- whether the link went to the address, and nowhere else

-- Groups and business units: teams of either kind.
CREATE TABLE teams (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  kind TEXT NOT NULL CHECK (kind IN ('group', 'business_unit')),
  name TEXT NOT NULL COLLATE NOCASE,
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, kind, name)
) STRICT;

CREATE TABLE team_members (
  team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  agent_id TEXT NOT NULL REFERENCES memberships (id),
  PRIMARY KEY (team_id, agent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_members_by_agent ON team_members (agent_id);

-- Every company has a business unit, and everybody is in one.
INSERT INTO teams (id, company_id, kind, name, created_at)
  SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-8'
    || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))), id, 'business_unit', 'General', created_at
  FROM companies;
INSERT INTO team_members (team_id, agent_id)
  SELECT t.id, m.id FROM memberships m JOIN teams t ON t.company_id = m.company_id;

CREATE TABLE folders (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  name TEXT NOT NULL COLLATE NOCASE,
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, name)
) STRICT;

CREATE TABLE folder_rights (
  folder_id TEXT NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('agent', 'team', 'role')),
  holder TEXT NOT NULL,                 -- an agent's or a team's id, a role's key or id
  see_incoming INTEGER NOT NULL,
  assign INTEGER NOT NULL,
  PRIMARY KEY (folder_id, kind, holder)
) STRICT, WITHOUT ROWID;
CREATE INDEX folder_rights_by_holder ON folder_rights (holder);

CREATE TABLE custom_roles (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  name TEXT NOT NULL COLLATE NOCASE,
  base TEXT NOT NULL,                   -- the preset it was cloned from: says rank, section, and whether it is assigned
  grants TEXT NOT NULL,                 -- JSON object: capability → scopes
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, name)
) STRICT;

ALTER TABLE contacts ADD COLUMN sticky_agent_id TEXT;
CREATE INDEX contacts_by_sticky_agent ON contacts (sticky_agent_id) WHERE sticky_agent_id IS NOT NULL;

ALTER TABLE conversations ADD COLUMN folder_id TEXT;
ALTER TABLE conversations ADD COLUMN team_id TEXT;
CREATE INDEX conversations_by_folder ON conversations (company_id, folder_id, last_event_at DESC, id DESC)
  WHERE folder_id IS NOT NULL;
CREATE INDEX conversations_by_team ON conversations (company_id, team_id, last_event_at DESC, id DESC)
  WHERE team_id IS NOT NULL;

-- Files: their bytes are in R2, under the company and their hash.
CREATE TABLE files (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('logo', 'photo', 'description')),
  name TEXT NOT NULL,
  type TEXT NOT NULL,                   -- as sniffed, never as claimed
  size INTEGER NOT NULL,
  hash TEXT NOT NULL,                   -- SHA-256, hexadecimal
  created_at INTEGER NOT NULL
) STRICT;

-- Who did what to whom, from where. Rows are only ever added.
CREATE TABLE audit (
  id TEXT PRIMARY KEY,                  -- UUIDv7: sorts by time
  company_id TEXT NOT NULL REFERENCES companies (id),
  at INTEGER NOT NULL,
  actor_id TEXT,                        -- the agent; null when nobody was signed in
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target_id TEXT NOT NULL,
  target_name TEXT NOT NULL,
  detail TEXT NOT NULL,                 -- JSON
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_company ON audit (company_id, id DESC);
CREATE INDEX audit_by_action ON audit (company_id, action, id DESC);
CREATE INDEX audit_by_actor ON audit (company_id, actor_id, id DESC);
CREATE INDEX audit_by_target ON audit (company_id, target_id, id DESC);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only ever added to');
END;
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only ever added to');
END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only ever added to');
END;
