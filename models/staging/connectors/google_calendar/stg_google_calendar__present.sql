-- Question: whose people were at each meeting? Grain: meeting and known organisation's
-- record. The organiser was there; who declined was not, nor is a room anybody.
with

meetings as (

    select * from {{ ref('stg_google_calendar__meetings') }}

),

invited as (

    select event_id, attendees from meetings

),

listed as (

    {{ json_elements('invited', 'attendees') }}

),

addresses as (

    select
        event_id,
        lower(trim({{ json_text('element', ['email']) }})) as address,
        case
            when
                {{ json_text('element', ['responseStatus']) }} = 'declined'
                or {{ json_text('element', ['resource']) }} = 'true'
                then 1
            else 0
        end as is_absent
    from listed
    union all
    select event_id, lower(trim(organizer_email)) as address, 0 as is_absent
    from meetings

),

-- calendars that meetings are organised from are no people
guests as (

    select
        event_id,
        {{ dbt.split_part('address', "'@'", 2) }} as host
    from addresses
    where address like '%@%' and address not like '%calendar.google.com'
    group by event_id, address
    having max(is_absent) = 0

),

hosts as (

    select distinct
        host,
        length(host) - length(replace(host, '.', '')) + 1 as n_labels
    from guests

),

tails as (

    {% for n in range(2, 6) -%}
    select host, {{ last_labels('host', n) }} as tail
    from hosts
    where n_labels >= {{ n }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (

    select distinct
        guests.event_id,
        domains.side,
        domains.source,
        domains.source_id
    from guests
    inner join tails on guests.host = tails.host
    inner join {{ ref('stg_google_calendar__domains') }} as domains
        on tails.tail = domains.registrable_domain

)

select * from final
