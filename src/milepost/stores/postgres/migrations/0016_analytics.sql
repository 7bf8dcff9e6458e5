-- Facts are numbered as they come in, so that reports learn of the new ones.
ALTER TABLE fact ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX fact_id ON fact USING brin (id) WITH (pages_per_range = 16, autosummarize = on);
-- Names this database, so that a journey table is never taken for that of another.
CREATE TABLE journey_table (id uuid NOT NULL DEFAULT gen_random_uuid());
INSERT INTO journey_table DEFAULT VALUES;
