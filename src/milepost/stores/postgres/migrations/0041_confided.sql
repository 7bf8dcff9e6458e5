-- What clients of the dialects tell of a number goes into the vault. Rows from before are taken over
-- at the next start; `in_clear` marks them.
ALTER TABLE dialect_watch ADD COLUMN in_clear boolean NOT NULL DEFAULT true;
ALTER TABLE dialect_watch ALTER COLUMN in_clear SET DEFAULT false;
CREATE INDEX dialect_watch_in_clear ON dialect_watch (id) WHERE in_clear;

-- The same of facts whose origin or destination says more than a town: those up to `last_id`.
CREATE TABLE fact_in_clear (
    next_id       bigint NOT NULL,
    last_id       bigint NOT NULL
);
INSERT INTO fact_in_clear SELECT 0, max(id) FROM fact HAVING max(id) IS NOT NULL;
-- What facts said verbatim is kept there as well, and asked for with every private track.
CREATE INDEX vault_item_facts ON vault_item (road) WHERE reference LIKE 'facts:%';

-- Fields that do not count for the hash of an event, so that it can be held against it; null where
-- it was captured before this was kept.
ALTER TABLE epcis_event ADD COLUMN ignored text[];
