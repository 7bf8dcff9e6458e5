-- What terminals say beside what is measured, what they took pictures of, and messages in parts.

-- The newest of what was said of an asset. body: {name: [at_us, value]}; last_us: the newest of it.
CREATE TABLE asset_fact (
    asset         integer PRIMARY KEY,
    last_us       bigint NOT NULL,
    body          jsonb NOT NULL
) WITH (fillfactor = 70);

-- Stretches in which reports carried an alarm; an unknown one goes by its number.
-- lat_e7, lon_e7: where it began.
CREATE TABLE asset_alarm (
    asset         integer NOT NULL,
    alarm         text NOT NULL,
    from_us       bigint NOT NULL,
    until_us      bigint NOT NULL,
    lat_e7        integer,
    lon_e7        integer,
    PRIMARY KEY (asset, alarm, from_us)
);

-- Pictures, sounds, films. at_us: when it was taken, else when it came. sealed: the content.
CREATE TABLE asset_media (
    asset         integer NOT NULL,
    id            text NOT NULL,
    at_us         bigint NOT NULL,
    received_us   bigint NOT NULL,
    number        bigint NOT NULL,
    content_type  text NOT NULL,
    event         integer NOT NULL,
    channel       integer NOT NULL,
    lat_e7        integer,
    lon_e7        integer,
    bytes         integer NOT NULL,
    complete      boolean NOT NULL,
    sealed        bytea NOT NULL,
    PRIMARY KEY (asset, id)
);
CREATE INDEX asset_media_at ON asset_media (asset, at_us);
ALTER TABLE asset_media ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Frames of messages of which not all parts came yet.
CREATE TABLE device_part (
    protocol      text NOT NULL,
    identity      text NOT NULL,
    kind          integer NOT NULL,
    first         integer NOT NULL,
    part          integer NOT NULL,
    parts         integer NOT NULL,
    tenant        integer NOT NULL,
    asset         text NOT NULL,
    received_us   bigint NOT NULL,
    frame         bytea NOT NULL,
    PRIMARY KEY (protocol, identity, kind, first, part)
);
