-- What carriers charge a tenant: one row a carrier and service, as it was sent.
CREATE TABLE tariff (
    tenant      integer NOT NULL REFERENCES tenant,
    carrier     text NOT NULL,
    service     text NOT NULL,
    body        bytea NOT NULL,
    updated_us  bigint NOT NULL,
    PRIMARY KEY (tenant, carrier, service)
);
