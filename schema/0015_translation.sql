-- Whether a company has messages translated: `on` or `off`.
ALTER TABLE companies ADD COLUMN translation TEXT NOT NULL DEFAULT 'off' CHECK (translation IN ('off', 'on'));
