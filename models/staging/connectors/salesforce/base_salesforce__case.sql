{{ base_table('salesforce', 'case') }}
