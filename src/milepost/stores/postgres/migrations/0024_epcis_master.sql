-- Master data of EPCIS: elements of vocabularies as the headers of documents told of them.

-- key: the form in which events name it (see epcis/master.py). attributes: by name, the standard's
-- also bare. children: keys of what is in it; told: the element as it came.
CREATE TABLE epcis_element (
    tenant        integer NOT NULL,
    vocabulary    text NOT NULL,
    key           text NOT NULL,
    id            text NOT NULL,
    attributes    jsonb NOT NULL,
    children      text[] NOT NULL,
    told          jsonb NOT NULL,
    recorded_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant, vocabulary, key)
);
CREATE INDEX epcis_element_key ON epcis_element (tenant, key);
