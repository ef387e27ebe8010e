-- Question: how much was a product used at a workspace on a day, in UTC?
-- Grain: workspace, day and product. A call sent twice counts once, a late one on the
-- day it happened. Setting up is not using, so set-up events are left to that stream.
with

events as (

    select
        connection,
        group_id,
        utc_day,
        product,
        event_id,
        person_id,
        event,
        known_at,
        is_gone,
        row_file
    from {{ ref('stg_segment__events') }}
    where setup_event is null

),

days as (

    select
        connection,
        group_id,
        utc_day,
        product,
        count(distinct case when not is_gone then person_id end) as active_users,
        count(distinct case when not is_gone then event_id end) as n_events,
        count(distinct case when not is_gone then event end) as features_used,
        max(known_at) as changed_at,
        case
            when min(case when is_gone then 1 else 0 end) = 1 then 'true'
            else 'false'
        end as is_gone,
        min(row_file) as row_file,
        cast(null as {{ dbt.type_bigint() }}) as row_number
    from events
    group by connection, group_id, utc_day, product

),

final as (

    select
        {{ stream_row('usage', {
            'source': 'connection',
            'account_id': 'group_id',
            'day': 'utc_day',
            'product': 'product',
            'active_users': 'active_users',
            'events': 'n_events',
            'features_used': 'features_used',
            'updated_at': 'changed_at',
            'is_deleted': 'is_gone',
        }) }}
    from days

)

select * from final
