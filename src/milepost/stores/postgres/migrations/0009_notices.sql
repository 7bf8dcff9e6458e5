-- Network notices of a tenant. A newer one of the same source and identifier replaces the older.
CREATE TABLE notice (
    id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant      integer NOT NULL REFERENCES tenant,
    source      text NOT NULL,
    identifier  text,
    body        jsonb NOT NULL,
    until_at    timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX notice_identifier ON notice (tenant, source, identifier)
    WHERE identifier IS NOT NULL;

-- Feeds of CAP 1.2 messages that a tenant listens to.
CREATE TABLE notice_feed (
    id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    tenant      integer NOT NULL REFERENCES tenant,
    url         text NOT NULL,
    read_at     timestamptz,
    last_error  text,
    UNIQUE (tenant, url)
);
