-- Lists are searched by the beginning of every number of a road, not only of its first.
CREATE INDEX link_number ON link (tenant, number text_pattern_ops);
-- Amounts are ranked by the magnitude of their currency from now on.
UPDATE worry SET known = false;
