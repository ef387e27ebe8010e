-- Streams whose fates do not add up to what was loaded.
select
    source,
    stream,
    n_loaded
from {{ ref('stream_reconciliation') }}
where
    n_loaded
    <> n_used + n_superseded + n_deleted + n_expired + n_not_yet + n_rejected
