{{ base_table('salesforce', 'contact_history') }}
