{{ base_table('salesforce', 'account_partner') }}
