{#  Materialisation: the model gives edges (from_key, to_key); the table holds node_key, component_key, where
    component_key is the least node key of the component.

    Each round gives every node the least label among itself and its neighbours, and then that label's own label
    (pointer jumping). Labels only fall and are keys of nodes in the same component, so rounds end; when nothing changes
    neighbours agree, so a component has one label, and it is the least key, because that node never loses it.
    The model must give both directions of an edge and a loop for every node.
    Source: label propagation with shortcutting; Shiloach & Vishkin, An O(log n) parallel connectivity algorithm, 1982. #}
{% materialization connected_components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set edges = work_relation(this, 'edges') -%}
    {%- set labels = [work_relation(this, 'labels_0'), work_relation(this, 'labels_1')] -%}
    {{ run_hooks(pre_hooks) }}
    {%- for relation in [edges] + labels -%}{%- do adapter.drop_relation(relation) -%}{%- endfor -%}

    {% call statement('main') -%}
        {{ create_table_as(false, edges, sql) }}
    {%- endcall %}
    {% call statement('first_labels') -%}
        {{ create_table_as(false, labels[0], "select from_key as node_key, min(to_key) as component_key from " ~ edges ~ " group by from_key") }}
    {%- endcall %}

    {%- set state = namespace(current=0, n_changed=1) -%}
    {%- for round in range(10000) if state.n_changed > 0 -%}
        {%- set before = labels[state.current] -%}
        {%- set after = labels[1 - state.current] -%}
        {%- set round_sql -%}
            with

            grand as (

                select labels.node_key, labels.component_key, parents.component_key as grand_key
                from {{ before }} as labels
                inner join {{ before }} as parents on labels.component_key = parents.node_key

            ),

            nearest as (

                select edges.from_key as node_key, min(grand.grand_key) as nearest_key
                from {{ edges }} as edges
                inner join grand on edges.to_key = grand.node_key
                group by edges.from_key

            ),

            hooked as (

                select grand.component_key as node_key, min(nearest.nearest_key) as hooked_key
                from nearest
                inner join grand on nearest.node_key = grand.node_key
                group by grand.component_key

            )

            select
                grand.node_key,
                least(nearest.nearest_key, grand.grand_key, coalesce(hooked.hooked_key, grand.grand_key))
                    as component_key
            from grand
            inner join nearest on grand.node_key = nearest.node_key
            left join hooked on grand.node_key = hooked.node_key
        {%- endset -%}
        {%- do adapter.drop_relation(after) -%}
        {%- call statement('round_' ~ round) -%}{{ create_table_as(false, after, round_sql) }}{%- endcall -%}
        {%- set changed = run_query(
            "select count(*) from " ~ after ~ " as later inner join " ~ before
            ~ " as earlier on later.node_key = earlier.node_key where later.component_key <> earlier.component_key"
        ) -%}
        {%- set state.n_changed = changed.columns[0].values()[0] | int -%}
        {%- set state.current = 1 - state.current -%}
    {%- endfor -%}
    {%- if state.n_changed > 0 -%}
        {{ exceptions.raise_compiler_error("connected_components: labels still change after 10000 rounds.") }}
    {%- endif -%}

    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {% call statement('final') -%}
        {{ create_table_as(false, target_relation, "select node_key, component_key from " ~ labels[state.current]) }}
    {%- endcall %}
    {%- for relation in [edges] + labels -%}{%- do adapter.drop_relation(relation) -%}{%- endfor -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% macro work_relation(relation, suffix) %}
    {{ return(api.Relation.create(
        database=relation.database, schema=relation.schema,
        identifier=relation.identifier ~ '__' ~ suffix, type='table'
    )) }}
{% endmacro %}
