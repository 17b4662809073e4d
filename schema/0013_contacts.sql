-- What is known of the people who write.

ALTER TABLE contacts ADD COLUMN phone TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN note TEXT NOT NULL DEFAULT '';        -- for colleagues only
CREATE INDEX contacts_by_name ON contacts (company_id, name COLLATE NOCASE, id);
