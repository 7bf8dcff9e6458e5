-- Accounts upstream that we ask, and the numbers that each is asked for.

-- sealed: the credentials. spent: calls made on spent_day (days since 1970 UTC). held_by: the
-- process that asks just now; its hold ends by itself. waits_until_us: nobody asks before.
CREATE TABLE connection (
    id             bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant         integer NOT NULL REFERENCES tenant,
    source         text NOT NULL,
    name           text NOT NULL,
    base_url       text,
    sealed         bytea NOT NULL,
    carriers       text[] NOT NULL DEFAULT '{}',
    rate_per_s     double precision,
    concurrency    integer,
    daily_budget   integer,
    options        jsonb NOT NULL DEFAULT '{}',
    active         boolean NOT NULL DEFAULT true,
    created_us     bigint NOT NULL,
    updated_us     bigint NOT NULL,
    state          text NOT NULL DEFAULT 'new',
    breaker        text NOT NULL DEFAULT 'closed',
    waits_until_us bigint,
    spent          integer NOT NULL DEFAULT 0,
    spent_day      integer NOT NULL DEFAULT 0,
    answered_us    bigint,
    pushed_us      bigint,
    last_error     text,
    last_error_us  bigint,
    held_by        text,
    held_until     timestamptz
);
CREATE INDEX connection_tenant ON connection (tenant, id);

-- A number is asked for when it is due. Who takes it moves due_us ahead, so that nobody else does,
-- and after a crash it falls due again by itself. done_why: nothing more is expected.
CREATE TABLE poll_target (
    connection     bigint NOT NULL REFERENCES connection ON DELETE CASCADE,
    parcel         bigint NOT NULL,
    number         text NOT NULL,
    carrier        text,
    due_us         bigint NOT NULL,
    created_us     bigint NOT NULL,
    answered_us    bigint,
    changed_us     bigint,
    failures       smallint NOT NULL DEFAULT 0,
    last_error     text,
    done_why       text,
    PRIMARY KEY (connection, parcel)
) WITH (fillfactor = 80);
CREATE INDEX poll_target_due ON poll_target (connection, due_us) WHERE done_why IS NULL;

-- Secrets of webhooks are sealed as those of dialects are; `secret` is empty once they are.
ALTER TABLE subscription ADD COLUMN sealed bytea;
ALTER TABLE former_secret ADD COLUMN sealed bytea;

-- What a tenant was pushed on a day (days since 1970 UTC): the cap of a day is held against it.
CREATE TABLE push_day (
    tenant         integer NOT NULL,
    day            integer NOT NULL,
    pushes         bigint NOT NULL,
    PRIMARY KEY (tenant, day)
);
