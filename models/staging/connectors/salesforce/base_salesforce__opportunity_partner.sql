{{ base_table('salesforce', 'opportunity_partner') }}
