-- What companies sell, what is ordered of it, and what is paid for that. Amounts are minor units of ISO 4217, rates are basis
-- points; nothing here is a fraction.

CREATE TABLE catalog_items (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  name TEXT NOT NULL COLLATE NOCASE,
  description TEXT NOT NULL DEFAULT '',
  price INTEGER NOT NULL,
  currency TEXT NOT NULL,
  tax_rate INTEGER NOT NULL DEFAULT 0,
  picture_id TEXT,
  archived_at INTEGER,
  created_at INTEGER NOT NULL,
  UNIQUE (company_id, name)
) STRICT;

-- Pictures of items, also those that were replaced: conversations show what was sent. Bytes are in R2, under the company and
-- their hash.
CREATE TABLE catalog_pictures (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  item_id TEXT NOT NULL,
  type TEXT NOT NULL,                   -- as sniffed
  hash TEXT NOT NULL,                   -- SHA-256, hexadecimal
  created_at INTEGER NOT NULL
) STRICT;

-- How a company wants to be paid.
CREATE TABLE order_settings (
  company_id TEXT PRIMARY KEY REFERENCES companies (id),
  currency TEXT NOT NULL,               -- proposed for new orders
  bank_details TEXT NOT NULL,           -- shown to whoever pays by transfer
  expires_after INTEGER                 -- seconds; null: orders do not run out by themselves
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  number INTEGER NOT NULL,              -- the company's own count
  conversation_id TEXT REFERENCES conversations (id),
  contact_id TEXT NOT NULL REFERENCES contacts (id),
  made_by TEXT REFERENCES memberships (id),   -- null: its customer asked for it
  state TEXT NOT NULL,
  currency TEXT NOT NULL,
  lines TEXT NOT NULL,                  -- JSON
  net INTEGER NOT NULL,
  tax INTEGER NOT NULL,
  total INTEGER NOT NULL,
  paid INTEGER NOT NULL DEFAULT 0,      -- came in and was not rejected
  reconciled INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '',        -- shown to its customer
  billing TEXT NOT NULL DEFAULT '{}',   -- JSON
  known INTEGER NOT NULL DEFAULT 0,     -- whether its customer knows of it
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  rev INTEGER NOT NULL DEFAULT 1,       -- grows with every change of the order or its payments
  UNIQUE (company_id, number)
) STRICT;
CREATE INDEX orders_by_time ON orders (company_id, id DESC);
CREATE INDEX orders_by_state ON orders (company_id, state, id DESC);
CREATE INDEX orders_by_contact ON orders (contact_id, id DESC);
CREATE INDEX orders_by_conversation ON orders (conversation_id, id DESC) WHERE conversation_id IS NOT NULL;
CREATE INDEX orders_by_maker ON orders (company_id, made_by, id DESC);
CREATE INDEX orders_that_run_out ON orders (company_id, expires_at)
  WHERE expires_at IS NOT NULL AND deleted_at IS NULL
    AND state IN ('requested', 'draft', 'offered', 'awaiting_payment');

CREATE TABLE order_payments (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  order_id TEXT NOT NULL REFERENCES orders (id),
  method TEXT NOT NULL CHECK (method IN ('card', 'transfer', 'cash_on_delivery')),
  state TEXT NOT NULL,
  amount INTEGER NOT NULL,              -- asked for
  received INTEGER NOT NULL DEFAULT 0,
  currency TEXT NOT NULL,
  reference TEXT NOT NULL,              -- ISO 11649
  session_id TEXT,                      -- the provider's
  session_url TEXT,                     -- where its customer pays
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (company_id, reference)
) STRICT;
CREATE INDEX order_payments_by_order ON order_payments (order_id, id);
CREATE INDEX order_payments_by_state ON order_payments (company_id, state, id DESC);

-- Every step of an order and its payments, and what was commented on them. Rows are only ever added.
CREATE TABLE order_log (
  id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL REFERENCES companies (id),
  order_id TEXT NOT NULL REFERENCES orders (id),
  payment_id TEXT,
  at INTEGER NOT NULL,
  by_kind TEXT NOT NULL CHECK (by_kind IN ('agent', 'customer', 'system')),
  by_id TEXT,                           -- the agent
  by_name TEXT NOT NULL,
  what TEXT NOT NULL,                   -- a step's name, or `comment`
  detail TEXT NOT NULL                  -- JSON
) STRICT;
CREATE INDEX order_log_by_order ON order_log (order_id);   -- in the order in which they were written

CREATE TRIGGER order_log_is_never_changed BEFORE UPDATE ON order_log
BEGIN
  SELECT RAISE(ABORT, 'the log of orders is only ever added to');
END;
CREATE TRIGGER order_log_is_never_replaced BEFORE INSERT ON order_log
WHEN EXISTS (SELECT 1 FROM order_log WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'the log of orders is only ever added to');
END;
CREATE TRIGGER order_log_is_never_shortened BEFORE DELETE ON order_log
BEGIN
  SELECT RAISE(ABORT, 'the log of orders is only ever added to');
END;

-- Steps that conversations have yet to be told of, written with what they tell of.
CREATE TABLE order_outbox (
  id TEXT PRIMARY KEY,                  -- the step's, under which the conversation knows it: a repeat changes nothing
  company_id TEXT NOT NULL REFERENCES companies (id),
  order_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  step TEXT NOT NULL                    -- JSON
) STRICT;
CREATE INDEX order_outbox_by_company ON order_outbox (company_id);

-- What a payment provider has told, each once.
CREATE TABLE provider_events (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What customers asked for under names of their own: a repeat finds the same order.
CREATE TABLE order_requests (
  conversation_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  hash TEXT NOT NULL,                   -- of the request, so that another one under the same name is noticed
  order_id TEXT NOT NULL REFERENCES orders (id),
  PRIMARY KEY (conversation_id, client_id)
) STRICT, WITHOUT ROWID;
