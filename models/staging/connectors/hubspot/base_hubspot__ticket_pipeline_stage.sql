{{ base_table('hubspot', 'ticket_pipeline_stage') }}
