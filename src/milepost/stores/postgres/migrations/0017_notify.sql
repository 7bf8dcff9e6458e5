-- Channels to people: how a tenant sends, what buyers want to be told, and one-time codes.

-- {host, port, password …} sealed for this tenant and channel.
CREATE TABLE channel_setting (
    tenant        integer NOT NULL REFERENCES tenant,
    channel       text NOT NULL,
    sealed        bytea NOT NULL,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, channel)
);

-- What a buyer's subscription (dialect 'buyer') has beyond others. The address is in the vault under
-- `road` and `reference`; `digest` is its blind index. told: the arrival window told last.
CREATE TABLE buyer_subscription (
    subscription  bigint PRIMARY KEY REFERENCES subscription ON DELETE CASCADE,
    tenant        integer NOT NULL,
    number        text NOT NULL,
    reference     text NOT NULL,
    digest        bytea NOT NULL,
    kind          text NOT NULL,
    topics        text[] NOT NULL,
    locale        text NOT NULL,
    zone          text,
    told          text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    confirmed_at  timestamptz,
    UNIQUE (tenant, number, digest)
);
CREATE INDEX buyer_subscription_digest ON buyer_subscription (tenant, digest);
CREATE INDEX buyer_subscription_unconfirmed ON buyer_subscription (created_at)
    WHERE confirmed_at IS NULL;

-- Which parcels it is about, by the keys of their numbers.
CREATE TABLE buyer_parcel (
    parcel        bigint NOT NULL,
    subscription  bigint NOT NULL REFERENCES subscription ON DELETE CASCADE,
    PRIMARY KEY (parcel, subscription)
);
CREATE INDEX buyer_parcel_subscription ON buyer_parcel (subscription);

-- How much an address (or a number's codes) has been sent on a day, and who wants nothing at all.
CREATE TABLE buyer_day (
    tenant        integer NOT NULL,
    digest        bytea NOT NULL,
    day           integer NOT NULL,
    messages      integer NOT NULL,
    PRIMARY KEY (tenant, digest, day)
);
CREATE INDEX buyer_day_day ON buyer_day (day);
CREATE TABLE buyer_block (
    tenant        integer NOT NULL,
    digest        bytea NOT NULL,
    PRIMARY KEY (tenant, digest)
);

-- digest: keyed hash of the six digits; sealed: the digits, until they are sent.
CREATE TABLE one_time_code (
    tenant        integer NOT NULL,
    number        text NOT NULL,
    digest        bytea NOT NULL,
    sealed        bytea NOT NULL,
    expires_us    bigint NOT NULL,
    tries         smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, number)
);
