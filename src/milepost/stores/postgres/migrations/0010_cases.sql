-- Cases: `body` is the fold of the steps, kept for lists; the steps are the record.
CREATE SEQUENCE case_sequence;
CREATE TABLE case_file (
    id           bigint PRIMARY KEY,
    tenant       integer NOT NULL REFERENCES tenant,
    road         bigint NOT NULL,
    number       text NOT NULL,
    kind         text NOT NULL,
    rule         text,
    owner        text,
    waits_for    text,
    deadline_us  bigint,
    closed       boolean NOT NULL DEFAULT false,
    key          text,
    steps        integer NOT NULL,
    digest       bytea NOT NULL,
    body         jsonb NOT NULL
);
CREATE INDEX case_tenant ON case_file (tenant, id DESC);
CREATE INDEX case_open ON case_file (tenant, deadline_us) WHERE NOT closed;
CREATE INDEX case_number ON case_file (tenant, number);
CREATE UNIQUE INDEX case_key ON case_file (tenant, key) WHERE key IS NOT NULL;

-- Only ever added to. `digest` covers the step and the digest before it.
CREATE TABLE case_step (
    case_id      bigint NOT NULL REFERENCES case_file,
    position     integer NOT NULL,
    digest       bytea NOT NULL,
    body         bytea NOT NULL,
    PRIMARY KEY (case_id, position)
);
