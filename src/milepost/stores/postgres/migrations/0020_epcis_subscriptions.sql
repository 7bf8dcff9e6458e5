-- Standing EPCIS queries, and what EPCIS events say of persons.

-- What a named query's subscriber was told last. The address, its secrets and whether it is active
-- stand in `subscription`, as for every webhook. schedule: NULL, each new event at once.
-- after_seq: every event up to this one has been told, or did not fit.
CREATE TABLE epcis_subscription (
    subscription     bigint PRIMARY KEY REFERENCES subscription ON DELETE CASCADE,
    tenant           integer NOT NULL,
    query            text NOT NULL,
    schedule         jsonb,
    report_if_empty  boolean NOT NULL,
    after_seq        bigint NOT NULL,
    min_record_time  timestamptz,
    next_at          timestamptz,
    created_at       timestamptz NOT NULL,
    last_notified_at timestamptz
);
CREATE INDEX epcis_subscription_query ON epcis_subscription (tenant, query);
CREATE INDEX epcis_event_seq ON epcis_event (tenant, seq);

-- What was taken out of an event's body: sealed under a key of its own, of which each road that the
-- event speaks of holds a share under its own key. Without any one of them it cannot be opened.
CREATE TABLE epcis_said (
    tenant           integer NOT NULL,
    hash             text NOT NULL,
    erroneous        boolean NOT NULL,
    roads            bigint[] NOT NULL,
    shares           bytea[] NOT NULL,
    suite            text NOT NULL,
    sealed           bytea NOT NULL,
    PRIMARY KEY (tenant, hash, erroneous)
);
CREATE INDEX epcis_said_roads ON epcis_said USING gin (roads);
