-- 0031_filter_fields: a user of the personal account chooses which fields the filter of the list of orders shows.

ALTER TABLE account_lists DROP CONSTRAINT account_lists_kind_check,
    ADD CONSTRAINT account_lists_kind_check CHECK (kind IN ('filter', 'columns', 'fields'));
