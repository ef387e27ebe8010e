{{ base_table('salesforce', 'opportunity_history') }}
