-- Personal data, sealed with a key for each road. To erase is to delete the key.
CREATE TABLE vault_key (
    tenant      integer NOT NULL REFERENCES tenant,
    road        bigint NOT NULL,
    suite       text NOT NULL,
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, road)
);
CREATE TABLE vault_item (
    tenant      integer NOT NULL,
    road        bigint NOT NULL,
    reference   text NOT NULL,
    sealed      bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, reference)
);
CREATE INDEX vault_item_road ON vault_item (tenant, road);
-- Blind index: the HMAC of a field's value.
CREATE TABLE vault_index (
    tenant      integer NOT NULL,
    digest      bytea NOT NULL,
    road        bigint NOT NULL,
    PRIMARY KEY (tenant, digest, road)
);
CREATE INDEX vault_index_road ON vault_index (tenant, road);
-- The key of a tenant's blind index, sealed. And what was erased, when and by whom.
CREATE TABLE vault_secret (
    tenant      integer PRIMARY KEY REFERENCES tenant,
    wrapped     bytea NOT NULL
);
CREATE TABLE vault_erased (
    tenant      integer NOT NULL,
    road        bigint NOT NULL,
    erased_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, road, erased_at)
);
