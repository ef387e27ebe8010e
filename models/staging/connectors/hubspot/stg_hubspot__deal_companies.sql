-- Question: what is a company to a deal? Grain: landed association. The word is its
-- label, else its category and type, such as `hubspot_defined 5`. Merged deals and
-- companies read as the record that stayed.
with

associations as (

    select
        deal_company.*,
        lower(trim(coalesce(label, category || ' ' || type_id))) as word,
        case when lower(is_removed) = 'true' then 'true' end as is_gone
    from {{ ref('base_hubspot__deal_company') }} as deal_company

),

merged as (

    select * from {{ ref('stg_hubspot__merges') }}

),

translated_words as (

    select
        associations.*,
        {{ translated('hubspot', 'opportunities.account_id', 'word', 'null') }}
            as account_word,
        {{ translated('hubspot', 'opportunity_partners.is_primary', 'word', 'null') }}
            as main_word,
        {{ translated('hubspot', 'opportunity_partners.role', 'word', 'null') }} as role
    from associations

),

final as (

    select
        translated_words.connection,
        coalesce(merged_deals.survivor_id, translated_words.deal_id) as deal_id,
        coalesce(merged_companies.survivor_id, translated_words.company_id)
            as company_id,
        translated_words.label,
        coalesce(translated_words.account_word = 'primary', false) as is_account,
        coalesce(translated_words.main_word = 'true', false) as is_main,
        translated_words.role,
        translated_words.is_gone,
        translated_words.synced_at,
        translated_words.row_file,
        translated_words.row_number
    from translated_words
    left join merged as merged_deals
        on translated_words.connection = merged_deals.connection
        and merged_deals.record_kind = 'deal'
        and translated_words.deal_id = merged_deals.merged_id
    left join merged as merged_companies
        on translated_words.connection = merged_companies.connection
        and merged_companies.record_kind = 'company'
        and translated_words.company_id = merged_companies.merged_id

)

select * from final
