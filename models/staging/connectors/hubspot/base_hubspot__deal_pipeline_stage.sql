{{ base_table('hubspot', 'deal_pipeline_stage') }}
