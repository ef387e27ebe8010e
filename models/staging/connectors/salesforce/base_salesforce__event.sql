{{ base_table('salesforce', 'event') }}
