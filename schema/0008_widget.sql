-- The chat window on companies' own sites: where it may be, and how it looks.

ALTER TABLE companies ADD COLUMN widget_origins TEXT NOT NULL DEFAULT '[]';    -- JSON array of origins
ALTER TABLE companies ADD COLUMN widget_colour TEXT NOT NULL DEFAULT '#3451c4';
ALTER TABLE companies ADD COLUMN widget_greeting TEXT NOT NULL DEFAULT '';
ALTER TABLE companies ADD COLUMN widget_position TEXT NOT NULL DEFAULT 'end';
