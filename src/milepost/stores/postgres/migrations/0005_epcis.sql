-- EPCIS events as they were captured, and what is asked of them.

-- hash: the CBV event hash, which is an event's identity; erroneous: this row declares the event of
-- the same hash wrong. EPCs, places and parties are in their canonical form (Digital Links), words
-- bare where they are the standard's. transactions, sources, destinations: 'type|id'.
-- sensed: times of measurement; body: the event's JSON with event ID and the context it needs.
CREATE TABLE epcis_event (
    seq              bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant           integer NOT NULL,
    hash             text NOT NULL,
    erroneous        boolean NOT NULL,
    event_id         text NOT NULL,
    type             text NOT NULL,
    event_time       timestamptz NOT NULL,
    record_time      timestamptz NOT NULL,
    action           text,
    biz_step         text,
    disposition      text,
    read_point       text,
    biz_location     text,
    parent           text,
    transformation   text,
    epcs             text[] NOT NULL,
    inputs           text[] NOT NULL,
    outputs          text[] NOT NULL,
    classes          text[] NOT NULL,
    input_classes    text[] NOT NULL,
    output_classes   text[] NOT NULL,
    transactions     text[] NOT NULL,
    sources          text[] NOT NULL,
    destinations     text[] NOT NULL,
    set_dispositions text[] NOT NULL,
    unset_dispositions text[] NOT NULL,
    sensed           timestamptz[] NOT NULL,
    sensed_from      timestamptz[] NOT NULL,
    sensed_until     timestamptz[] NOT NULL,
    body             jsonb NOT NULL,
    UNIQUE (tenant, hash, erroneous)
);
CREATE UNIQUE INDEX epcis_event_id ON epcis_event (tenant, event_id) WHERE NOT erroneous;
CREATE INDEX epcis_event_time ON epcis_event (tenant, event_time);
CREATE INDEX epcis_event_step ON epcis_event (tenant, biz_step);
CREATE INDEX epcis_event_read_point ON epcis_event (tenant, read_point);
CREATE INDEX epcis_event_location ON epcis_event (tenant, biz_location);
CREATE INDEX epcis_event_parent ON epcis_event (tenant, parent);
CREATE INDEX epcis_event_epcs ON epcis_event USING gin (epcs);
CREATE INDEX epcis_event_inputs ON epcis_event USING gin (inputs);
CREATE INDEX epcis_event_outputs ON epcis_event USING gin (outputs);
CREATE INDEX epcis_event_transactions ON epcis_event USING gin (transactions);

-- errors: problem details (RFC 9457) of what was not captured.
CREATE TABLE epcis_job (
    id               bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant           integer NOT NULL,
    created_at       timestamptz NOT NULL,
    finished_at      timestamptz NOT NULL,
    success          boolean NOT NULL,
    behaviour        text NOT NULL,
    captured         integer NOT NULL,
    duplicates       integer NOT NULL,
    errors           jsonb NOT NULL
);
CREATE INDEX epcis_job_tenant ON epcis_job (tenant, id);

CREATE TABLE epcis_query (
    tenant           integer NOT NULL,
    name             text NOT NULL,
    query            jsonb NOT NULL,
    PRIMARY KEY (tenant, name)
);
