-- How long customers may wait, and in which order business units are asked.

ALTER TABLE companies ADD COLUMN response_time INTEGER;                        -- seconds; null: nobody counts
ALTER TABLE companies ADD COLUMN escalation TEXT NOT NULL DEFAULT 'notify';    -- or 'queue'

-- Where the first conversations go: to the units of the lowest priority.
ALTER TABLE teams ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
