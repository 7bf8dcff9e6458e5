-- What assets measure, stored once per asset, and what is in what.

-- path, corridor_m: the way it is planned to take, as [[lat_e7, lon_e7], …], and how far aside.
CREATE TABLE asset (
    id            integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant        integer NOT NULL,
    name          text NOT NULL,
    kind          text NOT NULL,
    label         text,
    path          jsonb,
    corridor_m    integer,
    created_us    bigint NOT NULL,
    UNIQUE (tenant, name)
);

-- Devices and tags that may report, and the asset they stand for (for a tag also `parcel:NUMBER`).
CREATE TABLE terminal (
    protocol      text NOT NULL,
    identity      text NOT NULL,
    tenant        integer NOT NULL,
    asset         text NOT NULL,
    secret        text,
    PRIMARY KEY (protocol, identity)
);
CREATE INDEX terminal_tenant ON terminal (tenant, asset);

-- Samples of the last while. body: their fields, packed; the same content is the same row.
CREATE TABLE telemetry_sample (
    asset         integer NOT NULL,
    at_us         bigint NOT NULL,
    received_us   bigint NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    body          bytea NOT NULL,
    PRIMARY KEY (asset, at_us, body)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX telemetry_sample_recorded ON telemetry_sample USING brin (recorded_at)
    WITH (pages_per_range = 32, autosummarize = on);

-- All other samples: packed by column (see sensing/series.py). Chunks of an asset may overlap.
CREATE TABLE telemetry_chunk (
    id            bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    asset         integer NOT NULL,
    first_us      bigint NOT NULL,
    last_us       bigint NOT NULL,
    samples       integer NOT NULL,
    body          bytea NOT NULL
);
ALTER TABLE telemetry_chunk ALTER COLUMN body SET STORAGE EXTERNAL;  -- it is zstd already
CREATE INDEX telemetry_chunk_asset ON telemetry_chunk (asset, last_us);

-- Accelerometer bursts as they came, for evidence. body: zstd of [x, y, z] in thousandths of g.
CREATE TABLE telemetry_burst (
    asset         integer NOT NULL,
    at_us         bigint NOT NULL,
    received_us   bigint NOT NULL,
    rate_mhz      integer NOT NULL,
    digest        bytea NOT NULL,
    shocks        jsonb NOT NULL,
    body          bytea NOT NULL,
    PRIMARY KEY (asset, at_us, digest)
);

-- Places with a fence around them.
CREATE TABLE geofence (
    tenant        integer NOT NULL,
    name          text NOT NULL,
    lat_e7        integer NOT NULL,
    lon_e7        integer NOT NULL,
    enter_m       integer NOT NULL,
    exit_m        integer NOT NULL,
    stay_s        integer NOT NULL,
    PRIMARY KEY (tenant, name)
);

-- Statements on what is in what (a set: see sensing/containment.py), and what follows from them.
-- action: 0 remove, 1 observe, 2 add.
CREATE TABLE containment_change (
    tenant        integer NOT NULL,
    child         text NOT NULL,
    parent        text NOT NULL,
    at_us         bigint NOT NULL,
    action        smallint NOT NULL,
    source        text NOT NULL,
    confidence_pm smallint NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, child, at_us, action, parent, source, confidence_pm)
);
CREATE INDEX containment_change_emptied ON containment_change (tenant, parent, at_us)
    WHERE child = '*';
CREATE INDEX containment_change_recorded ON containment_change USING brin (recorded_at);

-- until_us: null = still in it. seen_us: the last sign of it being there.
-- began, ended: how that is known (`stated`, `observed`, `inferred`).
CREATE TABLE containment (
    tenant        integer NOT NULL,
    child         text NOT NULL,
    parent        text NOT NULL,
    from_us       bigint NOT NULL,
    until_us      bigint,
    seen_us       bigint NOT NULL,
    began         text NOT NULL,
    ended         text,
    confidence_pm smallint NOT NULL
);
CREATE INDEX containment_child ON containment (tenant, child, from_us);
-- What is asked for is nearly always what was in it lately: the end comes first, open ones last.
CREATE INDEX containment_parent
    ON containment (tenant, parent, coalesce(until_us, 9223372036854775807));

-- What a shipment bears, where it is not what its category says.
CREATE TABLE sensing_limits (
    tenant        integer NOT NULL,
    number        text NOT NULL,
    limits        jsonb NOT NULL,
    PRIMARY KEY (tenant, number)
);

-- Up to when the rules have seen all that was recorded; what came later is looked at on start.
CREATE TABLE sensing_checkpoint (
    shard         smallint PRIMARY KEY,
    seen_until    timestamptz NOT NULL
);

-- How far the clock of a device is off, as its last syncs showed.
CREATE TABLE device_clock (
    tenant        integer NOT NULL,
    device        text NOT NULL,
    offset_us     bigint NOT NULL,
    synced_us     bigint NOT NULL,
    PRIMARY KEY (tenant, device)
);
