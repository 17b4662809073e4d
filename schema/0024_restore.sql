-- Companies that are brought back from an export: how far each is, so that one that broke off goes on.

CREATE TABLE restorations (
  company_id TEXT PRIMARY KEY,
  slug TEXT NOT NULL,                   -- the URL that it gets when it is open
  former_slugs TEXT NOT NULL,           -- JSON: URLs that it had before
  exported_at TEXT NOT NULL,            -- names the export
  state TEXT NOT NULL CHECK (state IN ('under_way', 'opening', 'done')),
  lines INTEGER NOT NULL DEFAULT 0,     -- of the export that are taken in
  opened INTEGER NOT NULL DEFAULT 0,    -- number of the newest conversation that is awake
  begun_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT, WITHOUT ROWID;

-- Until the last line is there, nobody works at such a company: what everybody is then.
CREATE TABLE restoring_members (
  agent_id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX restoring_members_by_company ON restoring_members (company_id);

-- Orders of contacts who were erased come back as they were: with figures, and nothing that says whose they were.
DROP TRIGGER erased_contacts_order_nothing;
CREATE TRIGGER erased_contacts_order_nothing BEFORE INSERT ON orders
WHEN EXISTS (SELECT 1 FROM contacts WHERE id = NEW.contact_id AND erased_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM restorations WHERE company_id = NEW.company_id AND state = 'under_way')
BEGIN
  SELECT RAISE(ABORT, 'the contact was erased');
END;

-- That a company was erased once lets nobody shorten what it has written since it was brought back.
DROP TRIGGER audit_is_never_shortened;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.company_id = OLD.company_id AND e.kind = 'company'
    AND NOT EXISTS (SELECT 1 FROM restorations r WHERE r.company_id = e.company_id AND r.begun_at > e.at))
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only ever added to');
END;
DROP TRIGGER order_log_is_never_shortened;
CREATE TRIGGER order_log_is_never_shortened BEFORE DELETE ON order_log
WHEN NOT EXISTS (SELECT 1 FROM erasures e WHERE e.company_id = OLD.company_id AND e.kind = 'company'
    AND NOT EXISTS (SELECT 1 FROM restorations r WHERE r.company_id = e.company_id AND r.begun_at > e.at))
BEGIN
  SELECT RAISE(ABORT, 'the log of orders is only ever added to');
END;
