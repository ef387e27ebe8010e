{{ base_table('hubspot', 'merged_deal') }}
