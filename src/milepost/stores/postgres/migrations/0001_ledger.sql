-- The ledger. Events are appended by COPY only and never updated.

CREATE TABLE tenant (
    id          integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name        text NOT NULL UNIQUE,
    settings    jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- API keys: only a hash is kept. `dialect` is null for the native API.
CREATE TABLE api_key (
    id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant      integer NOT NULL REFERENCES tenant,
    key_hash    bytea NOT NULL UNIQUE,
    name        text NOT NULL,
    scopes      text[] NOT NULL DEFAULT '{read,write}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    revoked_at  timestamptz
);

-- One row for every group commit: after a lost connection it tells whether the commit took place.
CREATE SEQUENCE commit_sequence;
CREATE TABLE journal_commit (
    seq         bigint PRIMARY KEY,
    shard       smallint NOT NULL,
    events      integer NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
);

-- day: day of ingest. parcel: key of the tracking number in its tenant. offset_min: null = naive.
CREATE TABLE journal (
    parcel       bigint NOT NULL,
    seq          bigint NOT NULL,
    fingerprint  bigint NOT NULL,
    at_us        bigint NOT NULL,
    received_us  bigint NOT NULL,
    raw          bigint,
    reference    bigint,
    tenant       integer NOT NULL,
    day          date NOT NULL,
    offset_min   smallint,
    code         smallint NOT NULL,
    quality      smallint NOT NULL,
    body         bytea NOT NULL
) PARTITION BY RANGE (day);

-- Raw payloads as they came in (zstd), so that they can be parsed again.
CREATE TABLE raw (
    id           bigint NOT NULL,
    day          date NOT NULL,
    tenant       integer NOT NULL,
    source       text NOT NULL,
    content_type text,
    received_us  bigint NOT NULL,
    body         bytea NOT NULL
) PARTITION BY RANGE (day);
CREATE SEQUENCE raw_sequence INCREMENT 1000;

-- What could not be read, for a person to look at.
CREATE TABLE unread (
    id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant       integer NOT NULL,
    raw          bigint,
    source       text NOT NULL,
    place        text NOT NULL,
    reason       text NOT NULL,
    sample       text NOT NULL DEFAULT '',
    received_us  bigint NOT NULL
);

-- Which numbers belong together (only where a shipment has more than one number).
-- parcel: key of this number. road: key of the first number of the same box, under which its
-- state is kept. shipment: key of the first number of the first box. position: order of travel.
CREATE TABLE link (
    tenant       integer NOT NULL,
    number       text NOT NULL,
    parcel       bigint NOT NULL,
    road         bigint NOT NULL,
    shipment     bigint NOT NULL,
    carrier      text,
    box          smallint NOT NULL DEFAULT 1,
    position     smallint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, number)
);
CREATE INDEX link_shipment ON link (shipment);

-- What merchants and carriers say of a shipment as a whole; merged field by field, newest first.
CREATE TABLE fact (
    parcel        bigint NOT NULL,
    tenant        integer NOT NULL,
    observed_us   bigint NOT NULL,
    source        text NOT NULL,
    body          bytea NOT NULL
);
CREATE INDEX fact_parcel ON fact (parcel);

-- The read model: what lists show, and the packed state. Rebuilt from journal, link and fact.
CREATE TABLE shipment (
    id            bigint PRIMARY KEY,
    tenant        integer NOT NULL,
    number        text NOT NULL,
    carrier       text,
    order_number  text,
    main          smallint NOT NULL DEFAULT 0,
    code          smallint NOT NULL DEFAULT 0,
    since_s       bigint NOT NULL DEFAULT 0,
    last_s        bigint NOT NULL DEFAULT 0,
    first_day     date NOT NULL,
    alerts        smallint NOT NULL DEFAULT 0,
    state         bytea,
    covers_seq    bigint NOT NULL DEFAULT 0,
    sealed_day    date,
    created_us    bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX shipment_last ON shipment (tenant, last_s DESC, id DESC);
CREATE INDEX shipment_main ON shipment (tenant, main, last_s DESC, id DESC);
CREATE INDEX shipment_carrier ON shipment (tenant, carrier, last_s DESC, id DESC);
CREATE INDEX shipment_number ON shipment (tenant, number text_pattern_ops);
CREATE INDEX shipment_order ON shipment (tenant, order_number text_pattern_ops)
    WHERE order_number IS NOT NULL;

-- Up to which commit a shard's shipment rows are complete.
CREATE TABLE checkpoint (
    shard         smallint PRIMARY KEY,
    seq           bigint NOT NULL
);

CREATE TABLE alert (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL,
    shipment      bigint NOT NULL,
    number        text NOT NULL,
    rule          text NOT NULL,
    severity      text NOT NULL,
    opened_s      bigint NOT NULL,
    cleared_s     bigint,
    detail        jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX alert_open ON alert (shipment, rule) WHERE cleared_s IS NULL;
CREATE INDEX alert_tenant ON alert (tenant, opened_s DESC);

-- Subscriptions and the outbox. `secret` signs deliveries; `events` are topics.
CREATE TABLE subscription (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL,
    channel       text NOT NULL,
    url           text NOT NULL,
    secret        text NOT NULL,
    events        text[] NOT NULL,
    number        text,
    active        boolean NOT NULL DEFAULT true,
    disabled_why  text,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX subscription_tenant ON subscription (tenant) WHERE active;

-- Written in the transaction of the events; read and deleted by the announcer.
CREATE TABLE outbox (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL,
    shipment      bigint NOT NULL,
    topic         text NOT NULL,
    number        text NOT NULL,
    payload       bytea NOT NULL,
    created_us    bigint NOT NULL
);

-- One row for a message to one subscription: the delivery log.
CREATE TABLE delivery (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL,
    subscription  bigint NOT NULL REFERENCES subscription,
    message_id    text NOT NULL,
    topic         text NOT NULL,
    number        text NOT NULL,
    payload       bytea NOT NULL,
    state         text NOT NULL DEFAULT 'pending',
    attempts      smallint NOT NULL DEFAULT 0,
    next_at       timestamptz,
    last_code     integer,
    last_error    text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz
);
CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'pending';
CREATE INDEX delivery_tenant ON delivery (tenant, id DESC);
CREATE UNIQUE INDEX delivery_message ON delivery (subscription, message_id);

-- Which sealed day holds a parcel's closed road; kept as sorted files beside the Parquet too.
CREATE TABLE sealed_day (
    day           date PRIMARY KEY,
    path          text NOT NULL,
    events        bigint NOT NULL,
    parcels       bigint NOT NULL,
    bytes         bigint NOT NULL,
    sealed_at     timestamptz NOT NULL DEFAULT now()
);
