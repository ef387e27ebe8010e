{#  Materialisation: records are joined into clusters, strong links first, and never against the evidence. The model gives
    rows of four columns and two flags; the table holds node_key, cluster_key, where cluster_key is the least record key.

    kind    from_key, to_key, list_key, weight, is_strong
    record     the record twice, its list
    link       two records, the lesser first; match weight; whether it may carry a join of two clusters alone
    tolerated  two records of one list that may stand in one cluster; the list
    stated     two records that a person calls one; the list where both stand in one
    apart      two records that a person calls two

    Each round looks at pairs of clusters with a link. A pair may be joined if no two of its records are apart, and either a
    person says so, or: each two records of one list are tolerated or stated; no cluster outgrows the rule
    max_cluster_records; and where both have two records or more, more than one link or a strong one holds them. Every cluster
    names the strongest pair it may join, stated ones first, and pairs that name each other are joined.

    It ends: pairs are totally ordered (weight, then a hash), so as long as some pair may be joined the first of them names
    itself from both sides, and each round has fewer clusters than the one before. The order of rows plays no part.
    Source: agglomerative clustering under cannot-link constraints; Davidson & Ravi, Agglomerative hierarchical clustering
    with constraints, 2005. Mutually nearest pairs in rounds: Boruvka, 1926. #}
{% materialization constrained_clusters, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set edges = work_relation(this, 'edges') -%}
    {%- set nodes = [work_relation(this, 'nodes_0'), work_relation(this, 'nodes_1')] -%}
    {%- set pairs = [work_relation(this, 'pairs_0'), work_relation(this, 'pairs_1')] -%}
    {%- set joins = work_relation(this, 'joins') -%}
    {%- set work = [edges, joins] + nodes + pairs -%}
    {{ run_hooks(pre_hooks) }}
    {%- for relation in work -%}{%- do adapter.drop_relation(relation) -%}{%- endfor -%}

    {% call statement('main') -%}
        {{ create_table_as(false, edges, sql) }}
    {%- endcall %}
    {% call statement('first_nodes') -%}
        {{ create_table_as(false, nodes[0],
            "select from_key as node_key, from_key as cluster_key, list_key from " ~ edges ~ " where kind = 'record'") }}
    {%- endcall %}
    {% call statement('first_pairs') -%}
        {{ create_table_as(false, pairs[0], first_pairs_sql(edges)) }}
    {%- endcall %}
    {#- DuckDB knows nothing of the size of what the open transaction has written, and plans joins of it badly #}
    {%- do adapter.commit() -%}

    {%- set state = namespace(current=0, n_joined=1) -%}
    {%- for round in range(10000) if state.n_joined > 0 -%}
        {%- set before = state.current -%}
        {%- do adapter.drop_relation(joins) -%}
        {%- call statement('joins_' ~ round) -%}
            {{ create_table_as(false, joins, joins_sql(nodes[before], pairs[before])) }}
        {%- endcall -%}
        {%- do adapter.commit() -%}
        {%- set counted = run_query("select count(*) from " ~ joins) -%}
        {%- set state.n_joined = counted.columns[0].values()[0] | int -%}
        {%- if state.n_joined > 0 -%}
            {%- for relation in [nodes[1 - before], pairs[1 - before]] -%}{%- do adapter.drop_relation(relation) -%}{%- endfor -%}
            {%- call statement('nodes_' ~ round) -%}
                {{ create_table_as(false, nodes[1 - before], joined_nodes_sql(nodes[before], joins)) }}
            {%- endcall -%}
            {%- call statement('pairs_' ~ round) -%}
                {{ create_table_as(false, pairs[1 - before], joined_pairs_sql(pairs[before], joins)) }}
            {%- endcall -%}
            {%- do adapter.commit() -%}
            {%- set state.current = 1 - before -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if state.n_joined > 0 -%}
        {{ exceptions.raise_compiler_error("constrained_clusters: clusters still join after 10000 rounds.") }}
    {%- endif -%}

    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {% call statement('final') -%}
        {{ create_table_as(false, target_relation, "select node_key, cluster_key from " ~ nodes[state.current]) }}
    {%- endcall %}
    {%- for relation in work -%}{%- do adapter.drop_relation(relation) -%}{%- endfor -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro first_pairs_sql(edges) %}
    select
        least(from_key, to_key) as cluster_key,
        greatest(from_key, to_key) as other_cluster_key,
        max(case when kind = 'link' then weight end) as weight,
        sum(case when kind = 'link' then 1 else 0 end) as n_links,
        max(case when kind = 'link' and is_strong then 1 else 0 end) as has_strong,
        max(case when kind in ('tolerated', 'stated') and list_key is not null then 1 else 0 end) as n_supported,
        max(case when kind = 'stated' then 1 else 0 end) as is_stated,
        max(case when kind = 'apart' then 1 else 0 end) as is_apart,
        min({{ number_key(["from_key", "to_key"]) }}) as tie
    from {{ edges }}
    where kind <> 'record'
    group by least(from_key, to_key), greatest(from_key, to_key)
{% endmacro %}


{% macro joins_sql(nodes, pairs) %}
    with

    lists as (

        select cluster_key, list_key, count(*) as n_records
        from {{ nodes }}
        group by cluster_key, list_key

    ),

    sizes as (

        select cluster_key, sum(n_records) as n_records
        from lists
        group by cluster_key

    ),

    expected as (

        select
            pairs.cluster_key,
            pairs.other_cluster_key,
            sum(one.n_records * other.n_records) as n_expected
        from {{ pairs }} as pairs
        inner join lists as one on pairs.cluster_key = one.cluster_key
        inner join lists as other
            on pairs.other_cluster_key = other.cluster_key
            and one.list_key = other.list_key
        group by pairs.cluster_key, pairs.other_cluster_key

    ),

    admissible as (

        select pairs.*
        from {{ pairs }} as pairs
        inner join sizes as one on pairs.cluster_key = one.cluster_key
        inner join sizes as other on pairs.other_cluster_key = other.cluster_key
        left join expected
            on pairs.cluster_key = expected.cluster_key
            and pairs.other_cluster_key = expected.other_cluster_key
        where pairs.is_apart = 0
            and (
                pairs.is_stated = 1
                or (
                    pairs.n_links > 0
                    and pairs.n_supported >= coalesce(expected.n_expected, 0)
                    and one.n_records + other.n_records <= {{ rule('max_cluster_records') }}
                    and (
                        pairs.has_strong = 1
                        or pairs.n_links > 1
                        or least(one.n_records, other.n_records) = 1
                    )
                )
            )

    ),

    sides as (

        select cluster_key as naming_key, cluster_key, other_cluster_key, is_stated, weight, tie
        from admissible
        union all
        select other_cluster_key as naming_key, cluster_key, other_cluster_key, is_stated, weight, tie
        from admissible

    ),

    ranked as (

        select
            cluster_key,
            other_cluster_key,
            row_number() over (
                partition by naming_key
                order by is_stated desc, coalesce(weight, 0) desc, tie asc
            ) as choice
        from sides

    )

    select cluster_key, other_cluster_key
    from ranked
    where choice = 1
    group by cluster_key, other_cluster_key
    having count(*) = 2
{% endmacro %}


{% macro joined_nodes_sql(nodes, joins) %}
    select
        nodes.node_key,
        coalesce(joins.cluster_key, nodes.cluster_key) as cluster_key,
        nodes.list_key
    from {{ nodes }} as nodes
    left join {{ joins }} as joins on nodes.cluster_key = joins.other_cluster_key
{% endmacro %}


{% macro joined_pairs_sql(pairs, joins) %}
    with

    moved as (

        select
            coalesce(one.cluster_key, pairs.cluster_key) as one_key,
            coalesce(other.cluster_key, pairs.other_cluster_key) as other_key,
            pairs.weight,
            pairs.n_links,
            pairs.has_strong,
            pairs.n_supported,
            pairs.is_stated,
            pairs.is_apart,
            pairs.tie
        from {{ pairs }} as pairs
        left join {{ joins }} as one on pairs.cluster_key = one.other_cluster_key
        left join {{ joins }} as other on pairs.other_cluster_key = other.other_cluster_key

    )

    select
        least(one_key, other_key) as cluster_key,
        greatest(one_key, other_key) as other_cluster_key,
        max(weight) as weight,
        sum(n_links) as n_links,
        max(has_strong) as has_strong,
        sum(n_supported) as n_supported,
        max(is_stated) as is_stated,
        max(is_apart) as is_apart,
        min(tie) as tie
    from moved
    where one_key <> other_key
    group by least(one_key, other_key), greatest(one_key, other_key)
{% endmacro %}
