-- Question: which source has stopped sending, or sends less?
-- Read it: hours_late is how much longer the silence is than the stream's pauses
-- usually are; volume_ratio is the last month over a usual one. Ask the source's owner
-- first: scores read silence as calm.
-- Columns: source, stream, status, last_event_at, hours_late, volume_ratio, null_rate
select
    source,
    stream,
    status,
    last_event_at,
    hours_late,
    volume_ratio,
    null_rate
from {{ ref('data_gaps') }}
where status in ('silent', 'late', 'thin')
order by hours_late desc, source asc, stream asc
