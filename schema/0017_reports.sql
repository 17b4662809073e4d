-- What reports count and measure: facts that conversations read off their logs (docs/reports.md).

-- Rows are only ever added, under a name that says where they come from: repeats change nothing. They lie in the order in
-- which reports read them: a company's facts of one kind, by time.
CREATE TABLE facts (
  part INTEGER NOT NULL,                -- the company, as search_parts has it
  kind INTEGER NOT NULL,                -- 1 opened, 2 customer's message, 3 reply, 4 first response, 5 wait, 6 closed, 7 reopened, 8 rated
  at INTEGER NOT NULL,
  number INTEGER NOT NULL,              -- the conversation's
  seq INTEGER NOT NULL,                 -- the entry of its log
  agent INTEGER,                        -- fact_agents
  spent INTEGER,                        -- milliseconds that it took; of a rating, its score
  spent_open INTEGER,                   -- those of them in which the company was open, by the hours it had then
  PRIMARY KEY (part, kind, at, number, seq)
) STRICT, WITHOUT ROWID;

-- Short names of agents.
CREATE TABLE fact_agents (
  id INTEGER PRIMARY KEY,
  agent_id TEXT NOT NULL UNIQUE
) STRICT;

-- Where each conversation stands, without looking at the conversation itself.
CREATE INDEX conversations_placed ON conversations (company_id, number, folder_id, team_id, channel, id) WHERE rev > 0;

-- Reports that people have sent to themselves. When each is due, the company's Desk knows.
CREATE TABLE report_schedules (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  agent_id TEXT NOT NULL REFERENCES memberships (id),
  name TEXT NOT NULL,
  report TEXT NOT NULL CHECK (report IN ('conversations', 'agents', 'payments')),
  wanted TEXT NOT NULL,                 -- JSON: filters
  every TEXT NOT NULL CHECK (every IN ('day', 'week', 'month')),
  hour INTEGER NOT NULL,                -- by the company's clock
  format TEXT NOT NULL CHECK (format IN ('csv', 'xlsx')),
  sent_for TEXT NOT NULL DEFAULT '',    -- the last day of the last report that was sent
  paused TEXT NOT NULL DEFAULT '',      -- why the last one was not
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX report_schedules_by_agent ON report_schedules (agent_id, id);

-- Older conversations send everything once more as soon as they are asked for anything: what was said is there already,
-- their facts are new.
UPDATE conversations SET searched = 0;
