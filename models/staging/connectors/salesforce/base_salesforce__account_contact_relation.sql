{{ base_table('salesforce', 'account_contact_relation') }}
