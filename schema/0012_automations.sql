-- Automation rules and what became of them; holidays, and the reply outside business hours.

CREATE TABLE automations (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  name TEXT NOT NULL COLLATE NOCASE,
  enabled INTEGER NOT NULL,
  position INTEGER NOT NULL,            -- rules are looked at in this order
  definition TEXT NOT NULL,             -- JSON: trigger, conditions, actions, stop
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, name)
) STRICT;
CREATE INDEX automations_by_company ON automations (company_id, position, id);

-- What rules did, newest last; the oldest of a rule are struck.
CREATE TABLE automation_runs (
  id TEXT PRIMARY KEY,                  -- named by rule, conversation and cause: a repeat is the same run
  company_id TEXT NOT NULL REFERENCES companies (id),
  rule_id TEXT NOT NULL,                -- the company's own id: the reply outside business hours
  conversation_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  failed INTEGER NOT NULL,              -- whether an action of it was not taken
  steps TEXT NOT NULL                   -- JSON: each action and what became of it
) STRICT;
CREATE INDEX automation_runs_by_rule ON automation_runs (company_id, rule_id, at DESC, id DESC);

ALTER TABLE companies ADD COLUMN holidays TEXT NOT NULL DEFAULT '[]';       -- JSON: dates
ALTER TABLE companies ADD COLUMN away_reply TEXT NOT NULL DEFAULT '{}';     -- JSON: enabled, texts by language
