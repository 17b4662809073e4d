-- Erasure: what was erased, when and by whom, and nothing that says of whom. What was erased stays so: a row that is left in
-- its place refuses whatever comes late.

ALTER TABLE contacts ADD COLUMN erased_at INTEGER;          -- since then the row holds nothing but its id
ALTER TABLE conversations ADD COLUMN erased_at INTEGER;     -- since then the row holds nothing but its id and number
ALTER TABLE companies ADD COLUMN retention_days INTEGER;    -- how long closed conversations are kept; null: for ever

-- The ledger. Lines outlive what they tell of, also their company; each is kept a second time in R2, which is not
-- restored together with this database (docs/privacy.md).
CREATE TABLE erasures (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('contact', 'retention', 'company')),
  subject_id TEXT,                      -- the contact's or the company's id
  subject_hash TEXT NOT NULL,           -- of a contact's address, by a key of ours (`name:hexadecimal`); else empty
  at INTEGER NOT NULL,
  by_id TEXT,                           -- the agent; null where the company's rule did it
  state TEXT NOT NULL CHECK (state IN ('under_way', 'done')),
  conversations INTEGER NOT NULL,
  contacts INTEGER NOT NULL,
  finished_at INTEGER,
  kept INTEGER NOT NULL DEFAULT 0       -- whether R2 has it, too
) STRICT;
CREATE INDEX erasures_by_company ON erasures (company_id, id DESC);
CREATE INDEX erasures_under_way ON erasures (company_id) WHERE state = 'under_way';

CREATE TABLE erasure_conversations (
  erasure_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  erased INTEGER NOT NULL DEFAULT 0,    -- whether nothing of it is left anywhere
  PRIMARY KEY (erasure_id, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_conversations_left ON erasure_conversations (erasure_id) WHERE erased = 0;

-- Whoever takes part in a conversation is asked for by the conversation, too.
CREATE INDEX participants_by_conversation ON participants (conversation_id);

-- What comes late changes nothing.
CREATE TRIGGER erased_contacts_stay_so BEFORE UPDATE ON contacts WHEN OLD.erased_at IS NOT NULL
BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER erased_conversations_stay_so BEFORE UPDATE ON conversations WHEN OLD.erased_at IS NOT NULL
BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER erased_conversations_are_not_searched BEFORE INSERT ON search_words
WHEN EXISTS (SELECT 1 FROM search_parts p JOIN conversations v ON v.company_id = p.company_id
    AND v.number = (NEW.id >> 19) & 16777215 WHERE p.part = NEW.id >> 43 AND v.erased_at IS NOT NULL)
BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER erased_conversations_are_no_news BEFORE INSERT ON notifications
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = NEW.conversation_id AND erased_at IS NOT NULL)
BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER erased_conversations_run_no_rules BEFORE INSERT ON automation_runs
WHEN EXISTS (SELECT 1 FROM conversations WHERE id = NEW.conversation_id AND erased_at IS NOT NULL)
BEGIN
  SELECT RAISE(IGNORE);
END;
CREATE TRIGGER erased_contacts_order_nothing BEFORE INSERT ON orders
WHEN EXISTS (SELECT 1 FROM contacts WHERE id = NEW.contact_id AND erased_at IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'the contact was erased');
END;

-- A word that is taken out of the search leaves nothing in its index.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- The audit trail names contacts by their ids; what they are called is looked up as long as it is known. It is only ever
-- added to, until its company is erased.
DROP TRIGGER audit_is_never_changed;
UPDATE audit SET target_name = '' WHERE target_kind = 'contact';
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only ever added to');
END;
DROP TRIGGER audit_is_never_shortened;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE company_id = OLD.company_id AND kind = 'company')
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is only ever added to');
END;

-- The log of orders loses the name of a contact who is erased, and what was commented; its steps stay.
DROP TRIGGER order_log_is_never_changed;
CREATE TRIGGER order_log_is_never_changed BEFORE UPDATE ON order_log
WHEN NOT EXISTS (SELECT 1 FROM orders o JOIN contacts c ON c.id = o.contact_id
    WHERE o.id = OLD.order_id AND c.erased_at IS NOT NULL)
  OR NEW.id IS NOT OLD.id OR NEW.order_id IS NOT OLD.order_id OR NEW.at IS NOT OLD.at OR NEW.what IS NOT OLD.what
  OR NEW.by_kind IS NOT OLD.by_kind OR NEW.by_id IS NOT OLD.by_id
BEGIN
  SELECT RAISE(ABORT, 'the log of orders is only ever added to');
END;
DROP TRIGGER order_log_is_never_shortened;
CREATE TRIGGER order_log_is_never_shortened BEFORE DELETE ON order_log
WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE company_id = OLD.company_id AND kind = 'company')
BEGIN
  SELECT RAISE(ABORT, 'the log of orders is only ever added to');
END;
