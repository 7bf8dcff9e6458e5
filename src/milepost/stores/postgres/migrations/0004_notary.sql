-- The unchangeable journal: logs, the links that commits add to them, checkpoints, anchors.
-- The hashes of the leaves are in files; see docs/proof.md.

-- Which database this is (given by the first server that opens it), and what had been committed
-- before logs were kept: that is in none of them.
CREATE TABLE notary_start (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    installation    uuid,
    commits_before  bigint NOT NULL,
    events_before   bigint NOT NULL
);
INSERT INTO notary_start (commits_before, events_before)
SELECT coalesce(max(seq), 0), coalesce(sum(events), 0) FROM journal_commit;

-- One log for each tenant and engine shard. genesis: the text that its chain begins with.
CREATE TABLE notary_log (
    tenant       integer NOT NULL,
    shard        smallint NOT NULL,
    suite        text NOT NULL,
    genesis      bytea NOT NULL,
    PRIMARY KEY (tenant, shard)
);

-- What one commit added to a log, written in the same transaction.
-- head: hash of the head before it, these numbers and the hashes of its leaves.
CREATE TABLE notary_link (
    tenant       integer NOT NULL,
    shard        smallint NOT NULL,
    seq          bigint NOT NULL,
    first        bigint NOT NULL,
    count        integer NOT NULL,
    at_us        bigint NOT NULL,
    head         bytea NOT NULL,
    PRIMARY KEY (tenant, shard, first)
);
CREATE INDEX notary_link_seq ON notary_link (seq);

-- Checkpoints that were taken to witnesses together: the root over the hashes of their notes.
CREATE TABLE notary_anchor (
    id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    root         bytea NOT NULL,
    leaves       bytea NOT NULL,
    made_us      bigint NOT NULL
);

CREATE TABLE notary_receipt (
    id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    anchor       bigint NOT NULL REFERENCES notary_anchor,
    body         jsonb NOT NULL
);
CREATE INDEX notary_receipt_anchor ON notary_receipt (anchor);

-- Signed notes (C2SP tlog-checkpoint). place: which leaf of the anchor is the note's.
CREATE TABLE notary_checkpoint (
    id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant       integer NOT NULL,
    shard        smallint NOT NULL,
    size         bigint NOT NULL,
    root         bytea NOT NULL,
    note         text NOT NULL,
    made_us      bigint NOT NULL,
    anchor       bigint REFERENCES notary_anchor,
    place        integer
);
CREATE INDEX notary_checkpoint_size ON notary_checkpoint (tenant, shard, size);
CREATE INDEX notary_checkpoint_tenant ON notary_checkpoint (tenant, id DESC);
