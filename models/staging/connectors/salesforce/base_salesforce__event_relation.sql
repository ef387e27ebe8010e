{{ base_table('salesforce', 'event_relation') }}
