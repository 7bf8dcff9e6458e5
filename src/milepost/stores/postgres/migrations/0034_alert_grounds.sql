-- The events that an alert rests on, as they were when it was told.
ALTER TABLE alert ADD COLUMN because bigint[] NOT NULL DEFAULT '{}';
