-- Question: which domain did an organisation register for a host? Grain: host. The
-- public suffix list decides; a suffix it lacks is the last label. Shared and
-- free-mail domains identify nobody. Reads what was loaded, whatever the day.
with

records as (

    select domain from {{ ref('stg_accounts__checked') }}
    union all
    select domain from {{ ref('stg_partners__checked') }}

),

cleaned as (

    select distinct {{ normalise_host('domain') }} as host
    from records

),

hosts as (

    select
        host,
        length(host) - length(replace(host, '.', '')) + 1 as n_labels
    from cleaned
    where host is not null

),

public_suffixes as (

    select suffix, n_labels, is_wildcard, is_exception
    from {{ ref('public_suffixes') }}

),

tails as (

    {% for n in range(1, 7) -%}
    select
        host,
        n_labels,
        {{ n }} as n_tail_labels,
        {{ last_labels('host', n) }} as tail
    from hosts
    where n_labels >= {{ n }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

matched as (

    select
        tails.host,
        max(case
            when public_suffixes.is_wildcard then public_suffixes.n_labels + 1
            when not public_suffixes.is_exception then public_suffixes.n_labels
        end) as n_suffix_labels,
        max(case
            when public_suffixes.is_exception then public_suffixes.n_labels - 1
        end) as n_exception_labels
    from tails
    inner join public_suffixes
        on tails.tail = public_suffixes.suffix
        and tails.n_tail_labels = public_suffixes.n_labels
        and (not public_suffixes.is_wildcard or tails.n_labels > tails.n_tail_labels)
    group by tails.host

),

measured as (

    select
        hosts.host,
        hosts.n_labels,
        coalesce(matched.n_exception_labels, matched.n_suffix_labels, 1)
            as n_suffix_labels
    from hosts
    left join matched on hosts.host = matched.host

),

registered as (

    select
        host,
        case
            when n_labels <= n_suffix_labels then null
            {% for n in range(1, 8) -%}
            when n_suffix_labels = {{ n }} then {{ last_labels('host', n + 1) }}
            {% endfor -%}
        end as registered_domain
    from measured

),

final as (

    select
        registered.host,
        registered.registered_domain,
        shared.kind as shared_kind,
        case when shared.domain is null then registered.registered_domain end
            as registrable_domain
    from registered
    left join {{ ref('shared_domains') }} as shared
        on registered.registered_domain = shared.domain

)

select * from final
